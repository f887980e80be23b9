import type { Metric } from '../schema/expect.ts'

export type ClockName = 'packet'

/** What a scenario may ask of a clock. */
export interface ClockTraits {
  /** What its results leave out, in words. */
  readonly notModelled: readonly string[]
  /** Metrics that it cannot measure, and what to use in their place. */
  readonly refusedMetrics: ReadonlyMap<Metric, string>
}

export const CLOCKS: Readonly<Record<ClockName, ClockTraits>> = {
  packet: { notModelled: [], refusedMetrics: new Map() },
}
