import type { RandomStream } from '@weft/core'

/** Says of each packet on a wire whether it arrives corrupted. */
export interface LossModel {
  corrupts(sizeBytes: number): boolean
}

/** Independent bit errors at a fixed rate: a packet of n bits is lost with probability 1 - (1 - rate)^n. */
export class BitErrors implements LossModel {
  readonly #rate: number
  readonly #stream: RandomStream
  /** Survival probability by size: sizes are few. */
  readonly #survival = new Map<number, number>()

  constructor(bitErrorRate: number, stream: RandomStream) {
    this.#rate = bitErrorRate
    this.#stream = stream
  }

  corrupts(sizeBytes: number): boolean {
    let survival = this.#survival.get(sizeBytes)
    if (survival === undefined) {
      survival = integerPower(1 - this.#rate, sizeBytes * 8)
      this.#survival.set(sizeBytes, survival)
    }
    return this.#stream.next() >= survival
  }
}

/** By squaring, since `**` differs between engines in the last bit. */
function integerPower(base: number, exponent: number): number {
  let result = 1
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square
  }
  return result
}
