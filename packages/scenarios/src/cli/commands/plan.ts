import { ConfigError } from '@weft/core'
import { InvalidArgumentError } from 'commander'
import { DEMANDS_BYTES_MAX } from '../../exchange/demands/read-csv.ts'
import type { CapacityPlan } from '../../planning/capacity-plan.ts'
import type { LoadModel } from '../../planning/load-model.ts'
import type { PlanRequest } from '../../planning/make-plan.ts'
import type { PlanProgress } from '../../planning/pace.ts'
import {
  define,
  PAIR_RATE_OPTION,
  type PairRateFlag,
  RATES_HELP,
  type Register,
  withoutDemands,
} from '../command.ts'
import { UsageError } from '../failure.ts'
import { readBytes } from '../files.ts'
import { writeJson } from '../outputs.ts'
import { type OtherInput, REPORT_OPTION, reportAbout, writeReport } from '../report-file.ts'
import { type ScenarioArgument, scenarioArgument } from '../scenario-argument.ts'
import { type DemandsFile, readDemandsFile } from '../../whatif/demands-file.ts'
import { StepBar } from '../step-bar.ts'
import { checkTargets } from '../targets.ts'
import { EXIT, type Terminal } from '../terminal.ts'

interface PlanFlags extends PairRateFlag {
  readonly growth?: string
  readonly demands?: string
  readonly rates?: string
  readonly perYear?: string
  readonly from?: string
  readonly upgrades?: number
  readonly check?: boolean
  readonly report?: string
  readonly json?: boolean
}

export const registerPlan: Register = (program, terminal) => {
  define(program, 'plan', 'Tell how full a network is, how long it lasts, and what to upgrade', [
    'weft plan scenario.yaml',
    'weft plan scenario.yaml --growth 3x --per-year 40% --from 2026-01-31',
    'weft plan scenario.yaml --demands matrix.csv --json | jq .normal',
    'weft plan scenario.yaml --report plan.html',
    'weft plan scenario.yaml --check || echo full',
    "weft plan manifests/ --rate '500 requests/s'",
  ])
    .argument(
      '<scenario|dir>',
      'a scenario file, whose section "plan" has growth, limits and costs; or Kubernetes manifests',
    )
    .option('--growth <times>', "times today's demand to make room for, such as 3x")
    .option(
      '--demands <file.csv>',
      "demands in place of the scenario's traffic: from,to,rate and, if known, packets_per_s, connections_per_s",
    )
    .option('--rates <which>', RATES_HELP)
    .option(...PAIR_RATE_OPTION)
    .option('--per-year <percent>', 'growth per year of all demand, over what the scenario says')
    .option('--from <day>', "the day of today's demand, such as 2026-01-31")
    .option('--upgrades <number>', 'how many upgrades to show at most; default 5', upgradesOf)
    .option('--check', "exit code 1 where a limit is passed, at --growth times today's demand")
    .option('--json', 'print one JSON document instead')
    .option(...REPORT_OPTION)
    .action(async (file: string, flags: PlanFlags) => {
      const signal = terminal.interruption()
      checkTargets({ '--report': flags.report }, [file, flags.demands])
      const scenario = await scenarioArgument(file, terminal, withoutDemands(flags))
      const given = flags.demands === undefined ? undefined : givenDemands(flags.demands, scenario)
      const request = requestOf(flags, given, signal)
      const { plan, model } = await planFor(scenario, request, given, terminal)
      terminal.exitCode = exitCodeOf(plan, flags)
      if (flags.json === true) writeJson(plan, '-', terminal)
      else {
        const { renderPlan } = await import('../../planning/render-plan.ts')
        terminal.print(renderPlan(plan, { color: terminal.color }))
      }
      await writeReport(flags.report, () => reportOf(plan, model, scenario, given, terminal))
    })
}

function requestOf(
  { growth, rates, perYear, from, upgrades }: PlanFlags,
  given: GivenDemands | undefined,
  signal: AbortSignal,
): PlanRequest {
  return {
    signal,
    ...(growth !== undefined && { growth }),
    ...(given !== undefined && { demands: given.demands }),
    ...(rates !== undefined && { rates }),
    ...(perYear !== undefined && { perYear }),
    ...(from !== undefined && { from }),
    ...(upgrades !== undefined && { upgrades }),
  }
}

async function planFor(
  { file, data, compiled, compile, warnings }: ScenarioArgument,
  request: PlanRequest,
  given: GivenDemands | undefined,
  terminal: Terminal,
): Promise<{ readonly plan: CapacityPlan; readonly model: LoadModel }> {
  const { planWithModel } = await import('../../planning/make-plan.ts')
  const bar = terminal.interactive ? new StepBar(compiled.blueprint.name) : undefined
  const watched =
    bar === undefined ? request : { ...request, onProgress: (progress: PlanProgress) => bar.update(progress) }
  try {
    return await planWithModel({ data, compiled, compile, source: file, warnings }, watched)
  } catch (error) {
    throw error instanceof ConfigError ? blamed(error, given) : error
  } finally {
    bar?.stop()
  }
}

/** Loaded late: plots take long to load. */
async function reportOf(
  plan: CapacityPlan,
  model: LoadModel,
  scenario: ScenarioArgument,
  given: GivenDemands | undefined,
  terminal: Terminal,
): Promise<string> {
  const { GrowthCurves } = await import('../../planning/growth-curve.ts')
  const { renderPlanReport } = await import('../../report/answers/plan-report.ts')
  return renderPlanReport({
    plan,
    network: model.network,
    demand: model.basis.all,
    curves: new GrowthCurves(() => model),
    about: reportAbout(terminal, [scenario], given === undefined ? [] : [given]),
  })
}

type GivenDemands = OtherInput & DemandsFile

function givenDemands(file: string, { compiled }: ScenarioArgument): GivenDemands {
  const bytes = readBytes(file, DEMANDS_BYTES_MAX)
  return { file, bytes, ...readDemandsFile(file, bytes, compiled.blueprint.network) }
}

const OPTIONS: Readonly<Record<string, string>> = { perYear: 'per-year' }

/** Says which line of the matrix or which option is at fault, where TypeScript's users hear of a key. */
function blamed(error: ConfigError, given: GivenDemands | undefined): Error {
  const lines: string[] = []
  for (const { path, message } of error.issues) {
    const [key] = path
    if (given !== undefined && typeof key === 'number')
      given.source.refuse(given.demands[key]!.line ?? 1, message)
    else if (key === 'traffic') lines.push(message.replace('or give demands', 'or give --demands'))
    else lines.push(`--${OPTIONS[String(key)] ?? String(key)}: ${message}`)
  }
  if (lines.length > 0) return new UsageError(lines.join('\n'))
  try {
    given?.source.check()
  } catch (refusal) {
    return refusal as Error
  }
  return error
}

function exitCodeOf(
  { partial, normal, failure, growth, losses, pools, ingress }: CapacityPlan,
  { check }: PlanFlags,
): number {
  if (partial) return EXIT.interrupted
  if (check !== true) return EXIT.ok
  const holds = [normal, failure, ...pools, ...ingress].every(
    (passing) => passing === null || passing.growth === null || passing.growth >= growth,
  )
  return holds && losses.every(({ cutBps }) => cutBps === 0) ? EXIT.ok : EXIT.failed
}

function upgradesOf(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > 100)
    throw new InvalidArgumentError('Expected a whole number from 0 to 100.')
  return Number(text)
}
