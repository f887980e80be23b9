import type { TrafficBlueprint } from '../blueprint/traffic.ts'
import { type AlikeClients, keepingOf } from './alike-clients.ts'
import { type AskedStep, enterRates, questionsOf } from './asked-step.ts'
import { expectedBook } from './expected-book.ts'
import { LookupBook } from './lookup-counts.ts'
import type { LookupStep } from './lookup-steps.ts'
import type { NetworkNames } from './network-names.ts'
import { questionRates } from './question-rates.ts'

/** What a resolver is asked, per second. */
export interface ResolverRates {
  queries: number
  hits: number
  negativeHits: number
  asked: number
  stale: number
}

export const noQuestions = (): ResolverRates => ({ queries: 0, hits: 0, negativeHits: 0, asked: 0, stale: 0 })

export function addQuestions(sums: ResolverRates, rates: ResolverRates, factor: number): void {
  sums.queries += factor * rates.queries
  sums.hits += factor * rates.hits
  sums.negativeHits += factor * rates.negativeHits
  sums.asked += factor * rates.asked
  sums.stale += factor * rates.stale
}

/** What hosts that are alike ask, by its key. */
interface Asking {
  readonly clients: AlikeClients
  readonly steps: ReadonlyMap<string, AskedStep>
}

/** Lookups per second, of each traffic and of each resolver, while everybody looks up as often as now. */
export class LookupTurn {
  readonly traffic: readonly LookupBook[]
  readonly resolvers = new Map<string, ResolverRates>()
  readonly #names: NetworkNames
  readonly #traffic: readonly TrafficBlueprint[]
  /** By traffic: what it sends of its mean rate. */
  readonly #sending: Float64Array
  /** By group and name. */
  readonly #steps = new Map<string, readonly LookupStep[]>()

  constructor(
    names: NetworkNames,
    clients: readonly AlikeClients[],
    traffic: readonly TrafficBlueprint[],
    sending: Float64Array,
  ) {
    this.#names = names
    this.#traffic = traffic
    this.#sending = sending
    this.traffic = traffic.map(() => new LookupBook())
    const pools = new Map<string, Asking[]>()
    for (const each of clients) {
      const asking = { clients: each, steps: this.#askedBy(each) }
      const { resolver, isPerHost } = this.#resolverOf(each)
      const pool = pools.get(resolver)
      if (isPerHost) this.#settle([asking])
      else if (pool === undefined) pools.set(resolver, [asking])
      else pool.push(asking)
    }
    for (const pool of pools.values()) this.#settle(pool)
  }

  #resolverOf({ group }: AlikeClients): { readonly resolver: string; readonly isPerHost: boolean } {
    const { clients, resolvers } = this.#names.blueprint
    const { resolver } = clients[group]!
    return { resolver, isPerHost: resolvers.find(({ name }) => name === resolver)!.isPerHost === true }
  }

  #stepsFor(group: number, name: string): readonly LookupStep[] {
    const key = `${group} ${name}`
    const known = this.#steps.get(key) ?? this.#names.steps(group, name)
    this.#steps.set(key, known)
    return known
  }

  /** All that a host's lookups ask, each question with how often that is. */
  #askedBy(clients: AlikeClients): Map<string, AskedStep> {
    const { group, rates, lostTo } = clients
    const asked = new Map<string, AskedStep>()
    if (lostTo !== undefined) return asked
    const { cache } = this.#names.blueprint.clients[group]!
    const { isPerHost } = this.#resolverOf(clients)
    for (const { traffic, perSecond } of rates)
      for (const step of this.#stepsFor(group, nameOf(this.#traffic[traffic]!))) {
        const before = asked.get(step.key)?.askers.perSecond ?? 0
        const askers = {
          clients: isPerHost ? 1 : clients.hosts,
          perSecond: before + perSecond * this.#sending[traffic]!,
          keeping: keepingOf(cache, step.ttlSeconds, step.isNegative),
        }
        asked.set(step.key, { step, askers, asked: 0, fetched: 0 })
      }
    return asked
  }

  /** Finds what those ask who share one resolver, or have one each. */
  #settle(pool: readonly Asking[]): void {
    for (const key of new Set(pool.flatMap(({ steps }) => [...steps.keys()]))) {
      const asked = pool.flatMap(({ steps }) => steps.get(key) ?? [])
      const rates = questionRates(
        asked.map(({ askers }) => askers),
        asked[0]!.step.ttlSeconds,
      )
      for (const [index, each] of asked.entries()) enterRates(each, rates[index]!)
    }
    for (const { clients, steps } of pool) {
      for (const { traffic, perSecond } of clients.rates) {
        const rate = clients.hosts * perSecond * this.#sending[traffic]!
        if (rate > 0) this.#book(clients, traffic, rate, steps)
      }
    }
  }

  #book(clients: AlikeClients, traffic: number, rate: number, asked: ReadonlyMap<string, AskedStep>): void {
    const blueprint = this.#traffic[traffic]!
    const name = nameOf(blueprint)
    const { group, lostTo } = clients
    const steps = lostTo === undefined ? this.#stepsFor(group, name).map(({ key }) => asked.get(key)!) : []
    const book = expectedBook(this.#names, { group, lostTo, name, family: blueprint.family }, steps)
    this.traffic[traffic]!.add(book, rate)
    const { resolver } = this.#resolverOf(clients)
    for (const each of steps) this.#bookStep(resolver, each, rate, book.stale)
  }

  #bookStep(
    resolver: string,
    { step, askers, asked, fetched }: AskedStep,
    rate: number,
    stale: number,
  ): void {
    const own = this.#ratesOf(resolver)
    const queries = rate * asked * questionsOf(step, askers)
    const hits = queries - rate * fetched
    own.queries += queries
    own.hits += hits
    if (step.isNegative) own.negativeHits += hits
    else own.stale += queries * stale
    for (const { from, to } of step.upstream) {
      this.#ratesOf(from).asked += rate * fetched
      this.#ratesOf(to).queries += rate * fetched
    }
  }

  #ratesOf(resolver: string): ResolverRates {
    const known = this.resolvers.get(resolver) ?? noQuestions()
    this.resolvers.set(resolver, known)
    return known
  }
}

const nameOf = ({ pairs }: TrafficBlueprint): string => (pairs.kind === 'to-name' ? pairs.name : '')
