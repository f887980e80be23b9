/**
 * Logarithm, exponential, power and cosine from + - * / alone, so that every engine and machine gives the same bits:
 * the language leaves the accuracy of `Math.log` and its kin to the engine, and `Math.pow` does differ
 * between versions of V8. The series are the textbook ones (Abramowitz and Stegun, 4.1.27, 4.2.1, 4.3.65 and 4.3.66).
 */

import { highWordIndex } from './bits.ts'

/** ln 2 in two parts; the upper one has 32 bits, so that its product with a binary exponent is exact. */
const LN2_HIGH = 2_977_044_471 / 0x1_0000_0000
const LN2_LOW = 1.9082149292705877e-10
const TWO_54 = 0x40_0000_0000_0000
/** exp overflows above the one and gives zero below the other. */
const EXP_ARGUMENT_MAX = 709.782712893384
const EXP_ARGUMENT_MIN = -745.1332191019412

/**
 * The bits of a double. Scratch: written and read within one call, so that nothing is carried between calls.
 * Each module has its own, since V8 reads a module's own constants three times as fast as imported ones.
 */
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const HIGH = highWordIndex()
const LOW = 1 - HIGH

/** Natural logarithm, within one unit in the last place. NaN below zero, -Infinity at zero. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  let exponent = -1022
  double[0] = x
  if (words[HIGH]! < 0x10_0000) {
    // Subnormal: no implicit leading bit to work with.
    double[0] = x * TWO_54
    exponent -= 54
  }
  exponent += words[HIGH]! >>> 20
  // x = m * 2^exponent with m in [0.5, 1), then in [sqrt(0.5), sqrt(2)).
  words[HIGH] = (words[HIGH]! & 0xf_ffff) | 0x3fe0_0000
  let m = double[0]
  if (m < Math.SQRT1_2) {
    m *= 2
    exponent -= 1
  }
  // ln(1 + f) = 2 artanh(s) = 2 s + s R with s = f / (2 + f); and 2 s = f - f^2/2 + s f^2/2, whose first term
  // is exact and whose others are small, so that little is lost to rounding.
  const f = m - 1
  const s = f / (2 + f)
  const r = artanhTail(s * s)
  const halfSquare = 0.5 * f * f
  return exponent * LN2_HIGH - (halfSquare - (s * (halfSquare + r) + exponent * LN2_LOW) - f)
}

/** 2 (z/3 + z^2/5 + z^3/7 + ...): what artanh adds to its argument, for z below 0.0295. */
function artanhTail(z: number): number {
  const w = z * z
  // Two interleaved sums: half as long a chain of dependent operations.
  const odd = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23)))))
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))))
  return z * odd + w * even
}

/** ln(1 + x) without loss for small x (W. Kahan's quotient; Goldberg 1991, theorem 4); within a few units. */
export function ln1p(x: number): number {
  const u = 1 + x
  if (u === 1 || u === Number.POSITIVE_INFINITY) return x
  return (ln(u) * x) / (u - 1)
}

/** e to the x, within one unit in the last place. */
export function exp(x: number): number {
  if (!(x <= EXP_ARGUMENT_MAX)) return x > 0 ? Number.POSITIVE_INFINITY : Number.NaN
  if (x < EXP_ARGUMENT_MIN) return 0
  // x = k ln 2 + r with r within +-0.35, in two parts.
  const k = Math.floor(x / Math.LN2 + 0.5)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const r = high - low
  const e = 1 - (low - r * r * exponentialTail(r) - high)
  if (k > 1022) return e * 2 * powerOfTwo(k - 1)
  if (k < -1021) return (e * powerOfTwo(k + 54)) / TWO_54
  return e * powerOfTwo(k)
}

/** 1/2! + r/3! + r^2/4! + ...: what follows 1 + r in the series, divided by r^2. */
function exponentialTail(r: number): number {
  const w = r * r
  const evenEnd = 1 / 40_320 + w * (1 / 3_628_800 + w * (1 / 479_001_600 + w * (1 / 87_178_291_200)))
  const oddEnd = 1 / 5_040 + w * (1 / 362_880 + w * (1 / 39_916_800 + w * (1 / 6_227_020_800)))
  return 1 / 2 + w * (1 / 24 + w * (1 / 720 + w * evenEnd)) + r * (1 / 6 + w * (1 / 120 + w * oddEnd))
}

/** Exact, for k from -1022 to 1023. */
function powerOfTwo(k: number): number {
  words[LOW] = 0
  words[HIGH] = (k + 1023) << 20
  return double[0]!
}

/**
 * x to the y, for x of at least zero; NaN below. The relative error is about (1 + |y ln x|) units in the last
 * place, since the logarithm is rounded before the product: 1e-14 at worst where distributions use it.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (y === 1) return x < 0 ? Number.NaN : x
  return exp(y * ln(x))
}

/** Cosine of so many turns, 2 pi x, within 2e-16; NaN where x is not finite. Periodic without loss for any x. */
export function cosTurns(x: number): number {
  const turns = Math.abs(x - Math.floor(x + 0.5))
  if (turns > 0.375) return -cosSeries(0.5 - turns)
  if (turns > 0.125) return sinSeries(0.25 - turns)
  return cosSeries(turns)
}

/** For up to an eighth of a turn: 1 - z/2! + z^2/4! - ... */
function cosSeries(turns: number): number {
  const angle = 2 * Math.PI * turns
  const z = angle * angle
  const end = 1 / 479_001_600 - z * (1 / 87_178_291_200 - z * (1 / 20_922_789_888_000))
  const tail = 1 / 24 - z * (1 / 720 - z * (1 / 40_320 - z * (1 / 3_628_800 - z * end)))
  return 1 - (0.5 * z - z * z * tail)
}

/** For up to an eighth of a turn to either side: angle (1 - z/3! + z^2/5! - ...) */
function sinSeries(turns: number): number {
  const angle = 2 * Math.PI * turns
  const z = angle * angle
  const end = 1 / 39_916_800 - z * (1 / 6_227_020_800 - z * (1 / 1_307_674_368_000))
  const tail = 1 / 6 - z * (1 / 120 - z * (1 / 5_040 - z * (1 / 362_880 - z * end)))
  return angle - angle * z * tail
}
