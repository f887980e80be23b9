import { InvariantError } from '@weft/core'
import { type Exchanges, TOPMOST } from './exchanges.ts'
import { type DnsName, dnsName, parentOf, ROOT } from './name.ts'
import { ALIASES_MAX, type NameServer } from './name-server.ts'
import { NOT_KEPT, RecordCache } from './record-cache.ts'
import { aliasTarget, type RecordType } from './records.ts'
import { type Outcome, Reply } from './reply.ts'
import { ServerList } from './server-list.ts'

/** For how long answers are kept, whatever their times to live say; picoseconds. */
export interface CacheLimits {
  /** Default 0. */
  readonly ttlMinPs?: number
  /** Default Infinity. */
  readonly ttlMaxPs?: number
  /** Of answers that something is not there. Default 0. */
  readonly negativeTtlMinPs?: number
  /** Default Infinity. */
  readonly negativeTtlMaxPs?: number
}

export interface CacheOptions extends CacheLimits {
  /** Most answers kept at once, 1 to 2^24. */
  readonly capacity: number
}

/** Who is asked for names below a suffix; the longest suffix counts. */
export interface Upstream {
  /** `.` for the rest. */
  readonly suffix: string
  /** Asked one after another until one has an answer. */
  readonly servers: readonly NameServer[]
  /** They are all asked at once instead. Default false. */
  readonly atOnce?: boolean
}

export interface ResolverOptions extends CacheOptions {
  readonly name: string
  readonly upstreams: readonly Upstream[]
  /** Whether answers begin with each of their records in turn, as most servers have it, or as they are. Default `given`. */
  readonly order?: 'given' | 'round-robin'
}

export interface ResolverCounts {
  readonly queries: number
  /** Answered from the cache alone. */
  readonly hits: number
  /** Others had to be asked. */
  readonly misses: number
  /** Of the hits, those that say that something is not there. */
  readonly negativeHits: number
  /** Questions to others; some answers take several. */
  readonly asked: number
  /** Answers, hits or not, that were not true any more. */
  readonly stale: number
  /** `stale` over `queries`; 0 before the first. */
  readonly staleShare: number
  /** Answers whose time came, and answers that a full cache put out before. */
  readonly expired: number
  readonly evicted: number
  readonly size: number
  readonly peak: number
}

/**
 * Asks others and keeps what they say: a cluster's DNS server, the cache of a node, the cache within a client. Each
 * record set of a chain of aliases is kept for its own time; that something is not there is kept too (RFC 2308).
 */
export class Resolver implements NameServer {
  readonly name: string
  private readonly clock: { readonly now: number }
  private readonly cache: RecordCache
  private readonly upstreams: ReadonlyMap<DnsName, ServerList>
  private readonly limits: Required<CacheLimits>
  private readonly rotates: boolean
  private readonly scratch = new Reply()
  /** It waits for an answer: who asks now forwards in a circle. */
  private isWaiting = false
  private queries = 0
  private hits = 0
  private negativeHits = 0
  private asked = 0
  private stale = 0

  constructor(clock: { readonly now: number }, options: ResolverOptions) {
    const { name, capacity, upstreams, order = 'given' } = options
    this.clock = clock
    this.name = name
    this.cache = new RecordCache(clock, capacity)
    this.upstreams = new Map(
      upstreams.map(({ suffix, servers, atOnce = false }) => [
        dnsName(suffix),
        new ServerList(name, servers, atOnce),
      ]),
    )
    this.limits = {
      ttlMinPs: options.ttlMinPs ?? 0,
      ttlMaxPs: options.ttlMaxPs ?? Infinity,
      negativeTtlMinPs: options.negativeTtlMinPs ?? 0,
      negativeTtlMaxPs: options.negativeTtlMaxPs ?? Infinity,
    }
    const { ttlMinPs, ttlMaxPs, negativeTtlMinPs, negativeTtlMaxPs } = this.limits
    if (
      !(
        ttlMinPs >= 0 &&
        ttlMinPs <= ttlMaxPs &&
        negativeTtlMinPs >= 0 &&
        negativeTtlMinPs <= negativeTtlMaxPs
      )
    )
      throw new InvariantError(`${name} keeps answers for least times above the longest ones`)
    this.rotates = order === 'round-robin'
  }

  query(name: DnsName, type: RecordType, reply: Reply, exchanges?: Exchanges, within = TOPMOST): void {
    reply.begin()
    if (this.isWaiting) return
    const askedBefore = this.asked
    reply.outcome = this.follow(name, type, reply, exchanges, within)
    if (this.asked === askedBefore && reply.outcome !== 'failed') {
      this.hits++
      if (reply.outcome === 'no-data' || reply.outcome === 'no-name') this.negativeHits++
    }
    if (reply.stalePart() >= 0) this.stale++
    const found = reply.found
    if (this.rotates && found !== undefined) reply.first = this.queries % found.values.length
    this.queries++
  }

  staleUntilPs(name: DnsName, type: RecordType): number {
    const { now } = this.clock
    for (let at = name, steps = 0; steps <= ALIASES_MAX; steps++) {
      const row = this.cache.find(at, type)
      if (row === NOT_KEPT) return this.serversFor(at)?.staleUntilPs(at, type) ?? now
      const { scratch } = this
      scratch.begin()
      this.cache.copy(row, scratch)
      const set = scratch.sets[0]
      // whom it asks then may not know better
      if (scratch.stalePart() >= 0)
        return Math.max(scratch.expiryPs[0]!, this.serversFor(at)?.staleUntilPs(at, type) ?? now)
      if (set === undefined || set.type === type) return now
      at = aliasTarget(set)
    }
    return now
  }

  /** Forgets what it keeps. */
  clear(): void {
    this.cache.clear()
  }

  counts(): ResolverCounts {
    const { cache, queries, hits, negativeHits, asked, stale } = this
    cache.expire()
    const { expired, evicted, size, peak } = cache
    const staleShare = queries === 0 ? 0 : stale / queries
    const misses = queries - hits
    return { queries, hits, misses, negativeHits, asked, stale, staleShare, expired, evicted, size, peak }
  }

  private follow(
    name: DnsName,
    type: RecordType,
    reply: Reply,
    exchanges: Exchanges | undefined,
    within: number,
  ): Outcome {
    for (let at = name, round = 0; reply.count <= ALIASES_MAX; ) {
      const row = this.cache.find(at, type)
      if (row !== NOT_KEPT) this.cache.use(row, reply)
      else {
        const servers = this.serversFor(at)
        if (servers === undefined) return 'failed'
        this.asked++
        this.isWaiting = true
        round = servers.ask(at, type, this.scratch, exchanges, within, round)
        this.isWaiting = false
        this.keepAnswer(reply)
        const { outcome } = this.scratch
        if (outcome !== 'alias') return outcome === 'refused' ? 'failed' : outcome
      }
      const last = reply.count - 1
      const set = reply.sets[last]
      if (set === undefined) return reply.types[last] === 'any' ? 'no-name' : 'no-data'
      if (set.type === type) return 'found'
      at = aliasTarget(set)
    }
    return 'failed'
  }

  /** Keeps what was answered, and hands it on for as long as it is kept. */
  private keepAnswer(reply: Reply): void {
    const { names, types, sets, sources, expiryPs, count } = this.scratch
    for (let part = 0; part < count; part++) {
      const untilPs = this.limited(expiryPs[part]!, sets[part] === undefined)
      this.cache.keep(this.scratch, part, untilPs)
      reply.add(names[part]!, types[part]!, sets[part], untilPs, sources[part]!)
    }
  }

  private limited(expiryPs: number, isNegative: boolean): number {
    const { now } = this.clock
    const { ttlMinPs, ttlMaxPs, negativeTtlMinPs, negativeTtlMaxPs } = this.limits
    const min = isNegative ? negativeTtlMinPs : ttlMinPs
    const max = isNegative ? negativeTtlMaxPs : ttlMaxPs
    return now + Math.min(Math.max(expiryPs - now, min), max)
  }

  private serversFor(name: DnsName): ServerList | undefined {
    for (let top = name; ; top = parentOf(top)) {
      const servers = this.upstreams.get(top)
      if (servers !== undefined || top === ROOT) return servers
    }
  }
}
