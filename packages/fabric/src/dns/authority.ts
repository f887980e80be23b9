import { InvariantError } from '@weft/core'
import { type DnsName, parentOf, ROOT } from './name.ts'
import { ALIASES_MAX, type NameServer } from './name-server.ts'
import { aliasTarget, type RecordType } from './records.ts'
import type { Outcome, Reply } from './reply.ts'
import type { Zone } from './zone.ts'

/** A server that answers for zones of its own, and follows aliases within them. */
export class Authority implements NameServer {
  readonly name: string
  /** Questions so far. */
  queries = 0
  private readonly clock: { readonly now: number }
  private readonly zones = new Map<DnsName, Zone>()

  constructor(clock: { readonly now: number }, name: string, zones: readonly Zone[]) {
    this.clock = clock
    this.name = name
    for (const zone of zones) {
      if (this.zones.has(zone.origin)) throw new InvariantError(`two zones ${zone.origin} at ${name}`)
      this.zones.set(zone.origin, zone)
    }
  }

  query(name: DnsName, type: RecordType, reply: Reply): void {
    this.queries++
    reply.begin()
    reply.outcome = this.answer(name, type, reply)
  }

  staleUntilPs(): number {
    return this.clock.now
  }

  private answer(name: DnsName, type: RecordType, reply: Reply): Outcome {
    const { now } = this.clock
    for (let at = name; reply.count <= ALIASES_MAX; ) {
      const zone = this.zoneOf(at)
      if (zone === undefined) return reply.count === 0 ? 'refused' : 'alias'
      const owner = zone.ownerOf(at)
      const isThere = owner !== undefined
      const set = isThere ? (zone.find(owner, type) ?? zone.find(owner, 'CNAME')) : undefined
      if (set === undefined) {
        reply.add(at, isThere ? type : 'any', undefined, now + zone.negativeTtlPs, zone)
        return isThere ? 'no-data' : 'no-name'
      }
      reply.add(at, set.type, set, now + set.ttlPs, zone)
      if (set.type === type) return 'found'
      at = aliasTarget(set)
    }
    return 'failed'
  }

  /** The zone with the most labels that the name is in. */
  private zoneOf(name: DnsName): Zone | undefined {
    for (let top = name; ; top = parentOf(top)) {
      const zone = this.zones.get(top)
      if (zone !== undefined || top === ROOT) return zone
    }
  }
}
