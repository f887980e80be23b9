import type { FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import type { Conversations } from './conversations.ts'
import type { Openings } from './openings.ts'

/** An end of a connection. */
type End = 'opener' | 'acceptor'

export interface EndingsContext {
  readonly flows: FlowTable
  readonly conversations: Conversations
  readonly openings: Openings
  /** Told of every flow whose sender closes its connection. */
  readonly onClosing: (flow: FlowIndex) => void
}

/** Connections that are over: closed by their senders, or reset as one of their ends is no more. */
export class Endings {
  /** Flows that have completed, and whose connections stay open. */
  readonly open = new Set<FlowIndex>()
  readonly #context: EndingsContext
  readonly #flows: FlowTable
  readonly #openings: Openings

  constructor(context: EndingsContext) {
    this.#context = context
    this.#flows = context.flows
    this.#openings = context.openings
  }

  close(flow: FlowIndex): void {
    this.#context.onClosing(flow)
    this.#openings.release(flow)
  }

  /** Resets flows that one of these addresses sends or receives; `reason` is that of a sender's. */
  endThose(isMeant: (address: number) => boolean, reason: string): void {
    const { drivers, transfers } = this.#context.conversations
    transfers.catchUp()
    const endOf = (row: FlowIndex) => this.#endOf(row, isMeant)
    const reasonOf = (end: End) => (end === 'opener' ? reason : 'connection-reset')
    for (const [row, driver] of [...drivers]) {
      const end = endOf(row)
      if (end !== undefined) driver.onReset(end)
    }
    transfers.forEach((flow, row) => {
      const end = endOf(row)
      if (end === undefined) return
      transfers.drop(flow)
      this.#reset(row, reasonOf(end))
    })
    for (const row of transfers.arriving) {
      const end = endOf(row)
      if (end !== undefined && this.#isMissing(row, end)) this.#reset(row, reasonOf(end))
    }
    for (const row of this.#openings.opening) {
      const end = endOf(row)
      if (end !== undefined) this.#reset(row, reasonOf(end))
    }
    for (const row of this.open) {
      if (endOf(row) === undefined) continue
      this.open.delete(row)
      this.close(row)
    }
    for (const row of [...this.#openings.waiting, ...this.#openings.retries.flows])
      if (isMeant(this.#flows.source[row]!)) this.#reset(row, reason)
  }

  /** Which end of a flow one of these addresses is; undefined where neither is. */
  #endOf(row: FlowIndex, isMeant: (address: number) => boolean): End | undefined {
    if (isMeant(this.#flows.source[row]!)) return 'opener'
    return isMeant(this.#flows.receiverOf(row)) ? 'acceptor' : undefined
  }

  /** Whether what is on its last way, or its answer, needs this end. */
  #isMissing(row: FlowIndex, end: End): boolean {
    const isAnswer = this.#context.conversations.transfers.isAnswering(row)
    const isFor = isAnswer ? 'opener' : 'acceptor'
    return end === isFor || (!isAnswer && this.#flows.responseBytes[row]! > 0)
  }

  #reset(row: FlowIndex, reason: string): void {
    const { stranded, transfers } = this.#context.conversations
    stranded.delete(row)
    transfers.forget(row)
    this.#openings.release(row)
    this.#openings.forget(row)
    this.#openings.retries.fail(row, reason)
  }
}
