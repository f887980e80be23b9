import { InvariantError } from '@weft/core'
import type { Exchanges } from './exchanges.ts'
import type { DnsName } from './name.ts'
import type { NameServer } from './name-server.ts'
import type { RecordType } from './records.ts'
import { Reply } from './reply.ts'

const hasAnswer = ({ outcome }: Reply): boolean => outcome !== 'failed' && outcome !== 'refused'

/** Servers that one client asks for the same names: the next one where one has no answer, or all at once. */
export class ServerList {
  private readonly from: string
  private readonly servers: readonly NameServer[]
  private readonly atOnce: boolean
  /** For answers that come beside the first one. */
  private readonly spare = new Reply()

  constructor(from: string, servers: readonly NameServer[], atOnce: boolean) {
    if (servers.length === 0) throw new InvariantError(`${from} has no server to ask`)
    this.from = from
    this.servers = servers
    this.atOnce = atOnce
  }

  /** Asks, beginning in this round; the round in which more can be asked. */
  ask(
    name: DnsName,
    type: RecordType,
    reply: Reply,
    exchanges: Exchanges | undefined,
    within: number,
    round: number,
  ): number {
    let next = round
    let isAnswered = false
    for (const server of this.servers) {
      const into = isAnswered ? this.spare : reply
      const exchange = exchanges?.begin({ from: this.from, to: server.name, name, type, within, round: next })
      server.query(name, type, into, exchanges, exchange)
      if (exchange !== undefined) exchanges!.end(exchange, into.outcome)
      if (!this.atOnce) next++
      if (!isAnswered) isAnswered = hasAnswer(reply)
      if (isAnswered && !this.atOnce) break
    }
    return this.atOnce ? round + 1 : next
  }

  staleUntilPs(name: DnsName, type: RecordType): number {
    return this.servers[0]!.staleUntilPs(name, type)
  }
}
