import { printDuration } from '@weft/core'
import { HORIZON_MAX_PS } from '../schema/quantity.ts'
import type { RunInput } from '../schema/run.ts'
import { DEFAULTS, LIMITS } from './defaults.ts'
import type { Problems } from './problems.ts'

/** When a run begins to be measured, when arrivals end and when it ends at the latest. */
export interface RunPlan {
  readonly clock: 'packet'
  /** Traffic arrives from 0 up to here. */
  readonly forPs: number
  /** Flows that start earlier, and statistics of links and queues before it, are left out. */
  readonly warmupPs: number
  /** The run goes on for at most this long after arrivals have ended, until all flows are done. */
  readonly drainPs: number
  /** Step of the time series. */
  readonly windowPs: number
}

export const endPs = ({ forPs, drainPs }: RunPlan): number => forPs + drainPs

export function compileRun(input: RunInput, problems: Problems): RunPlan {
  const forPs = input.for ?? DEFAULTS.forPs
  const {
    warmup = 0,
    drain = Math.min(forPs, HORIZON_MAX_PS - forPs),
    window: windowPs = Math.ceil(forPs / DEFAULTS.windows),
  } = input
  const forText = printDuration(forPs)
  if (warmup >= forPs) {
    problems.refuse(
      ['run', 'warmup'],
      `the warm-up (${printDuration(warmup)}) leaves nothing of the run (${forText}) to measure`,
    )
  }
  if (forPs + drain > HORIZON_MAX_PS) {
    problems.refuse(
      ['run', 'drain'],
      `${forText} and ${printDuration(drain)} together pass ${printDuration(HORIZON_MAX_PS)}, where the packet clock ends`,
    )
  }
  if (windowPs > forPs) {
    problems.refuse(
      ['run', 'window'],
      `the window (${printDuration(windowPs)}) is longer than the run (${forText})`,
    )
  } else if (forPs / windowPs > LIMITS.windows) {
    const shortest = printDuration(Math.ceil(forPs / LIMITS.windows))
    problems.refuse(
      ['run', 'window'],
      `the run would have ${Math.ceil(forPs / windowPs)} windows, at most ${LIMITS.windows} fit; use ${shortest} or more`,
    )
  }
  return { clock: 'packet', forPs, warmupPs: warmup, drainPs: drain, windowPs }
}

/** Refuses windows so many that the series of all directions would not fit in memory. */
export function checkSeries({ forPs, windowPs }: RunPlan, directions: number, problems: Problems): void {
  const windows = Math.ceil(forPs / windowPs)
  if (windows * directions <= LIMITS.cells) return
  const shortest = Math.ceil(forPs / Math.floor(LIMITS.cells / directions))
  problems.refuse(
    ['run', 'window'],
    `${windows} windows of ${directions} directions of links do not fit in memory; use ${printDuration(shortest)} or more`,
  )
}
