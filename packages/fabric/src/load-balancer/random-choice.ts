import type { RandomStream } from '@weft/core'
import type { BalancedEndpoint, Balancer } from './balancer.ts'
import { totalWeight } from './weights.ts'

/** Every connection draws its endpoint by weight, as kube-proxy's iptables rules do. */
export class RandomChoice implements Balancer {
  readonly #stream: RandomStream
  #weights = new Int32Array(0)
  #total = 0

  constructor(stream: RandomStream) {
    this.#stream = stream
  }

  install(endpoints: readonly BalancedEndpoint[]): void {
    this.#total = totalWeight(endpoints)
    this.#weights = Int32Array.from(endpoints, ({ weight }) => weight)
  }

  pick(): number {
    let left = this.#stream.int(this.#total)
    let place = 0
    while (left >= this.#weights[place]!) left -= this.#weights[place++]!
    return place
  }

  opened(): void {}

  closed(): void {}

  share(place: number): number {
    return this.#weights[place]! / this.#total
  }
}
