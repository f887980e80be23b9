import { parsePercent } from '@weft/core'
import { InvalidArgumentError } from 'commander'
import type { CompiledScenario } from '../../compile/compile.ts'
import { pooledTrafficWarnings } from '../../compile/internet/pooled-traffic.ts'
import { DEMANDS_BYTES_MAX } from '../../exchange/index.ts'
import type { ReportAbout } from '../../report/answers/about.ts'
import type { WhatIfAnswer } from '../../whatif/answer.ts'
import { type AvailabilityAnswer, availability } from '../../whatif/availability.ts'
import { demandsOfFile } from '../../whatif/demands-file.ts'
import { type DrainAnswer, drainSteps } from '../../whatif/drain.ts'
import { aloneCommand, type RenderOptions, renderWhatIf } from '../../whatif/render.ts'
import { renderAvailability } from '../../whatif/render-availability.ts'
import { renderDrain } from '../../whatif/render-drain.ts'
import { Pace } from '../../planning/pace.ts'
import { arePoolsPast } from '../../whatif/pools.ts'
import { Subject } from '../../whatif/subject.ts'
import { shellWord } from '../../text/text-table.ts'
import { whatIf } from '../../whatif/whatif.ts'
import { VERSION } from '../../version.ts'
import { blamingOptions } from '../blaming.ts'
import {
  countOf,
  define,
  OF_HELP,
  PAIR_RATE_OPTION,
  type PairRateFlag,
  RATES_HELP,
  type Register,
  withoutDemands,
} from '../command.ts'
import { CountBar } from '../count-bar.ts'
import { UsageError } from '../failure.ts'
import { readBytes } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { type OtherInput, REPORT_OPTION, reportAbout, writeReport } from '../report-file.ts'
import { scenarioArgument } from '../scenario-argument.ts'
import { checkTargets } from '../targets.ts'
import { EXIT, type Terminal } from '../terminal.ts'
import { helperThread } from '../whatif-helper.ts'

interface WhatIfFlags extends PairRateFlag {
  readonly fail?: string[]
  readonly any?: number
  readonly of?: string
  readonly drain?: string[]
  readonly cumulative?: boolean
  readonly availability?: number | true
  readonly demands?: string
  readonly rates?: string
  readonly top?: number
  readonly symmetry: boolean
  readonly json?: boolean
  readonly report?: string
}

const OPTIONS = ['fail', 'any', 'of', 'drain', 'top', 'rates']

export const registerWhatIf: Register = (program, terminal) => {
  define(program, 'whatif', 'Tell what breaks when something fails, worst first', [
    'weft whatif scenario.yaml --fail ord1/spine-3',
    'weft whatif scenario.yaml --any 2 --of link/fabric --json | jq .worst[0]',
    'weft whatif scenario.yaml --fail ord1/spine-3 --any 1 --of switch --demands peak.csv',
    'weft whatif scenario.yaml --drain "ord1/spine-*" --cumulative',
    'weft whatif scenario.yaml --availability 99.9% --report whatif.html',
    "weft whatif manifests/ --any 1 --of switch --rate '500 requests/s'",
  ])
    .argument('<scenario|dir>', 'a scenario file, or Kubernetes manifests: a directory or a file')
    .option('--fail <names...>', 'links, switches, hosts or risks that fail together: names or patterns')
    .option('--any <number>', 'and up to so many more, in every combination', countOf)
    .option('--of <kind>', OF_HELP)
    .option(
      '--drain <names...>',
      'instead: the order in which to drain these, with room for one failure more',
    )
    .option('--cumulative', 'what was drained stays so')
    .option(
      '--availability [share]',
      'instead: how much of the time demands are served; a share to reach',
      shareOf,
    )
    .option('--demands <file.csv>', "demands from this file instead of the scenario's traffic")
    .option('--rates <which>', RATES_HELP)
    .option(...PAIR_RATE_OPTION)
    .option('--top <number>', 'how many of the worst sets to list in JSON; by default 100', countOf)
    .option('--no-symmetry', 'compute every set, also where symmetry makes many of them alike')
    .option('--json', 'print one JSON document instead')
    .option(...REPORT_OPTION)
    .action(async (file: string, flags: WhatIfFlags) => {
      checkTogether(flags)
      checkTargets({ '--report': flags.report }, [file, flags.demands])
      const scenario = await scenarioArgument(file, terminal, withoutDemands(flags))
      const { compiled, warnings } = scenario
      const pooled = flags.demands === undefined ? pooledTrafficWarnings(compiled.blueprint) : []
      for (const warning of [...warnings, ...pooled]) terminal.note(`${file}: warning: ${warning}`)
      const { json, exitCode, render, report, others } = await ask(compiled, flags, terminal)
      terminal.exitCode = exitCode
      const command = commandOf(file, flags)
      if (flags.json === true)
        writeJson({ weft: VERSION, source: file, command, ...json(command) }, '-', terminal)
      else terminal.print(render({ color: terminal.color, command, title: compiled.blueprint.name }))
      await writeReport(flags.report, () => report(reportAbout(terminal, [scenario], others), command))
    })
}

interface Answered {
  readonly json: (command: string) => object
  readonly exitCode: number
  readonly render: (options: RenderOptions) => string
  /** Loaded late: plots take long to load. */
  readonly report: (about: ReportAbout, command: string) => Promise<string>
}

/** Options of one question that go with another are refused, not ignored. */
function checkTogether(flags: WhatIfFlags): void {
  const refuse = (option: string, others: readonly (keyof WhatIfFlags)[]) => {
    const other = others.find((key) => flags[key] !== undefined && (key !== 'symmetry' || !flags.symmetry))
    if (other === undefined) return
    const name = other === 'symmetry' ? '--no-symmetry' : `--${other}`
    throw new UsageError(`${name} does not go with ${option}`)
  }
  if (flags.drain !== undefined) refuse('--drain', ['availability', 'fail', 'any', 'top', 'symmetry'])
  else if (flags.availability !== undefined)
    refuse('--availability', ['fail', 'of', 'cumulative', 'top', 'symmetry'])
  else if (flags.cumulative === true) throw new UsageError('--cumulative goes with --drain')
  else if (flags.fail === undefined && flags.any === undefined && flags.of === undefined)
    throw new UsageError(
      'nothing fails; name parts with --fail, or say how many with --any 1 --of link; or ask for --drain or --availability',
    )
}

/** What failed sets are added to, in commands that show one of them alone. */
function commandOf(file: string, { demands, rates, rate }: WhatIfFlags): string {
  const requests = rate === undefined ? undefined : `${rate} requests/s`
  const options = Object.entries({ demands, rates, rate: requests }).flatMap(([name, value]) =>
    value === undefined ? [] : [` --${name} ${shellWord(value)}`],
  )
  return `weft whatif ${shellWord(file)}${options.join('')}`
}

async function ask(
  compiled: CompiledScenario,
  flags: WhatIfFlags,
  terminal: Terminal,
): Promise<Answered & { readonly others: readonly OtherInput[] }> {
  const { demands, rates } = flags
  const signal = terminal.interruption()
  const bytes = demands === undefined ? undefined : readBytes(demands, DEMANDS_BYTES_MAX)
  const others = bytes === undefined ? [] : [{ file: demands!, bytes }]
  const bar = terminal.interactive ? new CountBar('sets') : undefined
  const onProgress = ({ done, sets }: { done: number; sets: number }) => bar?.update(done, sets)
  try {
    const answered = await blamingOptions(OPTIONS, async () => {
      const subject = new Subject(
        compiled,
        bytes && ((network) => demandsOfFile(demands!, bytes, network)),
        rates === undefined ? {} : { rates },
      )
      if (flags.drain !== undefined) return askDrain(subject, flags.drain, flags, { signal, onProgress })
      const onAlone = (reason: string) => terminal.note(`one thread does all of it: ${reason}`)
      const watch = { signal, onProgress, onAlone }
      return flags.availability === undefined
        ? askFailures(subject, flags, watch)
        : askAvailability(subject, flags.availability, flags, watch)
    })
    return { ...answered, others }
  } finally {
    bar?.stop()
  }
}

interface Watch {
  readonly signal: AbortSignal
  readonly onProgress: (progress: { done: number; sets: number }) => void
  readonly onAlone: (reason: string) => void
}

async function askFailures(subject: Subject, flags: WhatIfFlags, watch: Watch): Promise<Answered> {
  const { fail, any, of, top, symmetry } = flags
  const answer: WhatIfAnswer = await whatIf(subject, {
    ...(fail !== undefined && { fail }),
    ...(any !== undefined && { any }),
    ...(of !== undefined && { of }),
    ...(top !== undefined && { top }),
    symmetry,
    helper: helperThread,
    ...watch,
  })
  const isBroken = answer.criteria.some(({ sets }) => sets > 0) || arePoolsPast(answer.pools)
  const exitCode = answer.coverage.partial ? EXIT.interrupted : isBroken ? EXIT.failed : EXIT.ok
  const report: Answered['report'] = async (about, command) => {
    const { renderFailuresReport } = await import('../../report/answers/failures-report.ts')
    return renderFailuresReport({ answer, subject, command, about })
  }
  return {
    json: (command) => withCommands(answer, command),
    exitCode,
    render: (options) => renderWhatIf(answer, options),
    report,
  }
}

/** Every set with the command that shows it alone. */
function withCommands(answer: WhatIfAnswer, command: string): object {
  const withCommand = <Row extends { readonly failed: readonly string[] }>(row: Row) => ({
    ...row,
    command: aloneCommand(command, row.failed),
  })
  return { ...answer, worst: answer.worst.map(withCommand), minimal: answer.minimal.map(withCommand) }
}

async function askAvailability(
  subject: Subject,
  target: number | true,
  { any }: WhatIfFlags,
  watch: Watch,
): Promise<Answered> {
  const answer: AvailabilityAnswer = await availability(subject, {
    ...(any !== undefined && { any }),
    ...(target !== true && { target }),
    ...watch,
  })
  const misses = target !== true && answer.rows.some(({ meetsTarget }) => meetsTarget !== true)
  const exitCode = answer.partial ? EXIT.interrupted : misses ? EXIT.failed : EXIT.ok
  const report: Answered['report'] = async (about) => {
    const { renderAvailabilityReport } = await import('../../report/answers/availability-report.ts')
    return renderAvailabilityReport({ answer, about })
  }
  return { json: () => answer, exitCode, render: (options) => renderAvailability(answer, options), report }
}

/** Fails where a step leaves a link beyond its limit or demand without a way. */
async function askDrain(
  subject: Subject,
  drain: readonly string[],
  { cumulative, of }: WhatIfFlags,
  { signal, onProgress }: Pick<Watch, 'signal' | 'onProgress'>,
): Promise<Answered> {
  const pace = new Pace({ signal, onProgress: ({ done, of: sets }) => onProgress({ done, sets }) })
  const answer: DrainAnswer = await pace.take(
    drainSteps(subject, {
      drain,
      ...(cumulative !== undefined && { cumulative }),
      ...(of !== undefined && { of }),
    }),
  )
  const isTight = answer.steps.some(({ room, worstCase }) =>
    [room, worstCase].some(({ headroom, cutBps }) => headroom < 0 || cutBps > 0),
  )
  const exitCode = answer.partial ? EXIT.interrupted : isTight ? EXIT.failed : EXIT.ok
  const report: Answered['report'] = async (about) => {
    const { renderDrainReport } = await import('../../report/answers/drain-report.ts')
    return renderDrainReport({ answer, about })
  }
  return { json: () => answer, exitCode, render: (options) => renderDrain(answer, options), report }
}

function shareOf(text: string): number {
  const parsed = parsePercent(text, { positive: true, max: 1, maxReason: 'that is all of the time' })
  if (!parsed.ok) throw new InvalidArgumentError(parsed.message)
  return parsed.value
}
