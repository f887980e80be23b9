import type { TcpOptions } from '../../blueprint/traffic.ts'
import { FlowSpec } from '../../sharing/flow-spec.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'
import type { ConnectionDriver, Message } from './connection-driver.ts'
import type { FlowModel } from './flow-model.ts'
import { resourceOf } from './latency-sharing.ts'
import type { TcpTerms } from './tcp-terms.ts'
import type { Transfers } from './transfers.ts'

/** What each flow carries now, or will carry next, by whose options and on which terms. */
export class Conversations {
  readonly terms: TcpTerms
  readonly transfers: Transfers
  readonly model: FlowModel
  /** Of connections whose ends say what they carry, and what these carry now, or will carry next. */
  readonly drivers = new Map<FlowIndex, ConnectionDriver>()
  readonly messages = new Map<FlowIndex, Message>()
  /** Flows under way that would be dropped on their way now. */
  readonly stranded = new Set<FlowIndex>()
  /** The resource of flows that have no path now. */
  readonly #nowhere: number
  /** What flows of a row run on: needed when they start, and when routes change. */
  readonly #options: (TcpOptions | undefined)[] = []
  /** What their ends were given: a sender whose SYN was lost begins smaller, its receiver does not. */
  readonly #given: (TcpOptions | undefined)[] = []
  readonly #spec = new FlowSpec()

  constructor(terms: TcpTerms, transfers: Transfers, model: FlowModel) {
    this.terms = terms
    this.transfers = transfers
    this.model = model
    this.#nowhere = transfers.engine.solver.addResource(0)
  }

  /** What both ends of a flow run on. */
  give(flow: FlowIndex, options: TcpOptions): void {
    this.#given[flow] = options
  }

  /** What its sender runs on from now on. */
  open(flow: FlowIndex, options: TcpOptions): void {
    this.#options[flow] = options
  }

  /** Of who opened it. */
  openerOf(flow: FlowIndex): TcpOptions {
    return this.#options[flow]!
  }

  /** The terms of what a flow carries now, or will carry next. */
  find(flow: FlowIndex): void {
    const message = this.messages.get(flow)
    if (message !== undefined) this.findMessage(flow, message)
    else if (this.transfers.isAnswering(flow)) this.terms.findAnswer(flow, this.#given[flow]!)
    else this.terms.find(flow, this.#options[flow]!)
  }

  findMessage(flow: FlowIndex, { bytes, isBack }: Message): void {
    const options = isBack ? this.#given[flow]! : this.#options[flow]!
    this.terms.findMessage(flow, options, bytes, isBack)
  }

  /** Begins to drain what a flow carries next, whose terms were found last. */
  drain(flow: FlowIndex): void {
    const spec = this.#specOf(flow)
    const latencyPs = this.terms.latencyPs()
    const message = this.messages.get(flow)
    if (message === undefined) this.transfers.start(flow, spec, latencyPs)
    else this.transfers.startMessage(flow, spec, latencyPs, message.bytes)
  }

  /** Puts a flow under way, whose terms were found last, on the path that they say. */
  reroute(transfer: number, row: FlowIndex): void {
    this.transfers.reroute(transfer, this.#specOf(row), this.terms.latencyPs())
  }

  /** Bits that cross a direction beside what shares it. */
  addCarried(direction: number, bits: number): void {
    const { sharing } = this.model
    this.transfers.addCarried(sharing === 'max-min' ? direction : resourceOf(sharing, direction), bits)
  }

  /** How long what was found last waits for its window on an idle path before it begins to drain. */
  idleStartPs(): number {
    return (this.model.startUp === 'none' ? 0 : this.terms.idlePs()) + this.terms.waitPs()
  }

  #specOf(row: FlowIndex): FlowSpec {
    const spec = this.#spec.clear()
    if (this.terms.hasDied) {
      this.stranded.add(row)
      return spec.cross(this.#nowhere, 1)
    }
    this.stranded.delete(row)
    this.terms.fill(spec)
    return spec
  }
}
