import type { Distribution, Simulation } from '@weft/core'
import {
  ADDRESS_TYPES,
  Exchanges,
  GatedServer,
  isWithin,
  dnsName,
  type Lookup,
  type NameServer,
  type ResolverCounts,
  StubClient,
  type Zone,
} from '../dns/index.ts'
import { addressesOf } from './addresses-of.ts'
import { distributionOf, LookupDelay } from './lookup-delay.ts'
import { type LookupStep, lookupSteps } from './lookup-steps.ts'
import { NameServers, refuse } from './name-servers.ts'
import { NameShares } from './name-shares.ts'
import { totalCounts } from './total-counts.ts'
import type {
  NameClientsBlueprint,
  NamesBlueprint,
  RecordsEventBlueprint,
  ResolverPlace,
} from './names-blueprint.ts'

export type Family = 'ipv4' | 'ipv6'

/** Why a flow fails whose name leads nowhere: there is no such name, or none with an address of its family; nobody could say. */
export type NameFailure = 'name-not-found' | 'name-server-failed'

/** Why what a host sends to a resolver is lost; undefined where it arrives. */
export type LossAt = (host: string, at: ResolverPlace) => string | undefined

/** What a lookup came to; the next one writes over it. */
export interface NameAnswer {
  failure: NameFailure | undefined
  /** The drop reason of the questions, where that is why nobody could say; undefined elsewhere. */
  lostTo: string | undefined
  /** Of the family asked for; empty where it failed. */
  address: string
  /** Whole picoseconds from the question to the answer. */
  delayPs: number
  /** It came from the client's own cache. */
  isOwn: boolean
  /** That the client sent, of both families and all names that it tried. */
  questions: number
}

/** What is so now, whatever caches say. */
export interface NameTruth {
  readonly addresses: readonly string[]
  /** Where there are none. */
  readonly failure: NameFailure | undefined
  /** The resolver keeps it so long. */
  readonly ttlPs: number
}

/** Hosts that look names up alike. */
class Clients {
  readonly blueprint: NameClientsBlueprint
  readonly delay: Distribution
  /** Asks a resolver that was told nothing before. */
  readonly truth: StubClient
  readonly stubs = new Map<string, StubClient>()
  /** By host: how many of its lookups had an address. */
  readonly turns = new Map<string, number>()

  constructor(blueprint: NameClientsBlueprint, truth: StubClient) {
    this.blueprint = blueprint
    this.delay = distributionOf(blueprint.delay)
    this.truth = truth
  }
}

/** Names of a network while it runs: each host with a cache of its own, behind resolvers that it shares with others. */
export class NetworkNames {
  readonly blueprint: NamesBlueprint
  /** What those who look up get on the average, without a lookup. */
  readonly shares: NameShares
  readonly #sim: Simulation
  readonly #servers: NameServers
  readonly #delay: LookupDelay
  readonly #clients: readonly Clients[]
  readonly #byHost = new Map<string, number>()
  readonly #exchanges = new Exchanges()
  readonly #answer: NameAnswer = {
    failure: undefined,
    lostTo: undefined,
    address: '',
    delayPs: 0,
    isOwn: false,
    questions: 0,
  }
  readonly #lossAt: LossAt
  /** Why questions of the present lookup were lost. */
  #lostTo: string | undefined
  #isWayKnown = false
  #changes = 0

  /** Throws ConfigError on names that stand for nobody, or for two. */
  constructor(blueprint: NamesBlueprint, sim: Simulation, lossAt: LossAt = () => undefined) {
    this.blueprint = blueprint
    this.#lossAt = lossAt
    this.#sim = sim
    this.#servers = new NameServers(blueprint, sim)
    this.#delay = new LookupDelay(blueprint, sim.random('names/delays'))
    this.#clients = blueprint.clients.map((clients, index) => {
      for (const host of clients.hosts) {
        if (this.#byHost.has(host)) refuse(`host "${host}" stands among two groups of clients`)
        this.#byHost.set(host, index)
      }
      const { search, ndots, library, resolver } = clients
      const nameservers = [this.#servers.truthOf(resolver)]
      return new Clients(
        clients,
        new StubClient(sim, { name: resolver, nameservers, search, ndots, library }),
      )
    })
    this.shares = new NameShares(sim, this)
  }

  /** All that records have at the start. */
  addresses(): readonly string[] {
    return this.blueprint.authorities.flatMap(({ zones }) =>
      zones.flatMap(({ records }) => addressesOf(records)),
    )
  }

  /** Which of the blueprint's clients a host is of; undefined where it cannot look names up. */
  groupOf(host: string): number | undefined {
    return this.#byHost.get(host)
  }

  /** Whether any host's questions go over the network, where they may be lost. */
  get areCarried(): boolean {
    return this.blueprint.clients.some(({ at }) => at !== undefined)
  }

  /** Why questions that a host sends to its resolver now are lost; undefined where they arrive. */
  lossOf(host: string): string | undefined {
    const { at } = this.#clients[this.#groupOf(host)]!.blueprint
    return at && this.#lossAt(host, at)
  }

  /** A host looks a name up now. */
  lookup(host: string, name: string, family: Family): NameAnswer {
    const clients = this.#clients[this.#groupOf(host)]!
    const stub = clients.stubs.get(host) ?? this.#open(host, clients)
    const { list } = this.#exchanges
    list.length = 0
    this.#lostTo = undefined
    this.#isWayKnown = false
    const lookup = stub.lookup(name, ADDRESS_TYPES, this.#exchanges)
    const answer = this.#answer
    answer.questions = 0
    answer.isOwn = true
    for (const { from, to, within } of list) {
      if (from === to) continue
      answer.isOwn = false
      // the client's own: it asks itself first where it has a cache
      if (within < 0 || list[within]!.from === list[within]!.to) answer.questions++
    }
    answer.delayPs = answer.isOwn ? 0 : this.#delay.ofPs(this.#exchanges, clients.delay)
    const addresses = foundIn(lookup, family)
    answer.failure = addresses.length > 0 ? undefined : failureOf(lookup)
    answer.lostTo = answer.failure === 'name-server-failed' ? this.#lostTo : undefined
    answer.address = addresses[this.#turnOf(host, clients, addresses.length)] ?? ''
    return answer
  }

  /** What the clients of a group ask for a name now, where nothing is in any cache. */
  steps(group: number, name: string): LookupStep[] {
    return lookupSteps(this.#clients[group]!.truth, name, this.#sim.now, this.#delay)
  }

  /** What a name stands for now to the clients of a group, whatever caches say; and how long their resolver keeps that. */
  truth(group: number, name: string, family: Family): NameTruth {
    const { truth } = this.#clients[group]!
    const lookup = truth.lookup(name, ADDRESS_TYPES)
    const of = lookup.replies[family === 'ipv4' ? 0 : 1]!
    const ttlPs = of.untilPs - this.#sim.now
    const addresses = foundIn(lookup, family)
    const failure = addresses.length > 0 ? undefined : failureOf(lookup)
    return { addresses, failure, ttlPs: Number.isFinite(ttlPs) ? ttlPs : 0 }
  }

  /** Whether a name still stands for an address, to this host. */
  isCurrent(host: string, name: string, family: Family, address: string): boolean {
    return this.#changes === 0 || this.truth(this.#groupOf(host), name, family).addresses.includes(address)
  }

  /** Records change now. Throws ConfigError on those of no zone of the authority. */
  change({ authority, remove, put }: RecordsEventBlueprint): void {
    this.shares.remember()
    const zones = this.#servers.zonesOf(authority)
    for (const each of remove) zoneOf(zones, each.name, authority).remove(each)
    for (const each of put) zoneOf(zones, each.name, authority).replace(each)
    this.#changes++
  }

  /** Of each resolver of the blueprint, those together that its hosts have for themselves; sizes are of now. */
  resolverCounts(): ResolverCounts[] {
    return this.blueprint.resolvers.map(({ name }) =>
      totalCounts(this.#servers.resolvers.get(name)!.map((resolver) => resolver.counts())),
    )
  }

  /** How many resolvers so many hosts of a group ask. */
  resolversFor(group: number, hosts: number): number {
    const { resolver } = this.blueprint.clients[group]!
    const { isPerHost } = this.blueprint.resolvers.find(({ name }) => name === resolver)!
    return isPerHost === true ? hosts : 1
  }

  #open(host: string, { blueprint, stubs }: Clients): StubClient {
    const { search, ndots, library, cache, resolver, at } = blueprint
    const server = this.#servers.resolverFor(resolver)
    const nameservers = [at === undefined ? server : this.#gated(server, host)]
    const own = cache === undefined ? {} : { cache }
    const stub = new StubClient(this.#sim, { name: host, nameservers, search, ndots, library, ...own })
    stubs.set(host, stub)
    return stub
  }

  /** One lookup asks several questions at one instant: what becomes of the first becomes of all. */
  #gated(server: NameServer, host: string): NameServer {
    return new GatedServer(server, () => {
      if (!this.#isWayKnown) this.#lostTo = this.lossOf(host)
      this.#isWayKnown = true
      return this.#lostTo === undefined
    })
  }

  /** Hosts begin each with another of several addresses. */
  #turnOf(host: string, { blueprint, turns, stubs }: Clients, addresses: number): number {
    if (blueprint.answers === 'first' || addresses === 0) return 0
    const turn = turns.get(host) ?? stubs.size - 1
    turns.set(host, turn + 1)
    return turn % addresses
  }

  #groupOf(host: string): number {
    return this.#byHost.get(host) ?? refuse(`host "${host}" has no resolver, so that it cannot look names up`)
  }
}

function foundIn({ outcome, replies }: Lookup, family: Family): readonly string[] {
  if (outcome !== 'found') return []
  return replies[family === 'ipv4' ? 0 : 1]!.found?.values ?? []
}

const failureOf = ({ outcome }: Lookup): NameFailure =>
  outcome === 'failed' || outcome === 'refused' || outcome === 'alias'
    ? 'name-server-failed'
    : 'name-not-found'

function zoneOf(zones: readonly Zone[], name: string, authority: string): Zone {
  const own = dnsName(name)
  const [zone] = zones
    .filter(({ origin }) => isWithin(own, origin))
    .sort((a, b) => b.origin.length - a.origin.length)
  return zone ?? refuse(`"${name}" is in no zone of authority "${authority}"`)
}
