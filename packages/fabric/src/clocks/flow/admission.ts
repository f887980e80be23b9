import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { type ConnectionLimit, connectionLimits } from '../../pools/connection-limits.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'

const RETRY = 0
const GIVE_UP = 1
const RELEASE = 2

/** What becomes of flows that were refused. */
export interface AdmissionTarget {
  /** Its SYN comes again: the flow begins anew, by these options. */
  onRetry(flow: FlowIndex, options: TcpOptions): void
  /** It has failed. */
  onGivenUp(flow: FlowIndex): void
}

/**
 * Places of hosts that limit the connections that they accept: a flow takes one when it begins, and has it until its
 * connection is closed. Where full hosts drop SYNs, a refused flow begins again when its SYN would be sent again.
 */
export class Admission implements EventHandler {
  readonly name = 'admission'
  readonly #sim: Simulation
  readonly #network: Network
  readonly #flows: FlowTable
  readonly #target: AdmissionTarget
  readonly #handler: number
  /** By node index. */
  readonly #limits: readonly (ConnectionLimit | undefined)[]
  /** Of flows that have a place: how long after their last byte they still have it. */
  readonly #closingPs = new Map<FlowIndex, number>()
  /** Flows that have been refused and not given up. */
  readonly #refused = new Map<FlowIndex, { syns: number; rtoPs: number; readonly options: TcpOptions }>()

  /** Undefined where no host has a limit. */
  static of(network: Network, flows: FlowTable, target: AdmissionTarget): Admission | undefined {
    const limits = connectionLimits(network)
    return limits === undefined ? undefined : new Admission(network, flows, target, limits)
  }

  private constructor(
    network: Network,
    flows: FlowTable,
    target: AdmissionTarget,
    limits: readonly (ConnectionLimit | undefined)[],
  ) {
    this.#sim = network.sim
    this.#network = network
    this.#flows = flows
    this.#target = target
    this.#limits = limits
    this.#handler = this.#sim.register(this)
  }

  /** Whether a flow to this host needs a place. */
  limits(flow: FlowIndex): boolean {
    return this.#limitOf(flow) !== undefined
  }

  /**
   * Takes a place for a flow, until `closingPs` after its last byte has arrived. False where there is none, and then the
   * flow fails or begins again by itself.
   */
  admit(flow: FlowIndex, options: TcpOptions, closingPs: number): boolean {
    const limit = this.#limitOf(flow)
    if (limit === undefined) return true
    if (limit.pool.take(this.#sim.now, flow)) {
      this.#refused.delete(flow)
      this.#closingPs.set(flow, closingPs)
      return true
    }
    if (limit.whenFull === 'reset') this.#fail(flow, 'connection-refused')
    else this.#waitForTimeout(flow, options)
    return false
  }

  /** A flow's last byte has arrived. */
  close(flow: FlowIndex): void {
    const closingPs = this.#closingPs.get(flow)
    if (closingPs === undefined) return
    this.#closingPs.delete(flow)
    const { queue, now } = this.#sim
    queue.due = now + Math.round(closingPs)
    queue.push(this.#handler, RELEASE, flow)
  }

  onEvent(kind: number, flow: FlowIndex): void {
    if (kind === RETRY) this.#target.onRetry(flow, this.#refused.get(flow)!.options)
    else if (kind === RELEASE) this.#limitOf(flow)!.pool.release(this.#sim.now)
    else this.#fail(flow, 'syn-timeout')
  }

  /** As `Handshake` has it: a timeout that doubles, and so many SYNs; a connection whose SYN was lost begins small. */
  #waitForTimeout(flow: FlowIndex, options: TcpOptions): void {
    let refused = this.#refused.get(flow)
    if (refused === undefined) {
      const again = { ...options, initialWindowSegments: 1 }
      refused = { syns: 0, rtoPs: options.initialRtoPs, options: again }
      this.#refused.set(flow, refused)
    }
    refused.syns++
    const { queue } = this.#sim
    queue.due = this.#sim.now + refused.rtoPs
    queue.push(this.#handler, refused.syns > options.synRetries ? GIVE_UP : RETRY, flow)
    refused.rtoPs = Math.min(2 * refused.rtoPs, options.maxRtoPs)
  }

  #fail(flow: FlowIndex, reason: string): void {
    this.#refused.delete(flow)
    this.#flows.fail(flow, reason)
    this.#target.onGivenUp(flow)
  }

  #limitOf(flow: FlowIndex): ConnectionLimit | undefined {
    return this.#limits[this.#network.hostOf(this.#flows.receiverOf(flow))!]
  }
}
