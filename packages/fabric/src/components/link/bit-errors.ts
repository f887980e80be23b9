import type { RandomStream } from '@weft/core'

/** Says of each packet on a wire whether it arrives corrupted. */
export interface LossModel {
  corrupts(sizeBytes: number): boolean
}

/** Independent bit errors at a fixed rate: a packet of n bits is lost with probability 1 - (1 - rate)^n. */
export class BitErrors implements LossModel {
  private readonly rate: number
  private readonly stream: RandomStream
  /** Loss probability by size: sizes are few. */
  private readonly loss = new Map<number, number>()

  constructor(bitErrorRate: number, stream: RandomStream) {
    this.rate = bitErrorRate
    this.stream = stream
  }

  corrupts(sizeBytes: number): boolean {
    let loss = this.loss.get(sizeBytes)
    if (loss === undefined) {
      loss = anyOf(this.rate, sizeBytes * 8)
      this.loss.set(sizeBytes, loss)
    }
    return this.stream.next() < loss
  }
}

/**
 * The chance that at least one of n independent events of the same chance happens. Built up by doubling from
 * p or q = p + q - p q, which keeps every digit of chances far below 1.
 */
function anyOf(chance: number, n: number): number {
  let result = 0
  for (let doubled = chance, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result + doubled - result * doubled
    doubled = doubled + doubled - doubled * doubled
  }
  return result
}
