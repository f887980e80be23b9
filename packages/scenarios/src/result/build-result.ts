import { printDuration } from '@weft/core'
import { oversubscription } from '@weft/fabric'
import { CLOCKS } from '../compile/clocks.ts'
import { evaluateAll } from '../expect/evaluate-all.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { VERSION } from '../version.ts'
import { dropResults, streamDropResults } from './drop-results.ts'
import { flowModelResult } from './flow-model-result.ts'
import { trafficResult } from './flow-statistics.ts'
import { changeResults, reliabilityResult } from './failure-results.ts'
import { linkResults } from './link-results.ts'
import { ingressResults } from './ingress-results.ts'
import { nameResults } from './name-results.ts'
import { natResults } from './nat-results.ts'
import { poolResults, unknownHoldings } from './pool-results.ts'
import type { NetworkResult, ScenarioResult, TrafficResult } from './result.ts'
import { seriesResult } from './series-result.ts'
import { steadyResult } from './steady-result.ts'
import { streamResults } from './stream-statistics.ts'

export interface ResultContext {
  /** SHA-256 of the inputs, hexadecimal. */
  readonly inputs: string
  readonly partial: boolean
  readonly wallSeconds: number
  readonly warnings: readonly string[]
  /** The scenario's file as the user named it. */
  readonly source?: string
}

/** The document that a run answers with. */
export function buildResult(run: ScenarioRun, context: ResultContext): ScenarioResult {
  const { scenario, engine, clock } = run
  const pools = poolResults(run)
  return {
    schema: 2,
    weft: VERSION,
    name: scenario.blueprint.name,
    ...(context.source === undefined ? {} : { source: context.source }),
    clock: scenario.run.clock,
    notModelled: CLOCKS[scenario.run.clock].notModelled,
    seed: scenario.blueprint.seed,
    inputs: context.inputs,
    digest: engine.sim.digest.toString(),
    partial: context.partial,
    simulatedPs: run.nowPs,
    arrivalsEndPs: scenario.run.forPs,
    horizonPs: run.endPs,
    warmupPs: scenario.run.warmupPs,
    beginPs: scenario.run.beginPs,
    wallSeconds: context.wallSeconds,
    events: engine.sim.eventsRun,
    network: networkResult(run),
    links: linkResults(run),
    series: seriesResult(run),
    flows: flowsResult(run),
    streams: streamResults(run),
    drops: dropResults(run),
    streamDrops: streamDropResults(run),
    packets: clock.losses?.totals() ?? null,
    pools,
    nat: natResults(run),
    ingress: ingressResults(run),
    names: nameResults(run),
    sharing: clock.sharing ?? null,
    flowModel: flowModelResult(scenario.run),
    steady: steadyResult(run),
    changes: changeResults(run),
    reliability: reliabilityResult(run),
    expectations: evaluateAll(run, context),
    warnings: [...context.warnings, ...unknownHoldings(pools), ...shortenedRecords(run)],
  }
}

/** What was too much to record in full. */
function shortenedRecords({ clock, recordedToPs, nowPs, windowStarts }: ScenarioRun): string[] {
  const warnings: string[] = []
  const drops = clock.packets?.drops
  if (drops !== undefined && drops.summed > 0) {
    warnings.push(`${drops.summed} drops came after the first ${drops.size} and are not in the time series`)
  }
  if (recordedToPs < nowPs) {
    const windows = windowStarts.length
    warnings.push(`the time series ends at ${printDuration(recordedToPs)}, after ${windows} windows`)
  }
  const unsettled = clock.steady?.unsettled ?? 0
  if (unsettled > 0)
    warnings.push(
      `losses did not come to rest ${unsettled} times: links that thin each other are near, not exact`,
    )
  return warnings
}

function networkResult({ engine }: ScenarioRun): NetworkResult {
  const { topology, blueprint } = engine.network
  return {
    nodes: topology.nodes.map((node) => {
      return { name: node.name, kind: node.kind, tier: node.kind === 'host' ? 'host' : node.tier }
    }),
    links: topology.links.map(({ name, ends, tier, rateBps, delayPs }) => ({
      name,
      ends,
      tier,
      rateBps,
      delayPs,
    })),
    oversubscription: oversubscription(blueprint).map(({ tier, min, max }) => ({ tier, min, max })),
  }
}

/** None where flows are not told apart. */
function flowsResult({ engine, clock, flows, scenario }: ScenarioRun): TrafficResult[] {
  if (clock.steady !== undefined) return []
  const { warmupPs, forPs } = scenario.run
  const rows = flows.rows(warmupPs, forPs)
  const segments = clock.packets === undefined ? undefined : engine.flows
  return engine.blueprint.traffic.map(({ name, transport }, index) => {
    const label = transport.kind === 'tcp' ? (transport.options.control ?? 'newreno') : 'udp'
    const own = rows.filter((row) => row.traffic === index)
    return trafficResult({ name, transport: label }, own, segments, (reason) =>
      engine.network.ledger.reasonName(reason),
    )
  })
}
