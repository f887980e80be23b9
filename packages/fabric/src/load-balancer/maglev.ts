import { ConfigError } from '@weft/core'
import type { BalancedEndpoint, Balancer } from './balancer.ts'
import { hashName } from './name-hash.ts'
import { totalWeight } from './weights.ts'

/** A prime above a hundred times as many endpoints as services mostly have (Eisenbud et al. §3.4, §5.3). */
export const MAGLEV_TABLE_SIZE = 65_537
const TABLE_SIZE_MAX = 2 ** 24
const OFFSET_SEED = 0x6f66_6673
const SKIP_SEED = 0x736b_6970
const EMPTY = -1

/**
 * Maglev hashing: a look-up table that endpoints fill in turn, each in an order of its own, so that all hold as many
 * slots and a change of the list moves few. D. E. Eisenbud et al., "Maglev: A fast and reliable software network load
 * balancer", NSDI 2016, §3.4. An endpoint of weight w takes w turns where one of weight 1 takes one.
 */
export class Maglev implements Balancer {
  readonly #size: number
  #endpoints: readonly BalancedEndpoint[] = []
  /** Made when it is first asked: most services of a cluster are never called in a run. */
  #table: Int32Array | undefined = undefined
  #slots = new Int32Array(0)

  constructor(tableSize = MAGLEV_TABLE_SIZE) {
    if (!(isPrime(tableSize) && tableSize <= TABLE_SIZE_MAX))
      refuse(`got ${tableSize}; expected a prime of at most ${TABLE_SIZE_MAX}`)
    this.#size = tableSize
  }

  install(endpoints: readonly BalancedEndpoint[]): void {
    const slots = totalWeight(endpoints)
    if (slots > this.#size) {
      refuse(
        `a table of ${this.#size} slots cannot hold ${endpoints.length} endpoints whose weights add up to ${slots}; ` +
          'take a larger prime',
      )
    }
    this.#endpoints = endpoints
    this.#table = undefined
  }

  pick(key: number): number {
    return this.table[(key >>> 0) % this.#size]!
  }

  opened(): void {}

  closed(): void {}

  /** Exactly its share of the slots. */
  share(place: number): number {
    void this.table
    return this.#slots[place]! / this.#size
  }

  /** Place by slot. */
  get table(): Int32Array {
    if (this.#table === undefined) {
      this.#table = filledTable(this.#endpoints, this.#size)
      this.#slots = new Int32Array(this.#endpoints.length)
      for (const place of this.#table) this.#slots[place]!++
    }
    return this.#table
  }
}

function filledTable(endpoints: readonly BalancedEndpoint[], size: number): Int32Array {
  const table = new Int32Array(size).fill(EMPTY)
  const next = Int32Array.from(endpoints, ({ name }) => hashName(name, OFFSET_SEED) % size)
  const skip = Int32Array.from(endpoints, ({ name }) => (hashName(name, SKIP_SEED) % (size - 1)) + 1)
  // in order of names, so that the order of the list does not matter
  const order = endpoints
    .map((_, place) => place)
    .sort((a, b) => compare(endpoints[a]!.name, endpoints[b]!.name))
  for (let filled = 0; ; ) {
    for (const place of order) {
      for (let turn = endpoints[place]!.weight; turn > 0; turn--) {
        let slot = next[place]!
        while (table[slot] !== EMPTY) slot = (slot + skip[place]!) % size
        table[slot] = place
        next[place] = (slot + skip[place]!) % size
        if (++filled === size) return table
      }
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function isPrime(number: number): boolean {
  if (!Number.isInteger(number) || number < 2) return false
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false
  return true
}

function refuse(message: string): never {
  throw new ConfigError([{ path: ['tableSize'], message }])
}
