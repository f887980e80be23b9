import type { CompiledScenario } from '../compile/compile.ts'
import { buildResult } from '../result/build-result.ts'
import type { ScenarioResult } from '../result/result.ts'
import { instantAfter } from './instants.ts'
import { ScenarioRun } from './scenario-run.ts'

export interface RunOptions {
  /** SHA-256 of the inputs, hexadecimal; goes into the result. */
  readonly inputs: string
  /** The scenario's file as the user named it; goes into the result and into commands that it suggests. */
  readonly source?: string
  /** Ends the run at the next slice; the result is then partial. */
  readonly signal?: AbortSignal
  /** Called between slices. */
  readonly onProgress?: (progress: Progress) => void
  /** Goes into the result beside what the run itself has to say. */
  readonly warnings?: readonly string[]
}

export interface Progress {
  readonly nowPs: number
  /** Arrivals end here; draining goes on to `endPs` at the latest. */
  readonly arrivalsEndPs: number
  readonly endPs: number
  readonly events: number
}

/** Wall time that a slice should take: short enough for a progress bar and for Ctrl-C. */
const SLICE_MS = 50
/** The first slice is so small a part of a window that it is short whatever happens in a window of hours. */
const FIRST_SLICES = 1024

/** Runs a scenario to its end, or until the signal. Leaves the thread to others between slices. */
export async function runScenario(scenario: CompiledScenario, options: RunOptions): Promise<ScenarioResult> {
  const startMs = performance.now()
  const run = new ScenarioRun(scenario)
  let slicePs = scenario.run.windowPs / FIRST_SLICES
  while (!run.finished && options.signal?.aborted !== true) {
    const sliceStartMs = performance.now()
    const sliceEndPs = Math.max(run.nowPs + Math.round(slicePs), instantAfter(run.nowPs))
    const tookMs = () => performance.now() - sliceStartMs
    while (!run.finished && run.nowPs < sliceEndPs && !(run.isSettling && tookMs() > SLICE_MS))
      run.advance(sliceEndPs)
    // doubles or halves, so that slices stay near the wall time wanted whatever the load
    if (!run.isSettling) slicePs *= tookMs() > SLICE_MS ? 0.5 : 2
    const { forPs } = scenario.run
    options.onProgress?.({
      nowPs: run.nowPs,
      arrivalsEndPs: forPs,
      endPs: run.endPs,
      events: run.engine.sim.eventsRun,
    })
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  run.end()
  return buildResult(run, {
    inputs: options.inputs,
    partial: !run.finished,
    wallSeconds: (performance.now() - startMs) / 1000,
    warnings: options.warnings ?? [],
    ...(options.source === undefined ? {} : { source: options.source }),
  })
}
