import type { Exchanges } from './exchanges.ts'
import type { DnsName } from './name.ts'
import type { RecordType } from './records.ts'
import type { Reply } from './reply.ts'

/** Whoever can be asked for names. */
export interface NameServer {
  /** Names it in exchanges; which host or service it is, is its owner's business. */
  readonly name: string
  /**
   * Answers into `reply`. Whom it asks itself on the way is noted in `exchanges`, as part of the exchange `within`.
   */
  query(name: DnsName, type: RecordType, reply: Reply, exchanges?: Exchanges, within?: number): void
  /**
   * Until when it goes on giving an answer that is not true any more, if it is asked again and again; now where its
   * answer is true.
   */
  staleUntilPs(name: DnsName, type: RecordType): number
}

/** Aliases followed for one question, as unbound has it (`max-query-restarts`). */
export const ALIASES_MAX = 11
