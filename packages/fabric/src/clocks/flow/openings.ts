import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Network } from '../../build/network.ts'
import { type FlowIndex, type FlowTable, NO_ENDPOINT } from '../../transport/flow-table.ts'
import { Admission } from './admission.ts'
import type { Conversations } from './conversations.ts'
import { FlowHolds } from './flow-holds.ts'
import { SynRetries } from './syn-retries.ts'
import type { Ways } from './ways.ts'

/** Kinds of the flow clock's events, beside those of streams: see live-streams.ts. */
export const START_FLOW = 0
export const REFUSED = 5

export interface OpeningsContext {
  readonly network: Network
  readonly flows: FlowTable
  readonly ways: Ways
  readonly conversations: Conversations
  /** Whose events START_FLOW and REFUSED are. */
  readonly handler: number
  /** Told of every flow whose connection will not be made. */
  readonly onFailed: (flow: FlowIndex, reason: string) => void
}

/** Flows whose connections are being made: they shake hands, wait for a way, or send their SYN again. */
export class Openings {
  readonly retries: SynRetries
  /** Undefined where nothing on the way remembers flows. */
  readonly holds: FlowHolds | undefined
  readonly #context: OpeningsContext
  readonly #flows: FlowTable
  readonly #conversations: Conversations
  /** Undefined where hosts accept any number of connections. */
  readonly #admission: Admission | undefined
  /** Flows that shake hands, or wait for their window. */
  readonly #opening = new Set<FlowIndex>()
  /** Flows that could not begin: there is no way now. */
  #waiting: FlowIndex[] = []

  constructor(context: OpeningsContext) {
    this.#context = context
    this.#flows = context.flows
    this.#conversations = context.conversations
    this.retries = new SynRetries(context.network.sim, {
      onRetry: (flow, options) => this.begin(flow, options),
      onGivenUp: context.onFailed,
    })
    this.#admission = Admission.of(context.network, context.flows, this.retries)
    this.holds = FlowHolds.of(context.network)
  }

  /** Flows that begin as soon as there is a way. */
  get waiting(): readonly FlowIndex[] {
    return this.#waiting
  }

  /** Flows that shake hands, or wait for their window. */
  get opening(): ReadonlySet<FlowIndex> {
    return this.#opening
  }

  /** Connects a flow if both its paths carry, else lets it wait for a way, or for its SYN to come again. */
  begin(flow: FlowIndex, options: TcpOptions): void {
    const { terms, drivers } = this.#conversations
    this.#conversations.open(flow, options)
    // a SYN that comes again is a first packet too
    this.#flows.endpoint[flow] = NO_ENDPOINT
    terms.find(flow, options)
    if (terms.isRefused && this.#isReached(flow)) {
      this.#refuse(flow)
    } else if (terms.isLost && this.#isReached(flow)) {
      this.#noteLoss(flow, terms.lossReason)
      this.retries.lose(flow, options)
    } else if (!this.isPassable(flow)) {
      this.#noteLoss(flow, terms.lossReason)
      if (this.#isLed(flow)) this.retries.lose(flow, options)
      else this.#waiting.push(flow)
    } else if (drivers.get(flow)?.isAccepted() === false) {
      this.#refuse(flow)
    } else if (this.#isAdmitted(flow)) {
      this.#shakeHands(flow)
    }
  }

  /** Those that wait for a way try again. */
  beginWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const flow of waiting) this.begin(flow, this.#conversations.openerOf(flow))
  }

  /** What a flow carries next begins to drain after this time, with an event START_FLOW. */
  drainAfter(flow: FlowIndex, waitPs: number): void {
    this.#after(START_FLOW, flow, waitPs)
  }

  /** The event of a flow that opens: false if it was reset meanwhile. */
  take(flow: FlowIndex): boolean {
    return this.#opening.delete(flow)
  }

  /** The flow does not begin any more. */
  forget(flow: FlowIndex): void {
    this.#opening.delete(flow)
    this.#waiting = this.#waiting.filter((each) => each !== flow)
    this.retries.end(flow)
  }

  /** The places that a connection has go to others, as soon as its last packets have passed. */
  release(flow: FlowIndex): void {
    this.#admission?.close(flow)
    this.holds?.close(flow)
  }

  isPassable(flow: FlowIndex): boolean {
    return !this.#conversations.terms.hasDied && this.#isReached(flow)
  }

  /** It calls no host: its SYN, when it comes again, may be led elsewhere. */
  #isLed(flow: FlowIndex): boolean {
    return this.#context.network.hostOf(this.#flows.destination[flow]!) === undefined
  }

  #shakeHands(flow: FlowIndex): void {
    const { terms, drivers, model } = this.#conversations
    const driver = drivers.get(flow)
    this.retries.end(flow)
    this.holds?.keep(flow, true, terms.lastPs())
    const isImmediate = model.startUp === 'none'
    const handshakePs = isImmediate ? 0 : terms.handshakePs()
    const idlePs = isImmediate || driver !== undefined ? 0 : terms.idlePs()
    if (driver !== undefined)
      terms.openingBits((direction, bits) => this.#conversations.addCarried(direction, bits))
    const waitPs = Math.max(0, Math.round(handshakePs + idlePs + terms.waitPs()))
    this.#flows.establishedPs[flow] = this.#context.network.sim.now + handshakePs
    if (isImmediate && waitPs === 0 && driver === undefined) this.#conversations.drain(flow)
    else this.drainAfter(flow, waitPs)
  }

  #isAdmitted(flow: FlowIndex): boolean {
    const admission = this.#admission
    if (admission === undefined || !admission.limits(flow)) return true
    const { terms, transfers } = this.#conversations
    // places of what has ended by now are free
    transfers.catchUp()
    if (admission.admit(flow, this.#conversations.openerOf(flow), terms.closePs())) return true
    // a RST ends what its SYN began; SYNs that were dropped come again
    if (this.retries.has(flow))
      this.#flows.noteLoss(flow, this.#context.network.ledger.reason('connections-full'))
    else this.holds?.cut()
    return false
  }

  #noteLoss(flow: FlowIndex, reason: string | undefined): void {
    if (reason !== undefined) this.#flows.noteLoss(flow, this.#context.network.ledger.numberOf(reason))
  }

  /** Both its paths carry as far as they go. */
  #isReached(flow: FlowIndex): boolean {
    const { network, ways } = this.#context
    const { forward, back } = this.#conversations.terms
    if (!ways.isNodeUp(network.hostOf(this.#flows.source[flow]!)!)) return false
    return ways.carries(forward) && ways.carries(back)
  }

  /** A RST comes back for its SYN. */
  #refuse(flow: FlowIndex): void {
    const { terms, model } = this.#conversations
    this.retries.end(flow)
    this.holds?.cut()
    this.#after(REFUSED, flow, model.startUp === 'none' ? 0 : terms.refusalPs())
  }

  #after(kind: number, flow: FlowIndex, waitPs: number): void {
    this.#opening.add(flow)
    const { now, queue } = this.#context.network.sim
    queue.due = now + Math.max(0, Math.round(waitPs))
    queue.push(this.#context.handler, kind, flow)
  }
}
