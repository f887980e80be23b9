import type { ScenarioResult } from '../result/result.ts'
import { inputsHash } from '../run/inputs-hash.ts'
import { runScenario } from '../run/run-scenario.ts'
import { ProgressBar } from './progress.ts'
import type { ScenarioArgument } from './scenario-argument.ts'
import type { Terminal } from './terminal.ts'

/** Runs a scenario for a command: with a progress bar where a person watches, and to a clean end on Ctrl-C. */
export async function runOne(
  scenario: ScenarioArgument,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<ScenarioResult> {
  const { file, bytes, compiled, warnings } = scenario
  const bar = terminal.interactive ? new ProgressBar(compiled.blueprint.name) : undefined
  try {
    return await runScenario(compiled, {
      source: file,
      inputs: inputsHash(bytes),
      signal,
      warnings,
      ...(bar !== undefined && { onProgress: (progress) => bar.update(progress) }),
    })
  } finally {
    bar?.stop()
  }
}
