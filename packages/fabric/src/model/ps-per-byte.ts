import { InvariantError } from '@weft/core'
import { greatestCommonDivisor } from './integers.ts'

const PS_BITS_PER_BYTE = 8e12

/** The largest slot on a wire that `carry` takes exactly: a full IP packet with room for headers. */
const WIRE_BYTES_MAX = 65_600

/** The part of a picosecond that a byte takes beyond whole ones, as a fraction in lowest terms. */
function remainderOf(rateBps: number): { readonly numerator: number; readonly denominator: number } {
  const remainder = PS_BITS_PER_BYTE % rateBps
  const divisor = remainder === 0 ? rateBps : greatestCommonDivisor(rateBps, remainder)
  return { numerator: remainder / divisor, denominator: rateBps / divisor }
}

/**
 * Whether the transmission time of every packet at this rate can be kept to the picosecond. True of all rates up to
 * 137 Gbit/s in whole bits per second, and of faster ones that are round, such as whole megabits.
 */
export function isTimedExactly(rateBps: number): boolean {
  if (!Number.isSafeInteger(rateBps) || rateBps < 1) return false
  const { numerator, denominator } = remainderOf(rateBps)
  return Number.isSafeInteger(numerator * WIRE_BYTES_MAX + denominator)
}

/**
 * Transmission time of bytes at a rate, in whole picoseconds. Where a byte does not take a whole number of
 * picoseconds the remainder is carried to the next packet, so that a rate does not drift.
 */
export class PsPerByte {
  /** Whole picoseconds per byte. */
  readonly whole: number
  /** True when there is no remainder and `carry` need not be called. */
  readonly exact: boolean
  private readonly numerator: number
  private readonly denominator: number
  private carried = 0

  constructor(rateBps: number) {
    if (!isTimedExactly(rateBps))
      throw new InvariantError(`a rate of ${rateBps} bit/s cannot be timed exactly`)
    this.whole = Math.floor(PS_BITS_PER_BYTE / rateBps)
    const { numerator, denominator } = remainderOf(rateBps)
    this.numerator = numerator
    this.denominator = denominator
    this.exact = numerator === 0
  }

  /** Picoseconds beyond `whole * bytes` for this packet. */
  carry(bytes: number): number {
    const total = this.numerator * bytes + this.carried
    const extra = Math.floor(total / this.denominator)
    this.carried = total - extra * this.denominator
    return extra
  }
}
