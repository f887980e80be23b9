import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'

const RETRY = 0
const GIVE_UP = 1
const UNREGISTERED = -1

/** What becomes of flows whose SYN was lost. */
export interface SynTarget {
  /** It comes again: the flow begins anew, by these options. */
  onRetry(flow: FlowIndex, options: TcpOptions): void
  /** The flow fails. */
  onGivenUp(flow: FlowIndex, reason: string): void
}

interface Waiting {
  syns: number
  rtoPs: number
  readonly options: TcpOptions
}

/** Flows whose SYN was dropped by a rule, or for want of room somewhere: each begins again when its SYN would be sent again. */
export class SynRetries implements EventHandler {
  readonly name = 'syn retries'
  readonly #sim: Simulation
  readonly #target: SynTarget
  /** Registered when the first SYN is lost: the order of handlers is part of a run's digest. */
  #handler = UNREGISTERED
  readonly #waiting = new Map<FlowIndex, Waiting>()

  constructor(sim: Simulation, target: SynTarget) {
    this.#sim = sim
    this.#target = target
  }

  /** A SYN was lost. As `Handshake` has it: a timeout that doubles, and so many SYNs; such a connection begins small. */
  lose(flow: FlowIndex, options: TcpOptions): void {
    let waiting = this.#waiting.get(flow)
    if (waiting === undefined) {
      const again = { ...options, initialWindowSegments: 1 }
      waiting = { syns: 0, rtoPs: options.initialRtoPs, options: again }
      this.#waiting.set(flow, waiting)
    }
    waiting.syns++
    const { queue } = this.#sim
    queue.due = this.#sim.now + waiting.rtoPs
    if (this.#handler === UNREGISTERED) this.#handler = this.#sim.register(this)
    queue.push(this.#handler, waiting.syns > options.synRetries ? GIVE_UP : RETRY, flow)
    waiting.rtoPs = Math.min(2 * waiting.rtoPs, options.maxRtoPs)
  }

  /** Whether a flow's SYN will come again. */
  has(flow: FlowIndex): boolean {
    return this.#waiting.has(flow)
  }

  /** The SYN has come through. */
  end(flow: FlowIndex): void {
    this.#waiting.delete(flow)
  }

  fail(flow: FlowIndex, reason: string): void {
    this.#waiting.delete(flow)
    this.#target.onGivenUp(flow, reason)
  }

  /** Flows whose SYN will come again. */
  get flows(): readonly FlowIndex[] {
    return [...this.#waiting.keys()]
  }

  onEvent(kind: number, flow: FlowIndex): void {
    const waiting = this.#waiting.get(flow)
    // it has failed meanwhile for another reason
    if (waiting === undefined) return
    if (kind === RETRY) this.#target.onRetry(flow, waiting.options)
    else this.fail(flow, 'syn-timeout')
  }
}
