import { SECOND } from '@weft/core'
import { type CountedPool, type FirstVictim, isNatPool, poolPorts } from '@weft/fabric'
import type { ScenarioRun } from '../run/scenario-run.ts'
import type { SteadyRecords } from '../run/steady-clock/steady-records.ts'
import type { PoolResult, SteadyPoolResult } from './pools.ts'

export function poolResults(run: ScenarioRun): PoolResult[] {
  const { clock, scenario, nowPs } = run
  const { warmupPs, forPs } = scenario.run
  const spanPs = Math.min(forPs, nowPs) - warmupPs
  const isCounted = clock.steady === undefined
  return clock.pools.pools.map((pool, index) => {
    const { name, owner, kind, size, peak, peakPs, firstVictim } = pool
    const all = clock.pools.between(index, 0, nowPs)
    const window = clock.pools.between(index, warmupPs, Math.max(warmupPs, forPs))
    return {
      name,
      owner,
      kind,
      size,
      ports: portsOf(pool),
      inUseMean: window !== undefined && spanPs > 0 ? window.usedPs / spanPs : null,
      peak: isCounted ? { inUse: peak, atPs: peakPs } : null,
      asked: all?.asked ?? null,
      refused: all?.refused ?? null,
      evicted: all?.evicted ?? null,
      blocking:
        window !== undefined && window.asked > 0 ? (window.evicted ?? window.refused) / window.asked : null,
      firstVictim: firstVictim === undefined ? null : victimOf(firstVictim, run),
      steady: clock.steady === undefined ? null : steadyPool(index, spanPs, run, clock.steady),
    }
  })
}

/** Towards one remote end, where these are told apart. */
const portsOf = (pool: CountedPool): number | null =>
  pool.kind === 'nat-mappings' && isNatPool(pool) ? poolPorts(pool.addresses, 'tcp') : null

export function victimOf(
  { atPs, who }: FirstVictim,
  { engine }: ScenarioRun,
): NonNullable<PoolResult['firstVictim']> {
  const { flows, network } = engine
  const { source, destination } =
    typeof who === 'number' ? { source: flows.source[who]!, destination: flows.destination[who]! } : who
  return { atPs, from: network.nameOf(source), to: network.nameOf(destination) }
}

function steadyPool(
  index: number,
  spanPs: number,
  { scenario }: ScenarioRun,
  { pools }: SteadyRecords,
): SteadyPoolResult {
  const { warmupPs, forPs } = scenario.run
  const sums = pools.sums(index, warmupPs, Math.max(warmupPs, forPs))
  const { connections, lost, held, offered } = sums
  const perSecond = (number: number) => (spanPs > 0 ? (number / spanPs) * SECOND : 0)
  const connectionsPerSecond = perSecond(connections)
  if (!pools.isKnown(index))
    return { connectionsPerSecond, carriedPerSecond: null, holdingPs: null, offeredErlangs: null }
  return {
    connectionsPerSecond,
    carriedPerSecond: perSecond(connections - lost),
    holdingPs: pools.holdingPs(index) ?? (connections > 0 ? (held / connections) * SECOND : null),
    offeredErlangs: perSecond(offered),
  }
}

/** Pools of which the steady clock can say nothing, in words. */
export function unknownHoldings(pools: readonly PoolResult[]): string[] {
  const unknown = pools.filter(
    ({ kind, steady }) => kind === 'connections' && steady !== null && steady.holdingPs === null,
  )
  const [first] = unknown
  if (first === undefined) return []
  const others = unknown.length === 1 ? '' : ` and ${unknown.length - 1} more`
  const told = `how full ${first.name}${others} ${unknown.length === 1 ? 'is' : 'are'} cannot be told`
  return [`${told}: give "holding", how long connections last, to "connections" of the fabric`]
}
