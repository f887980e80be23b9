import type { DnsName } from './name.ts'
import type { RecordType } from './records.ts'
import type { Outcome } from './reply.ts'

/** A question from one to another, and its answer back. */
export interface Exchange {
  /** Names of who asks and who is asked; where they are one, it stays within a process. */
  readonly from: string
  readonly to: string
  readonly name: DnsName
  readonly type: RecordType
  /** The exchange that waits for this one, or TOPMOST. */
  readonly within: number
  /** Of those that one exchange waits for: those of one round are under way at once, rounds one after another. */
  readonly round: number
  outcome: Outcome
}

/** In place of an exchange: the client itself waits. */
export const TOPMOST = -1

/** Which exchanges lookups cost, in the order in which they begin; what they take is for whoever carries them. */
export class Exchanges {
  readonly list: Exchange[] = []

  begin(exchange: Omit<Exchange, 'outcome'>): number {
    this.list.push({ ...exchange, outcome: 'failed' })
    return this.list.length - 1
  }

  end(index: number, outcome: Outcome): void {
    this.list[index]!.outcome = outcome
  }

  /** How long all of them take together, where each, without those that it waits for, costs what `costPs` says. */
  durationPs(costPs: (exchange: Exchange) => number): number {
    const { list } = this
    // whatever an exchange waits for stands behind it
    const rounds = new Map<number, Map<number, number>>()
    const waited = (within: number): number =>
      [...(rounds.get(within)?.values() ?? [])].reduce((sum, longest) => sum + longest, 0)
    for (let index = list.length - 1; index >= 0; index--) {
      const exchange = list[index]!
      const took = costPs(exchange) + waited(index)
      const of = rounds.get(exchange.within) ?? new Map<number, number>()
      rounds.set(exchange.within, of)
      of.set(exchange.round, Math.max(of.get(exchange.round) ?? 0, took))
    }
    return waited(TOPMOST)
  }
}
