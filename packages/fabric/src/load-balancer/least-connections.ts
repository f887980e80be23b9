import { InvariantError } from '@weft/core'
import type { BalancedEndpoint, Balancer } from './balancer.ts'
import { totalWeight } from './weights.ts'

/** The endpoint with the fewest connections for its weight; among equals the next one in turn. */
export class LeastConnections implements Balancer {
  #names: string[] = []
  #weights = new Int32Array(0)
  #active = new Float64Array(0)
  #total = 0
  /** Where the search among equals begins. */
  #turn = 0

  /** Endpoints that stay keep their connections; one that comes, or comes back, has those that the list says. */
  install(endpoints: readonly BalancedEndpoint[]): void {
    this.#total = totalWeight(endpoints)
    const before = new Map(this.#names.map((name, place) => [name, this.#active[place]!]))
    this.#names = endpoints.map(({ name }) => name)
    this.#weights = Int32Array.from(endpoints, ({ weight }) => weight)
    this.#active = Float64Array.from(endpoints, ({ name, active }) => active ?? before.get(name) ?? 0)
    this.#turn %= endpoints.length
  }

  pick(): number {
    const count = this.#active.length
    let best = this.#turn
    for (let step = 1; step < count; step++) {
      const place = (this.#turn + step) % count
      // compared crosswise: a quotient of whole numbers may round two different loads to one
      if (this.#active[place]! * this.#weights[best]! < this.#active[best]! * this.#weights[place]!)
        best = place
    }
    this.#turn = (best + 1) % count
    return best
  }

  active(place: number): number {
    return this.#active[place]!
  }

  opened(place: number): void {
    this.#active[place]!++
  }

  closed(place: number): void {
    if (this.#active[place] === 0)
      throw new InvariantError(`endpoint ${this.#names[place]} has no connection that could end`)
    this.#active[place]!--
  }

  /** Where connections last alike, in proportion to the weights. */
  share(place: number): number {
    return this.#weights[place]! / this.#total
  }
}
