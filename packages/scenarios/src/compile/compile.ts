import { type Blueprint, type TrafficBlueprint, withUpstream } from '@weft/fabric'
import { readEvents } from '../life/event-actions.ts'
import { type BorderIssue, issuesOf } from '../schema/issues.ts'
import { type ScenarioInput, scenarioSchema } from '../schema/scenario.ts'
import { type ComponentAvailability, compileAvailability } from './questions/availability.ts'
import { DEFAULTS } from './defaults.ts'
import { compileDns } from './dns/compile-dns.ts'
import { withPolicyDomains } from './dns/policy-domains.ts'
import { PublicClaims } from './dns/published-names.ts'
import { FallibleParts } from './fallible.ts'
import { compileConntrack } from './clusters/conntrack.ts'
import { compileEvents } from './events.ts'
import { compileExpectations, type Expectation } from './questions/expect.ts'
import { type CompiledController, compileIngress } from './ingress/compile-ingress.ts'
import { IngressIndex } from './ingress/request-of.ts'
import { compileInternet } from './internet/internet.ts'
import { type CompiledCluster, compileKubernetes } from './clusters/kubernetes.ts'
import { ipBlocksOf, withIpBlocks } from './clusters/ip-blocks.ts'
import type { ScenarioSources } from './clusters/manifest-reader.ts'
import { compileNetwork } from './fabric/network.ts'
import { NetworkNames } from './selectors/network-names.ts'
import { compilePlan, type PlanSettings } from './questions/plan.ts'
import { Problems } from './problems.ts'
import { compileReach, type ReachExpectation } from './questions/reach.ts'
import { compileReliability } from './questions/reliability.ts'
import { compileRisks, type Risk } from './questions/risks.ts'
import { compileSessionAffinity } from './clusters/session-affinity.ts'
import { checkSeries, compileRun, endPs, type RunPlan } from './run.ts'
import { compileTraffic } from './traffic/traffic.ts'

/** A scenario that has passed every check: what a run needs, and nothing left to go wrong in it. */
export interface CompiledScenario {
  readonly blueprint: Blueprint
  readonly run: RunPlan
  /** Those that measure a metric. */
  readonly expectations: readonly Expectation[]
  readonly reach: readonly ReachExpectation[]
  readonly risks: readonly Risk[]
  /** Of parts that say how often they are up, or how often they fail. */
  readonly availability: readonly ComponentAvailability[]
  readonly plan: PlanSettings
  readonly clusters: readonly CompiledCluster[]
  /** Ingress controllers of the clusters, whether or not any traffic asks them. */
  readonly controllers: readonly CompiledController[]
  /** Public names of several clusters. */
  readonly claims: PublicClaims
  /** What may not be meant, though it can be run. */
  readonly warnings: readonly BorderIssue[]
  readonly description?: string
}

export type Compiled =
  | { readonly ok: true; readonly value: CompiledScenario }
  | { readonly ok: false; readonly issues: readonly BorderIssue[] }

/**
 * Validates plain data, from a file or from builders, against the schema and against itself, and makes the
 * blueprint. Lists every problem of the shape, or if there is none, every problem of the meaning.
 */
export function compileScenario(data: unknown, sources: ScenarioSources = {}): Compiled {
  const shaped = scenarioSchema.safeParse(data, { reportInput: true })
  if (!shaped.success) return { ok: false, issues: issuesOf(shaped.error, data) }
  const problems = new Problems()
  const value = compileMeaning(shaped.data, data as { expect?: unknown[] }, sources, problems)
  return value === undefined ? { ok: false, issues: problems.issues } : { ok: true, value }
}

function compileMeaning(
  input: ScenarioInput,
  raw: { expect?: unknown[] },
  sources: ScenarioSources,
  problems: Problems,
): CompiledScenario | undefined {
  const run = compileRun(input.run ?? {}, problems)
  const bare = compileNetwork(input.regions, problems)
  // Everything else names parts of the network, so without one it would be wrong from end to end.
  if (bare === undefined) return undefined
  const happenings = readEvents(input.events ?? [], run, problems)
  const { seed = DEFAULTS.seed } = input
  const chances = { reliability: input.reliability ?? [], risks: input.risks ?? {}, seed }
  const happening = { happenings, chances, run }
  const populated = compileKubernetes(
    input.kubernetes ?? [],
    input.regions,
    bare,
    sources,
    happening,
    problems,
  )
  if (populated === undefined) return undefined
  const { clusters } = populated
  const policed = withIpBlocks(populated.network, ipBlocksOf(input.kubernetes ?? [], problems))
  const tracking = compileConntrack(policed, input.regions, problems)
  const connected = compileInternet(input, tracking, clusters, problems)
  if (connected === undefined) return undefined
  const remembering = compileSessionAffinity(connected, input.regions, problems)
  const { network: nameless, controllers } = compileIngress(clusters, remembering, input.run?.date, problems)
  checkSeries(run, nameless.links.length * 2, problems)
  const dns = compileDns(
    input.dns,
    nameless,
    { clusters, controllers },
    happenings,
    populated.events,
    run,
    problems,
  )
  const claims = new PublicClaims(input.dns, { clusters, controllers }, nameless)
  const traffic = compileTraffic(
    input.traffic ?? [],
    nameless,
    clusters,
    { ingress: new IngressIndex(controllers, { clusters, claims, dns }), dns },
    run,
    problems,
  )
  const happened = [...populated.events, ...(dns?.events ?? [])]
  const judging = withPolicyDomains(
    input.dns,
    nameless,
    { clusters, controllers },
    happened,
    endPs(run),
    problems,
  )
  const network = {
    ...judging.network,
    ...(dns !== undefined && { names: dns.blueprintFor(traffic) }),
  }
  const events = [...compileEvents(happenings, network, problems), ...happened, ...judging.events]
  const named = (input.traffic ?? []).map(({ name, stream }, index) => ({
    name: name ?? `traffic-${index + 1}`,
    isStream: stream !== undefined,
  }))
  const expectations = compileExpectations(
    input.expect ?? [],
    raw.expect ?? [],
    { names: new NetworkNames(network), traffic: named, run },
    problems,
  )
  const reach = compileReach(input.expect ?? [], raw.expect ?? [], network, clusters, run, problems)
  const risks = compileRisks(chances.risks, network, problems)
  const parts = new FallibleParts(network, risks, problems)
  const reliability = compileReliability(chances.reliability, parts, risks, run, problems)
  const availability = compileAvailability(input.availability ?? [], reliability, parts, problems)
  const plan = compilePlan(
    input.plan,
    network,
    named.map((each) => each.name),
    problems,
  )
  if (problems.issues.length > 0) return undefined
  const { name = DEFAULTS.name, description } = input
  const ingress = controllersUsed(controllers, traffic)
  // who follows no single request has what controllers pass on as traffic of its own
  const all = run.clock === 'steady' ? withUpstream(traffic, run.forPs) : traffic
  return {
    blueprint: {
      name,
      seed,
      network,
      traffic: all,
      events,
      ...(reliability.length > 0 && { reliability }),
      ...(ingress.length > 0 && { ingress }),
    },
    run,
    expectations,
    reach,
    risks,
    availability,
    plan,
    clusters,
    controllers,
    claims,
    warnings: problems.warnings,
    ...(description !== undefined && { description }),
  }
}

/** Those that the scenario states, and those that its traffic asks. */
const controllersUsed = (controllers: readonly CompiledController[], traffic: readonly TrafficBlueprint[]) =>
  controllers
    .filter(
      ({ isStated, blueprint: { name } }) =>
        isStated ||
        traffic.some(({ request }) => request?.controllers.some(({ controller }) => controller === name)),
    )
    .map(({ blueprint }) => blueprint)
