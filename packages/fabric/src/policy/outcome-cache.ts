import type { Outcome } from './port-map.ts'

/** A power of two: some thousand pairs talk at a time in the largest of hosts. */
const ENTRIES = 4096
const WORDS = 4
const NO_KEY = -1
/** The answer is not there. */
export const UNCACHED: Outcome = -1

/**
 * The last outcomes by addresses, protocol and port, as the flow caches of virtual switches keep them: each key has one place,
 * which the next key there takes over. An outcome costs one line of memory where all tables behind it cost ten.
 */
export class OutcomeCache {
  private readonly words = new Int32Array(ENTRIES * WORDS).fill(NO_KEY)

  /** The outcome, or UNCACHED. Addresses by id. */
  get(source: number, destination: number, protocol: number, port: number): Outcome {
    const words = this.words
    const at = placeOf(source, destination, protocol, port)
    const isThere =
      words[at] === source && words[at | 1] === destination && words[at | 2] === ((protocol << 16) | port)
    return isThere ? words[at | 3]! : UNCACHED
  }

  set(source: number, destination: number, protocol: number, port: number, outcome: Outcome): void {
    const words = this.words
    const at = placeOf(source, destination, protocol, port)
    words[at] = source
    words[at | 1] = destination
    words[at | 2] = (protocol << 16) | port
    words[at | 3] = outcome
  }

  clear(): void {
    this.words.fill(NO_KEY)
  }
}

function placeOf(source: number, destination: number, protocol: number, port: number): number {
  const mixed =
    Math.imul(source, 0x9e3779b1) ^
    Math.imul(destination, 0x85ebca6b) ^
    Math.imul(port ^ (protocol << 16), 0xc2b2ae35)
  return ((mixed >>> 16) & (ENTRIES - 1)) * WORDS
}
