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

/** Refuses a delay from `now` that is no whole number of picoseconds or would leave the clock's range. */
export function checkDelay(now: Picoseconds, delayPs: Picoseconds): void {
  if (!Number.isSafeInteger(delayPs)) refuse('delayPs', `got ${delayPs}; expected whole picoseconds`)
  if (delayPs < 0) refuse('delayPs', `got ${delayPs}; expected zero or more: the past cannot be changed`)
  if (now + delayPs > TIME_MAX) refuse('delayPs', `${delayPs} ps from ${now} ps is later than 2^53 - 1 ps`)
}
