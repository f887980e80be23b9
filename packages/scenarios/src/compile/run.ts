import { printDuration } from '@weft/core'
import type { RunInput } from '../schema/run.ts'
import { type ClockName, CLOCKS } from './clocks.ts'
import { DEFAULTS, LIMITS } from './defaults.ts'
import { compileFlowModel, type FlowSharing } from './flow-model.ts'
import { counted, type Problems } from './problems.ts'

/** When a run begins to be measured, when arrivals end and when it ends at the latest. */
export interface RunPlan {
  readonly clock: ClockName
  /** When in the day or week of profiles the run begins. */
  readonly beginPs: number
  /** Traffic arrives from 0 up to here. */
  readonly forPs: number
  /** Flows that start earlier, and statistics of links and queues before it, are left out. */
  readonly warmupPs: number
  /** The run goes on for at most this long after arrivals have ended, until all flows are done. */
  readonly drainPs: number
  /** Step of the time series. */
  readonly windowPs: number
  /** Of the flow clock alone. */
  readonly flow: FlowSharing
}

export const endPs = ({ forPs, drainPs }: RunPlan): number => forPs + drainPs

export function compileRun(input: RunInput, problems: Problems): RunPlan {
  const { clock = 'packet', begin = 0, for: forPs = DEFAULTS.forPs } = input
  const { horizonPs } = CLOCKS[clock]
  const {
    warmup = 0,
    drain = Math.max(0, Math.min(forPs, horizonPs - forPs)),
    window: windowPs = Math.ceil(forPs / DEFAULTS.windows),
  } = input
  const forText = printDuration(forPs)
  if (warmup >= forPs) {
    problems.refuse(
      ['run', 'warmup'],
      `the warm-up (${printDuration(warmup)}) leaves nothing of the run (${forText}) to measure`,
    )
  }
  if (forPs > horizonPs) {
    problems.refuse(['run', 'for'], `${forText} is after ${endOf(clock)}`)
  } else if (forPs + drain > horizonPs) {
    problems.refuse(['run', 'drain'], `${forText} and ${printDuration(drain)} together pass ${endOf(clock)}`)
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
      `the run would have ${counted(Math.ceil(forPs / windowPs))} windows, at most ${counted(LIMITS.windows)} fit; use ${shortest} or more`,
    )
  }
  const flow = compileFlowModel(input.flow, clock, problems)
  return { clock, beginPs: begin, forPs, warmupPs: warmup, drainPs: drain, windowPs, flow }
}

/** `2h, where the packet clock ends; the flow clock goes on to 100d`. */
function endOf(clock: ClockName): string {
  const { horizonPs } = CLOCKS[clock]
  const ends = `${printDuration(horizonPs)}, where the ${clock} clock ends`
  const longest = (Object.keys(CLOCKS) as ClockName[]).reduce((a, b) =>
    CLOCKS[b].horizonPs > CLOCKS[a].horizonPs ? b : a,
  )
  return longest === clock
    ? ends
    : `${ends}; the ${longest} clock goes on to ${printDuration(CLOCKS[longest].horizonPs)}`
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
