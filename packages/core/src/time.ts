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
