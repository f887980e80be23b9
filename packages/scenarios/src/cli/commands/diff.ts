import { type DiffAnswer, diffSteps } from '../../diff/diff.ts'
import { renderDiff } from '../../diff/render-diff.ts'
import { DEMANDS_BYTES_MAX } from '../../exchange/index.ts'
import { demandsOfFile } from '../../whatif/demands-file.ts'
import { Pace } from '../../planning/pace.ts'
import { Subject } from '../../whatif/subject.ts'
import { VERSION } from '../../version.ts'
import { blamingOptions } from '../blaming.ts'
import { define, RATES_HELP, type Register } from '../command.ts'
import { readBytes } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { REPORT_OPTION, reportAbout, writeReport } from '../report-file.ts'
import { type ScenarioArgument, scenarioArgument } from '../scenario-argument.ts'
import { StepBar } from '../step-bar.ts'
import { checkTargets } from '../targets.ts'
import { EXIT, type Terminal } from '../terminal.ts'

interface DiffFlags {
  readonly demands?: string
  readonly rates?: string
  readonly json?: boolean
  readonly report?: string
}

export const registerDiff: Register = (program, terminal) => {
  define(program, 'diff', 'Tell what differs between two scenarios: reach, load, failures, delay', [
    'weft diff today.yaml tomorrow.yaml',
    'weft diff today.yaml tomorrow.yaml --report diff.html',
    'weft diff today.yaml tomorrow.yaml --demands peak.csv --json | jq .failures',
  ])
    .argument('<before>', 'a scenario file')
    .argument('<after>', 'another one')
    .option('--demands <file.csv>', "demands for both from this file instead of the scenarios' traffic")
    .option('--rates <which>', RATES_HELP)
    .option('--json', 'print one JSON document instead')
    .option(...REPORT_OPTION)
    .action(async (before: string, after: string, { demands, rates, json, report }: DiffFlags) => {
      const signal = terminal.interruption()
      checkTargets({ '--report': report }, [before, after, demands])
      const bytes = demands === undefined ? undefined : readBytes(demands, DEMANDS_BYTES_MAX)
      const subjects: ScenarioArgument[] = []
      for (const file of [before, after]) {
        const scenario = await scenarioArgument(file, terminal)
        for (const warning of scenario.warnings) terminal.note(`${file}: warning: ${warning}`)
        subjects.push(scenario)
      }
      const [a, b] = await Promise.all(
        subjects.map(({ file, compiled }) =>
          blamingOptions(
            ['rates'],
            () =>
              new Subject(
                compiled,
                bytes && ((network) => demandsOfFile(demands!, bytes, network)),
                rates === undefined ? {} : { rates },
              ),
            file,
          ),
        ),
      )
      const answer = await compare(a!, b!, signal, terminal)
      terminal.exitCode = exitCodeOf(answer)
      if (json === true) writeJson({ weft: VERSION, before, after, ...answer }, '-', terminal)
      else terminal.print(renderDiff(answer, { color: terminal.color, before, after }))
      await writeReport(report, async () => {
        const { renderDiffReport } = await import('../../report/answers/diff-report.ts')
        const others = bytes === undefined ? [] : [{ file: demands!, bytes }]
        return renderDiffReport({ answer, before, after, about: reportAbout(terminal, subjects, others) })
      })
    })
}

async function compare(a: Subject, b: Subject, signal: AbortSignal, terminal: Terminal): Promise<DiffAnswer> {
  const bar = terminal.interactive ? new StepBar('diff') : undefined
  const pace = new Pace({ signal, onProgress: (progress) => bar?.update(progress) })
  try {
    return await pace.take(diffSteps(a, b))
  } finally {
    bar?.stop()
  }
}

function exitCodeOf({ partial, differs }: DiffAnswer): number {
  if (partial) return EXIT.interrupted
  return differs ? EXIT.failed : EXIT.ok
}
