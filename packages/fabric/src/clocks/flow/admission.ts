import type { EventHandler, Simulation } from '@weft/core'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { type ConnectionLimit, connectionLimits } from '../../pools/connection-limits.ts'
import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import type { SynRetries } from './syn-retries.ts'

/**
 * Places of hosts that limit the connections that they accept: a flow takes one when it begins, and has it until its
 * connection is closed. Where full hosts drop SYNs, a refused flow begins again when its SYN would be sent again.
 */
export class Admission implements EventHandler {
  readonly name = 'admission'
  readonly #sim: Simulation
  readonly #network: Network
  readonly #flows: FlowTable
  readonly #retries: SynRetries
  readonly #handler: number
  /** By node index. */
  readonly #limits: readonly (ConnectionLimit | undefined)[]
  /** Of flows that have a place: how long after their last byte they still have it. */
  readonly #closingPs = new Map<FlowIndex, number>()

  /** Undefined where no host has a limit. */
  static of(network: Network, flows: FlowTable, retries: SynRetries): Admission | undefined {
    const limits = connectionLimits(network)
    return limits === undefined ? undefined : new Admission(network, flows, retries, limits)
  }

  private constructor(
    network: Network,
    flows: FlowTable,
    retries: SynRetries,
    limits: readonly (ConnectionLimit | undefined)[],
  ) {
    this.#sim = network.sim
    this.#network = network
    this.#flows = flows
    this.#retries = retries
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
      this.#closingPs.set(flow, closingPs)
      return true
    }
    if (limit.whenFull === 'reset') this.#retries.fail(flow, 'connection-refused')
    else this.#retries.lose(flow, options)
    return false
  }

  /** A flow's last byte has arrived. */
  close(flow: FlowIndex): void {
    const closingPs = this.#closingPs.get(flow)
    if (closingPs === undefined) return
    this.#closingPs.delete(flow)
    const { queue, now } = this.#sim
    queue.due = now + Math.round(closingPs)
    queue.push(this.#handler, 0, flow)
  }

  /** The far end's FIN is acknowledged. */
  onEvent(_: number, flow: FlowIndex): void {
    this.#limitOf(flow)!.pool.release(this.#sim.now)
  }

  #limitOf(flow: FlowIndex): ConnectionLimit | undefined {
    return this.#limits[this.#network.hostOf(this.#flows.receiverOf(flow))!]
  }
}
