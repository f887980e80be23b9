import { ln } from '@weft/core'
import type { BalancedEndpoint, Balancer } from './balancer.ts'
import { hashName } from './name-hash.ts'
import { totalWeight } from './weights.ts'

const SEED = 0x6872_7720

/**
 * Highest random weight (Thaler and Ravishankar, IEEE/ACM ToN 1998): a lost endpoint's connections move, all others stay.
 * Of weight w with a hash uniform in (0, 1) an endpoint scores -ln(hash)/w, and the least wins.
 */
export class Rendezvous implements Balancer {
  #hashes = new Int32Array(0)
  #weights = new Int32Array(0)
  #total = 0
  #isEven = true

  install(endpoints: readonly BalancedEndpoint[]): void {
    this.#total = totalWeight(endpoints)
    this.#hashes = Int32Array.from(endpoints, ({ name }) => hashName(name, SEED) | 0)
    this.#weights = Int32Array.from(endpoints, ({ weight }) => weight)
    this.#isEven = endpoints.every(({ weight }) => weight === endpoints[0]!.weight)
  }

  pick(key: number): number {
    let winner = 0
    let best = Infinity
    for (let place = 0; place < this.#hashes.length; place++) {
      const hash = mixed(key, this.#hashes[place]!)
      // among equals the order of -ln(hash) is that of -hash
      const score = this.#isEven ? -hash : -ln((hash + 0.5) / 0x1_0000_0000) / this.#weights[place]!
      if (score < best) {
        best = score
        winner = place
      }
    }
    return winner
  }

  opened(): void {}

  closed(): void {}

  share(place: number): number {
    return this.#weights[place]! / this.#total
  }
}

/** Unsigned, 32 bits. */
function mixed(key: number, endpoint: number): number {
  let h = Math.imul(key ^ endpoint, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16) ^ endpoint, 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  return (h ^ (h >>> 15)) >>> 0
}
