import type { BalancedEndpoint, Balancer } from './balancer.ts'
import { totalWeight } from './weights.ts'

/**
 * One endpoint after the other. With weights, smoothly: at every turn each endpoint gains its weight, the one that has
 * most is taken and pays the sum of weights, so that turns of a heavy one are spread out.
 */
export class RoundRobin implements Balancer {
  #names: string[] = []
  #weights = new Int32Array(0)
  #gained = new Float64Array(0)
  #total = 0

  /** Endpoints that stay keep what they have gained, so that the turn goes on where it was. */
  install(endpoints: readonly BalancedEndpoint[]): void {
    this.#total = totalWeight(endpoints)
    const before = new Map(this.#names.map((name, place) => [name, this.#gained[place]!]))
    this.#names = endpoints.map(({ name }) => name)
    this.#weights = Int32Array.from(endpoints, ({ weight }) => weight)
    this.#gained = Float64Array.from(endpoints, ({ name }) => before.get(name) ?? 0)
  }

  pick(): number {
    const gained = this.#gained
    let best = 0
    for (let place = 0; place < gained.length; place++) {
      gained[place]! += this.#weights[place]!
      if (gained[place]! > gained[best]!) best = place
    }
    gained[best]! -= this.#total
    return best
  }

  opened(): void {}

  closed(): void {}

  share(place: number): number {
    return this.#weights[place]! / this.#total
  }
}
