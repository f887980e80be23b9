import { SECOND } from '@weft/core'
import type { FirstVictim } from '@weft/fabric'
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
      inUseMean: window !== undefined && spanPs > 0 ? window.usedPs / spanPs : null,
      peak: isCounted ? { inUse: peak, atPs: peakPs } : null,
      asked: all?.asked ?? null,
      refused: all?.refused ?? null,
      blocking: window !== undefined && window.asked > 0 ? window.refused / window.asked : null,
      firstVictim: firstVictim === undefined ? null : victimOf(firstVictim, run),
      steady: clock.steady === undefined ? null : steadyPool(index, spanPs, run, clock.steady),
    }
  })
}

export function victimOf(
  { atPs, who }: FirstVictim,
  { engine }: ScenarioRun,
): NonNullable<PoolResult['firstVictim']> {
  const { flows, network } = engine
  const nameOf = (address: number) => network.nameOf(address)
  return { atPs, from: nameOf(flows.source[who]!), to: nameOf(flows.destination[who]!) }
}

function steadyPool(
  index: number,
  spanPs: number,
  { scenario }: ScenarioRun,
  { pools, run }: SteadyRecords,
): SteadyPoolResult {
  const { warmupPs, forPs } = scenario.run
  const { connections, lost } = pools.sums(index, warmupPs, Math.max(warmupPs, forPs))
  const perSecond = (number: number) => (spanPs > 0 ? (number / spanPs) * SECOND : 0)
  const connectionsPerSecond = perSecond(connections)
  const { holdingPs } = run.pools.limits[index]!
  if (holdingPs === undefined)
    return { connectionsPerSecond, carriedPerSecond: null, holdingPs: null, offeredErlangs: null }
  return {
    connectionsPerSecond,
    carriedPerSecond: perSecond(connections - lost),
    holdingPs,
    offeredErlangs: (connectionsPerSecond * holdingPs) / SECOND,
  }
}

/** Pools of which the steady clock can say nothing, in words. */
export function unknownHoldings(pools: readonly PoolResult[]): string[] {
  const unknown = pools.filter(({ steady }) => steady !== null && steady.holdingPs === null)
  const [first] = unknown
  if (first === undefined) return []
  const others = unknown.length === 1 ? '' : ` and ${unknown.length - 1} more`
  const told = `how full ${first.name}${others} ${unknown.length === 1 ? 'is' : 'are'} cannot be told`
  return [`${told}: give "holding", how long connections last, to "connections" of the fabric`]
}
