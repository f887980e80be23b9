import { constant, type Distribution, exponential, type RandomStream } from '@weft/core'
import type { Exchange, Exchanges } from '../dns/index.ts'
import type { NameDelay, NamesBlueprint } from './names-blueprint.ts'

/** What lookups take: each exchange draws from the delay between who asks and who is asked. */
export class LookupDelay {
  readonly #stream: RandomStream
  /** By name of the resolver that asks, then of who is asked. */
  readonly #upstream = new Map<string, ReadonlyMap<string, Distribution>>()

  constructor({ resolvers }: NamesBlueprint, stream: RandomStream) {
    this.#stream = stream
    for (const { name, upstreams } of resolvers)
      this.#upstream.set(name, new Map(upstreams.map(({ to, delay }) => [to, distributionOf(delay)])))
  }

  /** Whole picoseconds that these exchanges of one client take, whose questions to its resolver take `client`. */
  ofPs(exchanges: Exchanges, client: Distribution): number {
    return Math.round(exchanges.durationPs((exchange) => this.#costPs(exchange, client)))
  }

  /** The mean of one exchange between servers; 0 where nobody said how long it takes. */
  meanPs(from: string, to: string): number {
    return this.#upstream.get(from)?.get(to)?.mean ?? 0
  }

  #costPs({ from, to }: Exchange, client: Distribution): number {
    if (from === to) return 0
    return Math.max(0, (this.#upstream.get(from)?.get(to) ?? client).sample(this.#stream))
  }
}

export const distributionOf = (delay: NameDelay): Distribution =>
  delay.kind === 'constant' ? constant(delay.ps) : exponential(delay.meanPs)
