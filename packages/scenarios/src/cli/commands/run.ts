import {
  define,
  overridesOf,
  type PairRateFlag,
  type Register,
  type RunFlags,
  withRunOptions,
} from '../command.ts'
import { checkOutputs, type OutputOptions, writeJson, writeOutputs } from '../outputs.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { EXIT } from '../terminal.ts'

export const registerRun: Register = (program, terminal) => {
  const command = define(program, 'run', 'Run a scenario and tell what happens', [
    'weft run scenario.yaml',
    'weft run scenario.yaml --for 2ms --seed again --report report.html',
    'weft run scenario.yaml --json - | jq .drops',
    "weft run manifests/ --rate '500 requests/s'",
  ])
  withRunOptions(command)
    .argument('<scenario|dir>', 'a scenario file, or Kubernetes manifests: a directory or a file')
    .option('--json <file>', 'write the result as one JSON document; - for standard output')
    .option('--report <file.html>', 'write a report to look at')
    .action(async (file: string, options: RunFlags & OutputOptions & PairRateFlag) => {
      const signal = terminal.interruption()
      checkOutputs(options, [file])
      const scenario = await scenarioArgument(file, terminal, {
        overrides: overridesOf(options),
        madeUp: options,
      })
      const { runOne } = await import('../run-one.ts')
      const result = await runOne(scenario, signal, terminal)
      // Before anything is written: a reader that closes the pipe early must not hide it.
      terminal.exitCode = result.partial ? EXIT.interrupted : EXIT.ok
      await writeOutputs(result, options, terminal)
      if (options.json !== undefined) writeJson(result, options.json, terminal)
    })
}
