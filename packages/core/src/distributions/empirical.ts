import { type Issue, ConfigError } from '../errors.ts'
import type { RandomStream } from '../random.ts'
import type { Distribution } from './distribution.ts'

/** A value and the percentage of draws that are at most this value. */
export type CdfPoint = readonly [value: number, cumulativePercent: number]

/**
 * A measured distribution function, linear between its points; by inversion. A first point above 0 % is a
 * lump of probability at its value, and so are two points of one value.
 */
export class EmpiricalCdf implements Distribution {
  readonly mean: number
  readonly #values: Float64Array
  /** Cumulative probability at each value, ascending to exactly 1. */
  readonly #cumulative: Float64Array

  /** Throws ConfigError listing every point that does not fit. */
  constructor(points: readonly CdfPoint[]) {
    const issues = issuesOf(points)
    if (issues.length > 0) throw new ConfigError(issues)
    this.#values = Float64Array.from(points, ([value]) => value)
    this.#cumulative = Float64Array.from(points, ([, percent]) => percent / 100)
    this.mean = this.#massBelow(Number.POSITIVE_INFINITY)
  }

  sample(stream: RandomStream): number {
    return this.quantile(stream.next())
  }

  /** The value that a fraction `probability` of draws stays at or below; probability from 0 to 1. */
  quantile(probability: number): number {
    const cumulative = this.#cumulative
    const values = this.#values
    let i = 0
    while (i < cumulative.length - 1 && cumulative[i]! < probability) i++
    if (i === 0 || cumulative[i] === probability) return values[i]!
    const step = (probability - cumulative[i - 1]!) / (cumulative[i]! - cumulative[i - 1]!)
    return values[i - 1]! + step * (values[i]! - values[i - 1]!)
  }

  /** The fraction of draws that are at most this value. */
  cumulative(value: number): number {
    const values = this.#values
    const cumulative = this.#cumulative
    if (value < values[0]!) return 0
    let i = values.length - 1
    while (values[i]! > value) i--
    if (i === values.length - 1) return 1
    const step = (value - values[i]!) / (values[i + 1]! - values[i]!)
    // Rounding must not carry it beyond the piece's end: what follows may be flat.
    return Math.min(cumulative[i]! + step * (cumulative[i + 1]! - cumulative[i]!), cumulative[i + 1]!)
  }

  /** The fraction of the total (of all bytes, for flow sizes) that lies in draws above this value. */
  shareAbove(value: number): number {
    return 1 - this.#massBelow(value) / this.mean
  }

  /**
   * The integral of x dF(x) up to the limit: on each linear piece, probability times the middle of the piece.
   */
  #massBelow(limit: number): number {
    const values = this.#values
    const cumulative = this.#cumulative
    let mass = values[0]! <= limit ? values[0]! * cumulative[0]! : 0
    for (let i = 1; i < values.length && values[i - 1]! <= limit; i++) {
      const from = values[i - 1]!
      const to = Math.min(values[i]!, limit)
      const probability = cumulative[i]! - cumulative[i - 1]!
      const part = values[i]! > from ? (to - from) / (values[i]! - from) : 1
      mass += (probability * part * (from + to)) / 2
    }
    return mass
  }
}

function issuesOf(points: readonly CdfPoint[]): Issue[] {
  const issues: Issue[] = []
  const add = (index: number, message: string) => issues.push({ path: ['points', index], message })
  if (points.length < 2)
    return [{ path: ['points'], message: `has ${points.length} points, expected at least 2` }]
  points.forEach(([value, percent], i) => {
    const before = points[i - 1]
    if (!Number.isFinite(value)) add(i, `value is ${value}, expected a finite number`)
    else if (before !== undefined && value < before[0])
      add(i, `value ${value} is below the one before, ${before[0]}`)
    if (!(percent >= 0 && percent <= 100)) add(i, `percentage is ${percent}, expected 0 to 100`)
    else if (before !== undefined && percent < before[1]) {
      add(i, `percentage ${percent} is below the one before, ${before[1]}`)
    }
  })
  const last = points.length - 1
  if (points[last]![1] !== 100) add(last, `percentage is ${points[last]![1]}, expected the last to be 100`)
  return issues
}
