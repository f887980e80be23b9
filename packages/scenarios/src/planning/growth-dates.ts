import { ln, pow } from '@weft/core'

/** Growth is not looked at further ahead than this. */
export const YEARS_MAX = 100

const YEARS_TOLERANCE = 1e-12
const DAY_MS = 86_400_000
/** What rounding of a year's fraction may be off by, in days. */
const DAY_TOLERANCE = 1e-6

/**
 * Years until amounts that grow, each by its fraction a year, add up to `limit`: 0 where they do already, null where they
 * do not within 100 years.
 */
export function yearsUntil(
  amounts: ArrayLike<number>,
  perYear: readonly number[],
  limit: number,
): number | null {
  if (amountAfter(amounts, perYear, 0) >= limit) return 0
  if (amountAfter(amounts, perYear, YEARS_MAX) < limit) return null
  if (perYear.length === 1) return ln(limit / amounts[0]!) / ln(1 + perYear[0]!)
  return firstYear((years) => amountAfter(amounts, perYear, years) >= limit)
}

/** The first years after which something is that is within 100 years, and stays. */
export function firstYear(is: (years: number) => boolean): number {
  let low = 0
  let high = YEARS_MAX
  while (high - low > YEARS_TOLERANCE * high) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (is(middle)) high = middle
    else low = middle
  }
  return high
}

/** The sum of the amounts after so many years. */
export function amountAfter(amounts: ArrayLike<number>, perYear: readonly number[], years: number): number {
  return perYear.reduce((sum, rate, i) => sum + amounts[i]! * (rate === 0 ? 1 : pow(1 + rate, years)), 0)
}

/** The day so many years after a day: whole years by the calendar, then the fraction of the year that follows. */
export function dayAfter(from: string, years: number): string {
  const whole = Math.floor(years + DAY_TOLERANCE / 366)
  const start = anniversary(from, whole)
  const days = (anniversary(from, whole + 1) - start) / DAY_MS
  const passed = Math.floor(Math.max(0, years - whole) * days + DAY_TOLERANCE)
  return new Date(start + passed * DAY_MS).toISOString().slice(0, 10)
}

/** Milliseconds of UTC; of 29 February in years that have none, 1 March. */
function anniversary(from: string, years: number): number {
  const [year, month, day] = from.split('-').map(Number) as [number, number, number]
  return Date.UTC(year + years, month - 1, day)
}
