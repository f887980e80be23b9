/** A span of time in equal intervals. */
export interface Intervals {
  readonly startS: number
  readonly count: number
  readonly lengthS: number
}

/**
 * Cuts a span into equal intervals whose length is as near to the wanted one as goes, so that none is cut short: rates of
 * half an interval would count as much as the others.
 */
export function intervalsOf(startS: number, endS: number, wantedS: number): Intervals {
  const count = Math.max(1, Math.round((endS - startS) / wantedS))
  return { startS, count, lengthS: (endS - startS) / count }
}

/** Adds an amount to intervals in proportion to their part of the time from start to end, in `into` from `at` on. */
export function spread(
  amount: number,
  startS: number,
  endS: number,
  intervals: Intervals,
  into: Float64Array,
  at = 0,
): void {
  const { lengthS, count } = intervals
  const placeOf = (instantS: number) => (instantS - intervals.startS) / lengthS
  const indexOf = (place: number) => Math.min(count - 1, Math.max(0, Math.floor(place)))
  const [from, to] = [placeOf(startS), placeOf(endS)]
  const [first, last] = [indexOf(from), indexOf(to)]
  if (first === last || endS <= startS) {
    into[at + first]! += amount
    return
  }
  for (let i = first; i <= last; i++) {
    const part = Math.min(i + 1, to) - Math.max(i, from)
    into[at + i]! += (amount * Math.max(0, part)) / (to - from)
  }
}

/**
 * The least value that at least this percentage of all values does not exceed (nearest rank): of the 95th percentile of
 * 5-minute rates, as transit is billed, the highest that is left when the highest 5 % are struck off.
 */
export function nearestRank(values: Float64Array, percent: number): number {
  const sorted = values.slice().sort()
  // 0.95 × 20 is not 19 in doubles: a rank that is whole but for rounding is whole
  const rank = Math.ceil(Number(((percent * sorted.length) / 100).toFixed(9)))
  return sorted[Math.max(1, rank) - 1] ?? 0
}

export const PERCENT = 95
