import { type Exchanges, TOPMOST } from './exchanges.ts'
import { type DnsName, dnsName, ROOT } from './name.ts'
import type { NameServer } from './name-server.ts'
import type { RecordType } from './records.ts'
import { type Outcome, Reply } from './reply.ts'
import { type CacheOptions, Resolver, type ResolverCounts } from './resolver.ts'
import { type SearchNames, searchNames, type SearchOptions } from './search-names.ts'
import { ServerList } from './server-list.ts'

/** What is asked for where a client wants any address; both questions are under way at once. */
export const ADDRESS_TYPES: readonly RecordType[] = ['A', 'AAAA']

export interface StubOptions extends SearchOptions {
  /** Names it in exchanges. */
  readonly name: string
  /** glibc asks them one after another until one has an answer, musl all at once. */
  readonly nameservers: readonly NameServer[]
  /** A cache of its own, as runtimes and local daemons have it; libraries have none. */
  readonly cache?: CacheOptions
}

/** What a lookup came to; the client's next lookup writes over it. */
export class Lookup {
  outcome: Outcome = 'failed'
  /** The name that answered, or the last one that was tried. */
  name: DnsName = ROOT
  /** Of that name, one for each type in the order asked. */
  replies: readonly Reply[] = []

  /** What was found, of the first type first. */
  values(): string[] {
    return this.outcome === 'found' ? this.replies.flatMap((reply) => reply.values()) : []
  }

  /** Until when what was found may be used; Infinity where nothing was. */
  get untilPs(): number {
    const found = this.replies.filter(({ outcome }) => outcome === 'found')
    return found.reduce((until, reply) => Math.min(until, reply.untilPs), Infinity)
  }
}

/** Told of each name that is tried, with the answers. */
export type TryListener = (name: DnsName, replies: readonly Reply[]) => void

/** A client's own part in resolving names: search paths, the order of servers, and a cache of its own if it has one. */
export class StubClient {
  readonly name: string
  private readonly options: SearchOptions
  private readonly servers: ServerList
  private readonly cache: Resolver | undefined
  private readonly replies: Reply[] = []
  private readonly result = new Lookup()
  /** What is tried, by the text that was given. */
  private readonly tries = new Map<string, SearchNames>()

  constructor(clock: { readonly now: number }, options: StubOptions) {
    const { name, nameservers, library, search, ndots, cache } = options
    const atOnce = library === 'musl'
    this.name = name
    this.options = { library, search, ndots }
    this.cache =
      cache &&
      new Resolver(clock, { ...cache, name, upstreams: [{ suffix: '.', servers: nameservers, atOnce }] })
    this.servers = new ServerList(name, this.cache ? [this.cache] : nameservers, atOnce)
  }

  /** What its own cache did, where it has one. */
  cacheCounts(): ResolverCounts | undefined {
    return this.cache?.counts()
  }

  /** Resolves a name as a person or a program writes it. Throws a RangeError on what is no name. */
  lookup(
    text: string,
    types: readonly RecordType[] = ADDRESS_TYPES,
    exchanges?: Exchanges,
    tried?: TryListener,
  ): Lookup {
    const { result, replies } = this
    while (replies.length < types.length) replies.push(new Reply())
    result.replies = replies.slice(0, types.length)
    let round = 0
    const tryName = (name: DnsName): Outcome => {
      result.name = name
      round = this.askAll(name, types, exchanges, round)
      tried?.(name, result.replies)
      return together(result.replies)
    }
    const names = this.namesFor(text)
    result.outcome =
      this.options.library === 'musl'
        ? searchLikeMusl(names, tryName, result)
        : searchLikeGlibc(names, tryName)
    return result
  }

  /** Until when it would be told what is not true any more of a whole name; now where it would not. */
  staleUntilPs(name: string, type: RecordType): number {
    return this.servers.staleUntilPs(dnsName(name), type)
  }

  private namesFor(text: string): SearchNames {
    const known = this.tries.get(text)
    if (known !== undefined) return known
    const names = searchNames(text, this.options)
    this.tries.set(text, names)
    return names
  }

  private askAll(
    name: DnsName,
    types: readonly RecordType[],
    exchanges: Exchanges | undefined,
    round: number,
  ): number {
    let next = round
    types.forEach((type, index) => {
      next = Math.max(next, this.servers.ask(name, type, this.replies[index]!, exchanges, TOPMOST, round))
    })
    return next
  }
}

/** Goes on where a name does not exist, and only there: name_from_dns goes by the answer to its first question. */
function searchLikeMusl(
  { names }: SearchNames,
  tryName: (name: DnsName) => Outcome,
  { replies }: Lookup,
): Outcome {
  for (const name of names) {
    if (tryName(name) === 'found') return 'found'
    const { outcome } = replies[0]!
    if (outcome !== 'no-name') return outcome
  }
  return 'no-name'
}

/** Goes on whatever was answered; __res_context_search says why it failed by what it saw first, or worst, on the way. */
function searchLikeGlibc({ names, asIs }: SearchNames, tryName: (name: DnsName) => Outcome): Outcome {
  const seen = new Set<Outcome>()
  let first: Outcome | undefined
  let last: Outcome = 'no-name'
  for (let index = 0; index < names.length; index++) {
    last = tryName(names[index]!)
    if (last === 'found') return last
    if (index === 0 && asIs === 0) first = last
    else seen.add(last)
    // a refusal ends the search, but not before the name was tried as it is
    if (last === 'refused' && index > asIs) break
    if (last === 'refused' && index < asIs) index = asIs - 1
  }
  if (first !== undefined) return first
  return seen.has('no-data') ? 'no-data' : seen.has('failed') ? 'failed' : last
}

/** What answers to several questions about one name come to. */
function together(replies: readonly Reply[]): Outcome {
  const has = (wanted: Outcome) => replies.some(({ outcome }) => outcome === wanted)
  const order: readonly Outcome[] = ['found', 'no-data', 'failed', 'refused', 'alias', 'no-name']
  return order.find(has) ?? 'failed'
}
