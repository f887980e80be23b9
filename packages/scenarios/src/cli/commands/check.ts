import type { ScenarioResult } from '../../result/result.ts'
import { VERSION } from '../../version.ts'
import {
  define,
  overridesOf,
  type PairRateFlag,
  type Register,
  type RunFlags,
  withRunOptions,
} from '../command.ts'
import { UsageError } from '../failure.ts'
import { checkOutputs, type OutputOptions, writeJson, writeOutputs } from '../outputs.ts'
import { type ScenarioArgument, scenarioArgument } from '../scenario-argument.ts'
import { EXIT } from '../terminal.ts'

export const registerCheck: Register = (program, terminal) => {
  const command = define(program, 'check', 'Run scenarios and tell whether all their expectations hold', [
    'weft check scenario.yaml',
    'weft check designs/*.yaml --json results.json',
    'weft check scenario.yaml --report report.html',
  ])
  withRunOptions(command)
    .argument('<scenarios...>', 'scenario files, or manifests; all are read before the first one runs')
    .option('--json <file>', 'write the verdicts as one JSON document; - for standard output')
    .option('--report <file.html>', 'write a report to look at; for one scenario alone')
    .action(async (files: string[], options: RunFlags & OutputOptions & PairRateFlag) => {
      const signal = terminal.interruption()
      checkOutputs(options, files)
      if (options.report !== undefined && files.length > 1) {
        throw new UsageError('--report: a report shows one scenario; check them one by one')
      }
      const scenarios: ScenarioArgument[] = []
      const asked = { overrides: overridesOf(options), madeUp: options }
      for (const file of files) scenarios.push(await scenarioArgument(file, terminal, asked))
      const { runOne } = await import('../run-one.ts')
      const results: ScenarioResult[] = []
      for (const scenario of scenarios) {
        const result = await runOne(scenario, signal, terminal)
        results.push(result)
        terminal.exitCode = exitCodeOf(results)
        await writeOutputs(result, options, terminal)
        if (result.partial) break
      }
      if (options.json !== undefined) writeJson(verdicts(results), options.json, terminal)
    })
}

const holds = ({ expectations }: ScenarioResult): boolean => expectations.every(({ pass }) => pass)

function exitCodeOf(results: readonly ScenarioResult[]): number {
  if (results.some(({ partial }) => partial)) return EXIT.interrupted
  return results.every(holds) ? EXIT.ok : EXIT.failed
}

/** The document of `check --json`. `pass` is of those that ran; a partial one was interrupted. */
function verdicts(results: readonly ScenarioResult[]) {
  const scenarios = results.map((result) => {
    const { source, name, clock, seed, inputs, digest, partial, expectations, warnings } = result
    return { source, name, clock, seed, inputs, digest, partial, pass: holds(result), expectations, warnings }
  })
  return { schema: 1, weft: VERSION, pass: results.every(holds), scenarios }
}
