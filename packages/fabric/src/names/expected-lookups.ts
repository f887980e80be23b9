import { SECOND } from '@weft/core'
import type { TrafficBlueprint } from '../blueprint/traffic.ts'
import type { Network } from '../build/network.ts'
import { arrivalsPerPair } from '../traffic/demand/profile-rates.ts'
import { type AlikeClients, alikeClients, type TrafficRate } from './alike-clients.ts'
import { type AskedCounts, LookupBook, type LookupBooks, type LookupCounts } from './lookup-counts.ts'
import { addQuestions, LookupTurn, noQuestions, type ResolverRates } from './lookup-turn.ts'
import type { NetworkNames } from './network-names.ts'

/**
 * What lookups come to on the average, for a clock that follows none: rates that last from one change to the next, as if caches
 * had been asked so forever.
 */
export class ExpectedLookups implements LookupBooks {
  readonly #network: Network
  readonly #names: NetworkNames
  readonly #traffic: readonly TrafficBlueprint[]
  readonly #forPs: number
  readonly #books: readonly LookupBook[]
  readonly #resolvers: readonly (ResolverRates & AskedCounts)[]
  /** What is so from `sincePs` on. */
  #turn: LookupTurn
  #sincePs = 0
  #sending = new Float64Array(0)
  #isOfOthers = true
  #clients: readonly AlikeClients[] = []

  private constructor(
    network: Network,
    names: NetworkNames,
    traffic: readonly TrafficBlueprint[],
    forPs: number,
  ) {
    this.#network = network
    this.#names = names
    this.#traffic = traffic
    this.#forPs = forPs
    this.#books = traffic.map(() => new LookupBook())
    this.#resolvers = names.blueprint.resolvers.map(() => ({ ...noQuestions(), evicted: 0 }))
    this.#turn = new LookupTurn(names, [], traffic, new Float64Array(traffic.length))
    this.ask()
  }

  /** Undefined where no traffic goes to names. `forPs`: what bursts are averaged over. */
  static of(
    network: Network,
    traffic: readonly TrafficBlueprint[],
    forPs: number,
  ): ExpectedLookups | undefined {
    const { names } = network
    if (names === undefined || !traffic.some(({ pairs }) => pairs.kind === 'to-name')) return undefined
    return new ExpectedLookups(network, names, traffic, forPs)
  }

  /** Who looks names up, and whose questions are lost, is not as it was. */
  ask(): void {
    const byHost = new Map<string, TrafficRate[]>()
    for (const [traffic, { pairs, offered }] of this.#traffic.entries()) {
      if (pairs.kind !== 'to-name') continue
      const { topology } = this.#network
      const perSecond =
        offered.kind === 'flows' ? arrivalsPerPair(topology, offered, pairs.from.length, 'mean') : undefined
      for (const host of pairs.from) {
        if (this.#network.isStopped(host)) continue
        const rate = { traffic, perSecond: perSecond?.(host, 1) ?? SECOND / this.#forPs }
        const known = byHost.get(host)
        if (known === undefined) byHost.set(host, [rate])
        else known.push(rate)
      }
    }
    this.#clients = alikeClients(this.#names, byHost)
    this.#isOfOthers = true
  }

  /** From now on each traffic sends so many times its mean rate. */
  turn(sending: Float64Array): void {
    const isSame = this.#sending.length > 0 && sending.every((each, index) => each === this.#sending[index])
    if (isSame && !this.#isOfOthers) return
    this.#isOfOthers = false
    this.#sending = Float64Array.from(sending)
    this.#bookUp()
    this.#turn = new LookupTurn(this.#names, this.#clients, this.#traffic, sending)
  }

  counts(traffic: number): LookupCounts {
    this.#bookUp()
    return this.#books[traffic]!
  }

  resolverCounts(): readonly AskedCounts[] {
    this.#bookUp()
    return this.#resolvers
  }

  #bookUp(): void {
    const { now } = this.#network.sim
    const seconds = (now - this.#sincePs) / SECOND
    this.#sincePs = now
    if (seconds === 0) return
    for (const [index, book] of this.#books.entries()) book.add(this.#turn.traffic[index]!, seconds)
    for (const [index, { name }] of this.#names.blueprint.resolvers.entries()) {
      const rates = this.#turn.resolvers.get(name)
      if (rates !== undefined) addQuestions(this.#resolvers[index]!, rates, seconds)
    }
  }
}
