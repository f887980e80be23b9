import { ConfigError } from '../errors.ts'
import type { RandomStream } from '../random.ts'

/**
 * Something to draw numbers from. A draw depends on the stream alone, nothing is held back for the next one,
 * so that a saved stream resumes exactly; and it takes plain arithmetic alone, so that every machine draws
 * the same.
 */
export interface Distribution {
  /** Exact mean; Infinity where there is none. */
  readonly mean: number
  sample(stream: RandomStream): number
}

/** Refuses a parameter; `distribution` and `name` say where it stands. */
export function refuseParameter(distribution: string, name: string, value: unknown, expected: string): never {
  throw new ConfigError([
    { path: [distribution, name], message: `is ${String(value)}, expected ${expected}` },
  ])
}

export function requirePositive(distribution: string, name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    refuseParameter(distribution, name, value, 'a number above zero')
}

export function requireFinite(distribution: string, name: string, value: number): void {
  if (!Number.isFinite(value)) refuseParameter(distribution, name, value, 'a finite number')
}

export function requireWhole(distribution: string, name: string, value: number, max: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= max)) {
    refuseParameter(distribution, name, value, `a whole number from 1 to ${max}`)
  }
}

/** Uniform in (0, 1]: what logarithms and negative powers are taken of. */
export const aboveZero = (stream: RandomStream): number => 1 - stream.next()
