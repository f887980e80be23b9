import type { Exchanges } from './exchanges.ts'
import type { DnsName } from './name.ts'
import type { NameServer } from './name-server.ts'
import type { RecordType } from './records.ts'
import type { Reply } from './reply.ts'

/** A server as one client sees it: there is no answer where questions do not reach it. */
export class GatedServer implements NameServer {
  readonly name: string
  private readonly server: NameServer
  private readonly isReached: () => boolean

  constructor(server: NameServer, isReached: () => boolean) {
    this.name = server.name
    this.server = server
    this.isReached = isReached
  }

  query(name: DnsName, type: RecordType, reply: Reply, exchanges?: Exchanges, within?: number): void {
    if (this.isReached()) this.server.query(name, type, reply, exchanges, within)
    else reply.begin()
  }

  staleUntilPs(name: DnsName, type: RecordType): number {
    return this.server.staleUntilPs(name, type)
  }
}
