import type { RandomStream } from '@weft/core'
import type { CacheLimits, DnsName, Exchanges, NameServer, RecordType, Reply } from '../dns/index.ts'

/**
 * A server that others asked before the run began, through the resolver that stands before it: of its first answer about a
 * name and type that resolver has only what is left of its time to live, evenly spread, where it keeps it for no longer than its limits say.
 */
export class AgedServer implements NameServer {
  readonly name: string
  readonly #server: NameServer
  readonly #clock: { readonly now: number }
  readonly #stream: RandomStream
  readonly #limits: CacheLimits
  readonly #asked = new Set<string>()

  constructor(
    server: NameServer,
    clock: { readonly now: number },
    stream: RandomStream,
    limits: CacheLimits,
  ) {
    this.#limits = limits
    this.name = server.name
    this.#server = server
    this.#clock = clock
    this.#stream = stream
  }

  query(name: DnsName, type: RecordType, reply: Reply, exchanges?: Exchanges, within?: number): void {
    this.#server.query(name, type, reply, exchanges, within)
    const key = `${name} ${type}`
    if (this.#asked.has(key)) return
    this.#asked.add(key)
    const { now } = this.#clock
    const left = this.#stream.next()
    const { ttlMaxPs = Infinity, negativeTtlMaxPs = Infinity } = this.#limits
    for (let part = 0; part < reply.count; part++) {
      const mostPs = reply.sets[part] === undefined ? negativeTtlMaxPs : ttlMaxPs
      reply.expiryPs[part] = now + Math.round(left * Math.min(reply.expiryPs[part]! - now, mostPs))
    }
  }

  staleUntilPs(name: DnsName, type: RecordType): number {
    return this.#server.staleUntilPs(name, type)
  }
}
