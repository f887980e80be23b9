import { type DiffAnswer, diffSteps } from '../../diff/diff.ts'
import { renderDiff } from '../../diff/render-diff.ts'
import { DEMANDS_BYTES_MAX } from '../../exchange/index.ts'
import { given } from '../../exchange/given.ts'
import { demandsOfFile } from '../../whatif/demands-file.ts'
import { Pace } from '../../planning/pace.ts'
import { Subject } from '../../whatif/subject.ts'
import { VERSION } from '../../version.ts'
import { blamingOptions } from '../blaming.ts'
import { countOf, define, OF_HELP, RATES_HELP, type Register } from '../command.ts'
import { bothManifests, diffManifests } from '../diff-manifests.ts'
import { UsageError } from '../failure.ts'
import { readBytes } from '../files.ts'
import { pathArgument } from '../manifest-argument.ts'
import { writeJson } from '../outputs.ts'
import { REPORT_OPTION, reportAbout, writeReport } from '../report-file.ts'
import { type ScenarioArgument, scenarioArgument } from '../scenario-argument.ts'
import { StepBar } from '../step-bar.ts'
import { checkTargets } from '../targets.ts'
import { EXIT, type Terminal } from '../terminal.ts'

interface DiffFlags {
  readonly any?: number
  readonly of?: string
  readonly top?: number
  readonly demands?: string
  readonly rates?: string
  readonly json?: boolean
  readonly report?: string
}

export const registerDiff: Register = (program, terminal) => {
  define(
    program,
    'diff',
    'Tell what differs: two scenarios, or the connections that two sets of manifests allow',
    [
      'weft diff today.yaml tomorrow.yaml',
      'weft diff manifests/ manifests-next/',
      'weft diff today.yaml tomorrow.yaml --report diff.html',
      'weft diff today.yaml tomorrow.yaml --any 2 --of link/fabric',
      'weft diff today.yaml tomorrow.yaml --demands peak.csv --json | jq .failures',
    ],
  )
    .argument('<before>', 'a scenario file, or Kubernetes manifests: a directory or a file')
    .argument('<after>', 'another one of the same')
    .option('--any <number>', 'compare up to so many failures at once too, in every combination', countOf)
    .option('--of <kind>', OF_HELP)
    .option('--top <number>', 'how many of these sets to list in JSON; by default 100', countOf)
    .option('--demands <file.csv>', "demands for both from this file instead of the scenarios' traffic")
    .option('--rates <which>', RATES_HELP)
    .option('--json', 'print one JSON document instead')
    .option(...REPORT_OPTION)
    .action(async (before: string, after: string, flags: DiffFlags) => {
      const { any, of, top, demands, rates, json, report } = flags
      const signal = terminal.interruption()
      checkTargets({ '--report': report }, [before, after, demands])
      const found = [pathArgument(before), pathArgument(after)] as const
      const manifests = bothManifests(...found)
      if (manifests !== undefined) {
        refuseForManifests({ any, of, top, demands, rates, report })
        // they are compared in one go, which ends as processes do
        terminal.release()
        return diffManifests(manifests, json === true, terminal)
      }
      const bytes = demands === undefined ? undefined : readBytes(demands, DEMANDS_BYTES_MAX)
      const subjects: ScenarioArgument[] = []
      for (const each of found) {
        const file = each.path
        const scenario = await scenarioArgument(file, terminal, {}, each)
        for (const warning of scenario.warnings) terminal.note(`${file}: warning: ${warning}`)
        subjects.push(scenario)
      }
      const hasClusters = subjects.some(({ compiled }) => compiled.clusters.length > 0)
      const [a, b] = await Promise.all(
        subjects.map(({ file, compiled }) =>
          blamingOptions(
            ['rates'],
            () =>
              new Subject(compiled, bytes && ((network) => demandsOfFile(demands!, bytes, network)), {
                ...given({ rates }),
                mayBeIdle: hasClusters,
              }),
            file,
          ),
        ),
      )
      const answer = await compare([a!, b!], flags, signal, terminal)
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

/** What is about loads, which manifests have none of. */
function refuseForManifests(flags: Readonly<Record<string, string | number | undefined>>): void {
  const given = Object.keys(flags).filter((name) => flags[name] !== undefined)
  if (given.length === 0) return
  const options = given.map((name) => `--${name}`).join(', ')
  throw new UsageError(`${options}: for scenarios; of manifests connections are compared, which have no load`)
}

async function compare(
  [a, b]: readonly [Subject, Subject],
  { any, of, top }: DiffFlags,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<DiffAnswer> {
  const bar = terminal.interactive ? new StepBar('diff') : undefined
  const pace = new Pace({ signal, onProgress: (progress) => bar?.update(progress) })
  try {
    const sets = given({ any, of, top })
    return await blamingOptions(['any', 'of', 'top'], () => pace.take(diffSteps(a, b, sets)))
  } finally {
    bar?.stop()
  }
}

function exitCodeOf({ partial, differs }: DiffAnswer): number {
  if (partial) return EXIT.interrupted
  return differs ? EXIT.failed : EXIT.ok
}
