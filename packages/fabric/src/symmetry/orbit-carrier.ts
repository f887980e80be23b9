import type { FoundOrbits } from './orbits.ts'

/** Carries vertices to the least of their orbit, and others along with them by the same symmetry. */
export class OrbitCarrier {
  /** The least vertex of every vertex's orbit. */
  readonly least: Int32Array
  readonly #inverses: readonly Int32Array[]
  /** By vertex: the generator that leads to it on the way from the least one of its orbit; -1 at that. */
  readonly #cameBy: Int32Array

  constructor({ least, generators }: FoundOrbits) {
    this.least = least
    this.#inverses = generators.map(inverseOf)
    this.#cameBy = new Int32Array(least.length).fill(-1)
    this.#explore(generators)
  }

  /** Maps all of `vertices` from `at` on by one symmetry, which carries the one there to the least of its orbit. */
  carry(vertices: Int32Array, at: number): void {
    const to = this.least[vertices[at]!]!
    while (vertices[at] !== to) {
      const inverse = this.#inverses[this.#cameBy[vertices[at]!]!]!
      for (let i = at; i < vertices.length; i++) vertices[i] = inverse[vertices[i]!]!
    }
  }

  /** Breadth first, so that ways are short. */
  #explore(generators: readonly Int32Array[]): void {
    const seen = new Uint8Array(this.least.length)
    const reached = [...this.least.filter((least, vertex) => least === vertex)]
    for (const vertex of reached) seen[vertex] = 1
    for (let i = 0; i < reached.length; i++) {
      for (const [generator, image] of generators.entries()) {
        const next = image[reached[i]!]!
        if (seen[next] === 1) continue
        seen[next] = 1
        this.#cameBy[next] = generator
        reached.push(next)
      }
    }
  }
}

function inverseOf(image: Int32Array): Int32Array {
  const inverse = new Int32Array(image.length)
  for (const [from, to] of image.entries()) inverse[to] = from
  return inverse
}
