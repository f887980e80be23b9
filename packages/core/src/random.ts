import seedrandom from 'seedrandom'

/** A named stream of pseudo-random numbers (alea, 53-bit draws). */
export interface RandomStream {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /** Uniform whole number in [0, bound). */
  int(bound: number): number
}

export function randomStream(seed: string, name: string): RandomStream {
  const generator = seedrandom.alea(`${seed}\0${name}`)
  const next = () => generator.double()
  return { next, int: (bound) => Math.floor(next() * bound) }
}
