import { InvariantError } from '@weft/core'
import { greatestCommonDivisor } from '../../model/integers.ts'

const PS_BITS_PER_BYTE = 8e12

/** The largest slot on a wire that `carry` takes exactly: a full IP packet with room for headers. */
const WIRE_BYTES_MAX = 65_600

/**
 * Transmission time of bytes at a rate, in whole picoseconds. Where a byte does not take a whole number of
 * picoseconds the remainder is carried to the next packet, so that a rate does not drift.
 */
export class PsPerByte {
  /** Whole picoseconds per byte. */
  readonly whole: number
  /** True when there is no remainder and `carry` need not be called. */
  readonly exact: boolean
  readonly #numerator: number
  readonly #denominator: number
  #carried = 0

  constructor(rateBps: number) {
    this.whole = Math.floor(PS_BITS_PER_BYTE / rateBps)
    const remainder = PS_BITS_PER_BYTE % rateBps
    const divisor = remainder === 0 ? rateBps : greatestCommonDivisor(rateBps, remainder)
    this.#numerator = remainder / divisor
    this.#denominator = rateBps / divisor
    this.exact = remainder === 0
    if (!Number.isSafeInteger(rateBps) || !Number.isSafeInteger(this.#numerator * WIRE_BYTES_MAX + this.#denominator)) {
      throw new InvariantError(`a rate of ${rateBps} bit/s cannot be timed exactly`)
    }
  }

  /** Picoseconds beyond `whole * bytes` for this packet. */
  carry(bytes: number): number {
    const total = this.#numerator * bytes + this.#carried
    const extra = Math.floor(total / this.#denominator)
    this.#carried = total - extra * this.#denominator
    return extra
  }
}
