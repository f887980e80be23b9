import { ConfigError, type Issue, parsePercent, Simulation } from '@weft/core'
import { type DemandMatrix, Network, oversubscription, type PoolKind, type ProfileRates } from '@weft/fabric'
import { type Compiled, type CompiledScenario, compileScenario } from '../compile/compile.ts'
import { pooledTrafficWarnings } from '../compile/internet/pooled-traffic.ts'
import type { PlanSettings } from '../compile/questions/plan.ts'
import type { ExchangeDemand } from '../exchange/network.ts'
import { dayRefusal } from '../schema/plan.ts'
import { byPoolKind } from '../report/pool-words.ts'
import { VERSION } from '../version.ts'
import { type Assessment, assess, firstPassing } from './assessment.ts'
import type { CapacityPlan, PlanDemand, PlanUpgrades } from './capacity-plan.ts'
import { type DemandBasis, demandBasis } from './demand-basis.ts'
import { PlanWords } from './describe-plan.ts'
import { matrixOfDemands, PACKET_BYTES } from './given-demands.ts'
import { parseGrowth } from './growth.ts'
import { planIngress } from './ingress.ts'
import type { LoadModel } from './load-model.ts'
import { Pace, type PaceOptions } from './pace.ts'
import { planPools, unknownPools } from './pools.ts'
import { countedProfiles, parseRates, type RatesOptions, WITH_DEMANDS } from './profile-rates.ts'
import { regionsWithoutGenerator, type Sizing, sizingsFor } from './sizing.ts'
import { nextUpgrades } from './upgrades.ts'

/** What to plan for, over what the scenario says. */
export interface PlanRequest extends PaceOptions, RatesOptions {
  /** Times today's demand: `3x` or 3. Also asks what sizes of fabrics that takes. */
  readonly growth?: string | number
  /** Demands in place of the scenario's traffic: between hosts, or all hosts of a switch or region. */
  readonly demands?: readonly ExchangeDemand[]
  /** Growth per year of all demand, such as `40%`. */
  readonly perYear?: string
  /** The day of today's demand, such as `2026-01-31`. */
  readonly from?: string
  /** Upgrades that are shown; default 5. */
  readonly upgrades?: number
}

/** A scenario to plan with: its plain data beside what it compiled to, since sizes are tried by building it anew. */
export interface PlanInput {
  readonly data: unknown
  readonly compiled: CompiledScenario
  /** Compiles other sizes of it; needed where it names manifests. Default: without any. */
  readonly compile?: (data: unknown) => Compiled
  readonly source?: string
  readonly warnings?: readonly string[]
}

const UPGRADES_DEFAULT = 5

const ASSUMPTIONS = [
  'expected loads of the steady clock: ECMP splits by weight, as if flows were many and small',
  'loads are offered ones, with headers and framing; nothing is lost or sent again',
  'routing has converged on each failure; one link or one switch is down at a time',
] as const

const POOLS_ASSUMED: Partial<Readonly<Record<PoolKind, string>>> = {
  connections:
    "hosts' limits on connections are filled by Erlang's loss formula: connections come at random, and last as long as was said on the mean",
  'connection-tracking':
    "tables of connections are filled by Erlang's loss formula: a connection has its entry for as long as it would last alone at the rate of its host's link, and then for TIME_WAIT; a stream as long as it lasts. Failures of links and switches bring tables no more",
  'session-affinity':
    'tables of session affinity have an entry of each client that has opened a connection within the timeout of the service, which come at random; as demand grows, the same clients call more often. A full table evicts, whoever called longest ago first',
}

const NAT_ASSUMED =
  "where regions translate, ports and tables are filled by Erlang's loss formula: a connection has its port for as long as it would last alone at the rates of its ends, or is held, then for TIME_WAIT, and hold-down. Gateways of a region share one state; hosts that translate have their share of the ports, which nobody else uses when they fail"

const INGRESS_ASSUMED =
  'replicas of ingress controllers get equal shares of requests; workers wait as M/M/c, times half of one and the square of the coefficient of variation of what jobs take'

/** Answers how full a network is, how long it lasts, what breaks first and what to do about it. Throws ConfigError. */
export const planScenario = async (input: PlanInput, request: PlanRequest = {}): Promise<CapacityPlan> =>
  (await planWithModel(input, request)).plan

/** The plan, and the loads that it was made from: a report of it need not compute them again. */
export async function planWithModel(
  input: PlanInput,
  request: PlanRequest,
): Promise<{ readonly plan: CapacityPlan; readonly model: LoadModel }> {
  const growth = checkRequest(request)
  const { compiled, network, matrixFor, basis, rates } = planSubject(input.compiled, request)
  const { blueprint, plan } = compiled
  const profiles = matrixFor === undefined ? countedProfiles(blueprint.traffic, request) : null
  const pace = new Pace(request)
  const assessment = await assess(network, basis, { limits: plan.limits }, pace)
  const words = new PlanWords(assessment, plan.from)
  const { normal, failure } = firstPassing(assessment)
  const pools = planPools(network, compiled, basis, {
    growth: growth ?? 1,
    from: plan.from,
    limit: plan.limits.pools,
  })
  const ingress = planIngress(compiled, basis, { growth: growth ?? 1, from: plan.from })
  const upgrades = await planUpgrades(assessment, basis, plan, request, pace)
  const toSize = growth !== undefined && !pace.interrupted
  const answer: CapacityPlan = {
    schema: 1,
    weft: VERSION,
    name: blueprint.name,
    ...(input.source !== undefined && { source: input.source }),
    clock: 'steady',
    assumptions: [
      ...assumptionsOf(compiled, request.demands),
      ...byPoolKind(pools).flatMap(([kind]) => POOLS_ASSUMED[kind] ?? []),
      ...(pools.some(({ kind }) => kind.startsWith('nat-')) ? [NAT_ASSUMED] : []),
      ...(ingress.length > 0 ? [INGRESS_ASSUMED] : []),
    ],
    warnings: [
      ...(input.warnings ?? []),
      ...(request.demands === undefined ? pooledTrafficWarnings(blueprint) : []),
      ...unknownPools(pools),
    ],
    growth: growth ?? 1,
    from: plan.from ?? null,
    demand: demandOf(basis, matrixFor !== undefined),
    profiles,
    limits: plan.limits,
    failures: words.coverage(),
    normal: words.passing(normal),
    failure: words.passing(failure),
    normalByDate: words.firstByDate('normal'),
    failureByDate: words.firstByDate('failure'),
    tiers: words.tiers(),
    oversubscription: oversubscription(blueprint.network),
    resources: words.resources(),
    pools,
    ingress,
    losses: words.losses(),
    upgrades,
    ...(await planSizes(toSize ? { ...input, compiled, growth, rates, matrixFor } : undefined, pace)),
    partial: pace.interrupted,
  }
  return { plan: answer, model: assessment.model }
}

/** A network and its demand as a plan sees them. */
export interface PlanSubject {
  /** With the request's settings in place of the scenario's. */
  readonly compiled: CompiledScenario
  readonly network: Network
  readonly basis: DemandBasis
  /** At which profiles of traffic count. */
  readonly rates: ProfileRates
  /** Demands in place of traffic, for another network too; undefined where traffic counts. */
  readonly matrixFor: ((network: Network) => DemandMatrix) | undefined
}

/** Throws ConfigError where nothing is sent. */
export function planSubject(scenario: CompiledScenario, request: PlanRequest): PlanSubject {
  const compiled = withSettings(scenario, request)
  const { blueprint } = compiled
  const { demands } = request
  const network = new Network(blueprint.network, { sim: new Simulation({ seed: blueprint.seed }) })
  const matrixFor = demands === undefined ? undefined : (of: Network) => matrixOfDemands(of, demands)
  const rates = parseRates(request)
  const basis = demandBasis(network, compiled, matrixFor?.(network), rates)
  if (basis.all.source.length === 0) refuseNothing()
  return { compiled, network, basis, rates, matrixFor }
}

async function planSizes(
  request:
    | (PlanInput & {
        growth: number
        rates: ProfileRates
        matrixFor: ((network: Network) => DemandMatrix) | undefined
      })
    | undefined,
  pace: Pace,
): Promise<{ readonly sizing: readonly Sizing[]; readonly notSized: readonly string[] }> {
  if (request === undefined) return { sizing: [], notSized: [] }
  const { data, compiled, compile = compileScenario, growth, rates, matrixFor } = request
  const sizing = await sizingsFor(
    {
      data,
      compiled,
      compile,
      growth,
      rates,
      ...(matrixFor !== undefined && { matrixFor }),
    },
    pace,
  )
  return { sizing, notSized: regionsWithoutGenerator(data) }
}

async function planUpgrades(
  assessment: Assessment,
  basis: DemandBasis,
  { limits, costs, from }: PlanSettings,
  { growth, upgrades: stepsMax = UPGRADES_DEFAULT }: PlanRequest,
  pace: Pace,
): Promise<PlanUpgrades> {
  const wanted = growth === undefined ? {} : { growth: parseGrowth(growth) as number }
  const { steps, end } = await nextUpgrades(assessment, { limits, costs, basis, stepsMax, ...wanted }, pace)
  return {
    currency: costs.currency ?? null,
    hasCosts: costs.links.some(({ upgrades }) => upgrades.length > 0),
    end,
    steps: steps.map(({ upgraded, cost, costSoFar, growth: holds, assessment: after, rates }) => {
      const next = new PlanWords(after, from, rates).passing(firstPassing(after, rates).first)
      return {
        upgraded,
        cost,
        costSoFar,
        growth: holds,
        years: next?.years ?? null,
        date: next?.date ?? null,
        next,
      }
    }),
  }
}

function demandOf({ all, groups }: DemandBasis, isMatrix: boolean): PlanDemand {
  const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0)
  return {
    of: isMatrix ? 'matrix' : 'traffic',
    ipBps: sum(all.ipBps),
    packetsPerSecond: sum(all.packetsPerSecond),
    connectionsPerSecond: sum(all.connectionsPerSecond),
    growth: groups.map(({ perYear, demand }) => ({ perYear, ipBps: sum(demand.ipBps) })),
  }
}

function assumptionsOf({ blueprint }: CompiledScenario, demands: PlanRequest['demands']): string[] {
  if (demands !== undefined) return [...ASSUMPTIONS, `demands are IP bit/s in ${packetsText(demands)}`]
  const kinds = new Set(blueprint.traffic.map(({ offered }) => offered.kind))
  const own = []
  if (kinds.has('flows') || kinds.has('stream'))
    own.push('arriving flows and streams count as if they were on at once')
  if (kinds.has('list') || kinds.has('burst'))
    own.push('bursts and lists of flows count as their average over the run')
  return [...ASSUMPTIONS, ...own]
}

function packetsText(demands: NonNullable<PlanRequest['demands']>): string {
  const stated = demands.filter(({ packetsPerSecond }) => packetsPerSecond !== undefined).length
  if (stated === 0) return `packets of ${PACKET_BYTES} bytes`
  const others = stated < demands.length ? `, of ${PACKET_BYTES} bytes where none are stated` : ''
  return `as many packets as are stated, those of a demand of one size${others}`
}

/** The growth asked about; throws where something that was asked cannot be. */
function checkRequest({ growth, perYear, from, upgrades, rates, demands }: PlanRequest): number | undefined {
  const issues: Issue[] = []
  const add = (key: string, message: string) => issues.push({ path: [key], message })
  const parsed = growth === undefined ? undefined : parseGrowth(growth)
  if (typeof parsed === 'string') add('growth', parsed)
  const rate =
    perYear === undefined
      ? undefined
      : parsePercent(perYear, { max: 9, maxReason: 'that is tenfold in a year' })
  if (rate !== undefined && !rate.ok) add('perYear', rate.message)
  const refusal = from === undefined ? undefined : dayRefusal(from)
  if (refusal !== undefined) add('from', refusal)
  if (upgrades !== undefined && !(Number.isInteger(upgrades) && upgrades >= 0 && upgrades <= 100))
    add('upgrades', `is ${upgrades}, expected a whole number from 0 to 100`)
  if (rates !== undefined && demands !== undefined) add('rates', WITH_DEMANDS)
  if (issues.length > 0) throw new ConfigError(issues)
  return parsed as number | undefined
}

function withSettings(compiled: CompiledScenario, { perYear, from }: PlanRequest): CompiledScenario {
  const rate = perYear === undefined ? undefined : parsePercent(perYear)
  const growth = rate?.ok === true ? { all: rate.value, traffic: [], pairs: [] } : compiled.plan.growth
  return { ...compiled, plan: { ...compiled.plan, growth, ...(from !== undefined && { from }) } }
}

function refuseNothing(): never {
  const message = 'nothing is sent: give the scenario traffic, or give demands in its place'
  throw new ConfigError([{ path: ['traffic'], message }])
}
