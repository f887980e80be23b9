import { printDuration, printPercent, printRate } from '@weft/core'
import type { SharingCounts, TrafficResult } from '../result/result.ts'

export const MINUTE_PS = 60e12
export const HOUR_PS = 60 * MINUTE_PS
export const DAY_PS = 24 * HOUR_PS

/** Numbers as readers of a report see them: rounded, grouped, with their unit. */

export const count = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
/** `8 syn-timeout, 2 connection-refused`. */
export const failuresText = (failures: TrafficResult['failures']): string =>
  failures.map(({ reason, flows }) => `${count(flows)} ${reason}`).join(', ')
export const percent = (fraction: number) => printPercent(fraction, { digits: 3 })
export const rate = (rateBps: number) => printRate(rateBps, { digits: 3 })
export const duration = (durationPs: number) => time(durationPs, 3)
/** For instants, which lie close together at times. */
export const instant = (atPs: number) => time(atPs, 5)

/** From a minute up in the unit that people count in: 1.5d, 2h, 15min. */
function time(ps: number, digits: number): string {
  for (const [unit, scale] of [
    ['d', DAY_PS],
    ['h', HOUR_PS],
    ['min', MINUTE_PS],
  ] as const) {
    if (ps >= scale) return `${Number((ps / scale).toPrecision(digits))}${unit}`
  }
  return printDuration(ps, { digits })
}

/** Decimal units from a kilobyte up: axes and sums read better so than in the exact bytes of an MTU. */
export function size(sizeBytes: number): string {
  for (const [unit, scale] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (sizeBytes >= scale) return `${significant(sizeBytes / scale)}${unit}`
  }
  return `${significant(sizeBytes)}B`
}

/** Large numbers with a prefix of the SI: `1.5M`. */
export function short(value: number): string {
  for (const [prefix, scale] of [
    ['T', 1e12],
    ['G', 1e9],
    ['M', 1e6],
  ] as const) {
    if (value >= scale) return `${significant(value / scale)}${prefix}`
  }
  return significant(value)
}

/** As rates of events are read in a narrow column: `83.3k`, `1.5M`. */
export const brief = (value: number): string =>
  value >= 10_000 && value < 1e6 ? `${significant(value / 1e3)}k` : short(value)

/** Sums of expected values that are nothing but for rounding. */
const DUST = 1e-9

/** Three significant digits, without exponents. */
export function significant(value: number): string {
  if (Math.abs(value) < DUST) return '0'
  if (value >= 1000) return count(value)
  return String(Number(value.toPrecision(3)))
}

/** For columns of percentages, which read best with equally many decimals; tiny ones keep their digits. */
export function percentCell(fraction: number): string {
  return fraction >= DUST && fraction < 0.0005
    ? printPercent(fraction, { digits: 2 })
    : `${(fraction * 100).toFixed(1)}%`
}

/** A share of which it does not matter how small it is. */
export const tinyShare = (fraction: number): string =>
  fraction === 0 ? '0' : fraction < TINY ? `< ${printPercent(TINY)}` : percentCell(fraction)

const TINY = 0.0001

/** `1 flow`, `2 flows`. */
export const many = (number: number, noun: string, plural = `${noun}s`) =>
  `${count(number)} ${number === 1 ? noun : plural}`

/** A share as text; dashes where there is nothing to share. */
export const share = (part: number, whole: number) => (whole === 0 ? '–' : percentCell(part / whole))

/** How often rates were solved, and how many flows that concerned: `1,204 times, 3.1 flows each, 64 at most`. */
export function sharingText({ solutions, flowsTouched, flowsTouchedMax }: SharingCounts): string {
  if (solutions === 0) return 'never'
  const mean = significant(flowsTouched / solutions)
  return `${many(solutions, 'time')}, ${mean} flows each, ${count(flowsTouchedMax)} at most`
}
