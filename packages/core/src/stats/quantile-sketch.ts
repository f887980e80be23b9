import { InvariantError } from '../errors.ts'
import { highWordIndex } from '../math/bits.ts'
import { ExactSum } from './exact-sum.ts'

/**
 * The bits of a double. Scratch: written and read within one call, so that nothing is carried between calls.
 */
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const HIGH = highWordIndex()
const LOW = 1 - HIGH

/** Buckets per power of two: the top seven bits of the mantissa. */
const MANTISSA_BITS = 7
const BUCKETS_PER_OCTAVE = 1 << MANTISSA_BITS
/** The key of a double is its high word without the lower mantissa bits: ascending with the value. */
const KEY_SHIFT = 20 - MANTISSA_BITS

/**
 * Quantiles are within this fraction of the exact ones: half a bucket, 1/256, against the bucket's lower
 * edge.
 */
export const QUANTILE_ERROR_MAX = 1 / (2 * BUCKETS_PER_OCTAVE)

/** 2^1000: beyond, a sum of millions could leave the range of a double. */
const VALUE_LIMIT = 1.0715086071862673e301

/** A sketch as plain data, for JSON and messages between workers. */
export interface SketchData {
  readonly count: number
  readonly zeros: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Key and count of each bucket that is not empty, ascending. */
  readonly buckets: readonly (readonly [key: number, count: number])[]
}

/**
 * Quantiles of any number of values in bounded memory: counts by exponent and leading mantissa bits. Values
 * are zero or above; subnormal ones count as the smallest normal. Recording allocates nothing once the powers
 * of two that occur have been seen: a kilobyte for each, two megabytes if all occur. Merging is exact: in any
 * order and grouping, the same counts.
 */
export class QuantileSketch {
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY

  private zeros = 0
  private readonly exactSum = new ExactSum()
  /** Counts of the keys from `#firstKey` on; a whole number of octaves. */
  private counts = new Float64Array(0)
  private firstKey = 0

  record(value: number): void {
    double[0] = value
    const key = words[HIGH]! >>> KEY_SHIFT
    const index = key - this.firstKey
    if (index >= 0 && index < this.counts.length && key >= BUCKETS_PER_OCTAVE) this.counts[index]!++
    else this.recordRare(value, key)
    this.count++
    this.exactSum.add(value)
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  get mean(): number {
    return this.exactSum.value / this.count
  }

  get sum(): number {
    return this.exactSum.value
  }

  /**
   * The value that a fraction `probability` of those recorded stays at or below, within QUANTILE_ERROR_MAX of
   * the one of rank ceil(probability * count); NaN when nothing was recorded. 0 gives the minimum, 1 the
   * maximum, exactly.
   */
  quantile(probability: number): number {
    if (this.count === 0) return Number.NaN
    if (probability <= 0) return this.min
    if (probability >= 1) return this.max
    const rank = Math.max(1, Math.ceil(probability * this.count))
    let seen = this.zeros
    if (rank <= seen) return 0
    const counts = this.counts
    let i = 0
    for (seen += counts[0]!; seen < rank && i < counts.length - 1; seen += counts[i]!) i++
    const middle = (edgeOf(this.firstKey + i) + edgeOf(this.firstKey + i + 1)) / 2
    return Math.min(Math.max(middle, this.min), this.max)
  }

  /** Adds all that another sketch recorded. */
  merge(other: QuantileSketch): void {
    this.count += other.count
    this.zeros += other.zeros
    this.exactSum.addSum(other.exactSum)
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    if (other.counts.length === 0) return
    this.cover(other.firstKey)
    this.cover(other.firstKey + other.counts.length - 1)
    const offset = other.firstKey - this.firstKey
    for (let i = 0; i < other.counts.length; i++) this.counts[offset + i]! += other.counts[i]!
  }

  /** Forgets all values: the end of a warm-up. */
  clear(): void {
    this.count = 0
    this.zeros = 0
    this.exactSum.clear()
    this.min = Number.POSITIVE_INFINITY
    this.max = Number.NEGATIVE_INFINITY
    this.counts.fill(0)
  }

  toJSON(): SketchData {
    const buckets: [number, number][] = []
    this.counts.forEach((count, i) => {
      if (count > 0) buckets.push([this.firstKey + i, count])
    })
    return { count: this.count, zeros: this.zeros, sum: this.sum, min: this.min, max: this.max, buckets }
  }

  static fromData(data: SketchData): QuantileSketch {
    const sketch = new QuantileSketch()
    sketch.count = data.count
    sketch.zeros = data.zeros
    sketch.exactSum.add(data.sum)
    // JSON has no infinities: an empty sketch's extremes come back as null.
    if (data.count > 0) {
      sketch.min = data.min
      sketch.max = data.max
    }
    for (const [key, count] of data.buckets) {
      sketch.cover(key)
      sketch.counts[key - sketch.firstKey] = count
    }
    return sketch
  }

  /** Zero, subnormal, a power of two not seen before, or no value at all. */
  private recordRare(value: number, key: number): void {
    if (!(value >= 0 && value < VALUE_LIMIT)) {
      throw new InvariantError(`quantile sketch: recorded ${value}, expected a number from zero to 1e301`)
    }
    if (value === 0) {
      this.zeros++
      return
    }
    const normalKey = Math.max(key, BUCKETS_PER_OCTAVE)
    this.cover(normalKey)
    this.counts[normalKey - this.firstKey]!++
  }

  /** Widens the counts by whole octaves until they hold this key. */
  private cover(key: number): void {
    const octave = key - (key % BUCKETS_PER_OCTAVE)
    const end = this.firstKey + this.counts.length
    const first = this.counts.length === 0 ? octave : Math.min(this.firstKey, octave)
    const last = this.counts.length === 0 ? octave : Math.max(end - BUCKETS_PER_OCTAVE, octave)
    if (first === this.firstKey && last + BUCKETS_PER_OCTAVE === end) return
    const wider = new Float64Array(last + BUCKETS_PER_OCTAVE - first)
    if (this.counts.length > 0) wider.set(this.counts, this.firstKey - first)
    this.counts = wider
    this.firstKey = first
  }
}

/** The smallest double of this key. */
function edgeOf(key: number): number {
  words[LOW] = 0
  words[HIGH] = key << KEY_SHIFT
  return double[0]!
}
