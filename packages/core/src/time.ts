import { refuse } from './errors.ts'

/**
 * Simulated time: whole picoseconds in a `number`, exact up to 2^53 ps (2.5 simulated hours).
 * One byte at 100 Gbit/s is 80 ps and at 800 Gbit/s 10 ps, so nanoseconds would round.
 */
export type Picoseconds = number

export const PS = 1
export const NS = 1_000
export const US = 1_000_000
export const MS = 1_000_000_000
export const SECOND = 1_000_000_000_000

/** The latest instant that the packet clock can represent exactly. */
export const TIME_MAX: Picoseconds = Number.MAX_SAFE_INTEGER

export const ns = (n: number): Picoseconds => Math.round(n * NS)
export const us = (n: number): Picoseconds => Math.round(n * US)
export const ms = (n: number): Picoseconds => Math.round(n * MS)
export const seconds = (n: number): Picoseconds => Math.round(n * SECOND)

/**
 * The latest instant that any clock can be given: the last double before 2^63 ps, 106 days. Beyond 2^53 ps times are
 * whole multiples of their own spacing, 128 ps after a week and 1,024 ps at the end; see `SimulationOptions.timeMaxPs`.
 */
export const LONG_TIME_MAX: Picoseconds = 2 ** 63 - 1024

/** A limit of time as people know it. */
export function describeTimeMax(timeMaxPs: Picoseconds): string {
  return timeMaxPs === TIME_MAX ? '2^53 - 1 ps' : `${timeMaxPs} ps`
}

/** Refuses a delay from `now` that is no whole number of picoseconds or would leave the clock's range. */
export function checkDelay(now: Picoseconds, delayPs: Picoseconds, timeMaxPs = TIME_MAX): void {
  if (!(Number.isInteger(delayPs) && delayPs <= LONG_TIME_MAX && delayPs >= -LONG_TIME_MAX)) {
    refuse('delayPs', `got ${delayPs}; expected whole picoseconds`)
  }
  if (delayPs < 0) refuse('delayPs', `got ${delayPs}; expected zero or more: the past cannot be changed`)
  if (now + delayPs > timeMaxPs) {
    refuse('delayPs', `${delayPs} ps from ${now} ps is later than ${describeTimeMax(timeMaxPs)}`)
  }
}
