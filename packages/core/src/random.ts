import seedrandom from 'seedrandom'
import { InvariantError } from './errors.ts'

/** Where a stream stands; plain data, so that it survives JSON and a worker's message. */
export interface StreamState {
  readonly c: number
  readonly s0: number
  readonly s1: number
  readonly s2: number
}

/** A stream of pseudo-random numbers. All its state is in `save()`: nothing is held back between draws. */
export interface RandomStream {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number
  /** Uniform whole number in [0, bound), without bias; bound is a whole number from 1 to 2^53. */
  int(bound: number): number
  /** Where the stream stands now. */
  save(): StreamState
  /** Goes back (or forward) to a saved place; the next draws repeat those that followed `save`. */
  restore(state: StreamState): void
}

const TWO_21 = 0x20_0000
const TWO_32 = 0x1_0000_0000
const TWO_53 = 0x20_0000_0000_0000

/**
 * The stream of this name under this root seed. Streams of different names are independent, so that adding a
 * consumer disturbs no other one. The generator is Baagøe's Alea from seedrandom, whose seeding keeps streams
 * of similar names (`link0`, `link1`) apart; several others of that library fail this (see random.test.ts).
 */
export function randomStream(seed: string, name: string): RandomStream {
  // The length keeps ("a", "bc") and ("ab", "c") apart whatever characters they hold.
  return new AleaStream(`${seed.length}:${seed}${name}`)
}

class AleaStream implements RandomStream {
  #generator: seedrandom.StatefulPRNG<seedrandom.State.Alea>

  constructor(seed: string) {
    this.#generator = seedrandom.alea(seed, { state: true })
  }

  next(): number {
    return this.#generator.double()
  }

  int(bound: number): number {
    if (!(bound >= 1 && bound <= TWO_21 && bound % 1 === 0)) return this.#intOf53Bits(bound)
    // Lemire's multiplication method (ACM TOMACS 29, 2019): 32 bits times 21 are exact in a double.
    for (;;) {
      const product = this.#generator.quick() * bound
      const result = product | 0
      const remainder = (product - result) * TWO_32
      // Of the 2^32 draws, the 2^32 mod bound ones with the smallest remainders would favour some results.
      if (remainder >= bound || remainder >= TWO_32 % bound) return result
    }
  }

  #intOf53Bits(bound: number): number {
    if (!(bound >= 1 && bound <= TWO_53 && bound % 1 === 0)) {
      throw new InvariantError(`random int: bound is ${bound}, expected a whole number from 1 to 2^53`)
    }
    const limit = TWO_53 - (TWO_53 % bound)
    let draw = this.next() * TWO_53
    while (draw >= limit) draw = this.next() * TWO_53
    return draw % bound
  }

  save(): StreamState {
    return this.#generator.state()
  }

  restore(state: StreamState): void {
    this.#generator = seedrandom.alea('', { state: { ...state } })
  }
}

/** True with the given probability, from 0 (never) to 1 (always). */
export function bool(stream: RandomStream, probability = 0.5): boolean {
  return stream.next() < probability
}

/** One of the items, each equally likely. The list must not be empty. */
export function pick<T>(stream: RandomStream, items: readonly T[]): T {
  return items[stream.int(items.length)] as T
}

/** Brings the items into a uniformly random order, in place, and answers them (Fisher-Yates). */
export function shuffle<T extends unknown[] | Int32Array | Uint32Array | Float64Array>(
  stream: RandomStream,
  items: T,
): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = stream.int(i + 1)
    const held = items[i]
    items[i] = items[j]
    items[j] = held as number
  }
  return items
}

/**
 * A uniformly random permutation of 0..n-1 that leaves none in its place, for n of at least 2: traffic in
 * which every host sends to another. Draws permutations until one fits, 2.7 of them on average (e).
 */
export function derangement(stream: RandomStream, n: number): number[] {
  if (n < 2) throw new InvariantError(`derangement: n is ${n}, expected at least 2`)
  const order = Array.from({ length: n }, (_, i) => i)
  do shuffle(stream, order)
  while (order.some((to, from) => to === from))
  return order
}
