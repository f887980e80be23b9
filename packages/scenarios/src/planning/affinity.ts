import { pow, SECOND } from '@weft/core'
import {
  AffinityCalls,
  type AffinityDemand,
  affinityLoad,
  affinityRoom,
  LinkState,
  type Network,
  withUpstream,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { DemandBasis } from './demand-basis.ts'
import { dayAfter, firstYear, YEARS_MAX } from './growth-dates.ts'
import { partsOf } from './nat.ts'
import type { PoolPlan, PoolQuestion } from './pools.ts'

/** How close sums of the same demands come out, whatever their order. */
const DIGITS = 12
/** What sums may be off by. */
const ROUNDING = 1e-9

/** Clients of a table alike: the rate of each by group of demands that grow alike. */
interface ClientKind {
  clients: number
  readonly timeoutPs: number
  readonly perSecond: readonly number[]
}

/** Tables of session affinity under a demand, alike ones together: those that anybody is in. */
export function planAffinity(
  network: Network,
  { blueprint, run }: CompiledScenario,
  basis: DemandBasis,
  question: PoolQuestion,
): PoolPlan[] {
  const calls = new AffinityCalls(network)
  if (calls.tables.length === 0) return []
  const traffic = withUpstream(blueprint.traffic, run.forPs)
  const trafficOf = new Map(traffic.map((each) => [each.name, each]))
  const state = new LinkState(network.topology)
  const byGroup = basis.groups.map(({ demand }) => calls.calls(partsOf(demand, trafficOf), state))
  const perYear = basis.groups.map((group) => group.perYear)
  const alike = new Map<string, PoolPlan & { names: string[] }>()
  calls.tables.forEach(({ owner, kind, size }, table) => {
    const kinds = kindsOf(byGroup.map((group) => group.filter((each) => each.table === table)))
    if (kinds.length === 0) return
    const key = JSON.stringify([size, kinds])
    const known = alike.get(key)
    if (known !== undefined) known.names.push(owner)
    else alike.set(key, { names: [owner], kind, size, ...planOf(size, kinds, perYear, question) })
  })
  return [...alike.values()]
}

/** Of one table: clients by what they call, alike ones together; streams are forgotten in the long run. */
function kindsOf(byGroup: readonly ReturnType<AffinityCalls['calls']>[]): ClientKind[] {
  const clients = new Map<string, { chance: number; timeoutPs: number; perSecond: number[] }>()
  byGroup.forEach((calls, group) => {
    for (const { entry, chance, timeoutPs, connectionsPerSecond } of calls) {
      if (connectionsPerSecond === 0) continue
      const known = clients.get(entry) ?? { chance, timeoutPs, perSecond: byGroup.map(() => 0) }
      clients.set(entry, known)
      known.perSecond[group]! += connectionsPerSecond
    }
  })
  const kinds = new Map<string, ClientKind>()
  for (const { chance, timeoutPs, perSecond } of clients.values()) {
    const key = [timeoutPs, ...perSecond.map((rate) => rate.toPrecision(DIGITS))].join()
    const known = kinds.get(key) ?? {
      clients: 0,
      timeoutPs,
      perSecond: perSecond.map((rate) => Number(rate.toPrecision(DIGITS))),
    }
    kinds.set(key, known)
    known.clients += chance
  }
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind)
}

function planOf(
  size: number,
  kinds: readonly ClientKind[],
  perYear: readonly number[],
  { growth, from, limit }: PoolQuestion,
): Omit<PoolPlan, 'names' | 'kind' | 'size'> {
  const demandsAt = (factorOf: (group: number) => number): AffinityDemand[] =>
    kinds.map(({ clients, timeoutPs, perSecond }) => ({
      clients,
      timeoutPs,
      perSecond: perSecond.reduce((sum, rate, group) => sum + rate * factorOf(group), 0),
    }))
  const today = demandsAt(() => 1)
  const { expected, inUse, newPerSecond, evictedPerSecond } = affinityLoad(size, today)
  const room = affinityRoom(size, today)
  const isFull = (years: number) =>
    affinityLoad(
      size,
      demandsAt((group) => pow(1 + perYear[group]!, years)),
    ).expected > size
  const years = isFull(0) ? 0 : isFull(YEARS_MAX) ? firstYear(isFull) : null
  return {
    part: null,
    translatedAt: null,
    connectionsPerSecond: newPerSecond,
    holdingPs: newPerSecond === 0 ? null : (inUse / newPerSecond) * SECOND,
    offeredErlangs: expected,
    utilization: expected / size,
    blocking: newPerSecond === 0 ? 0 : evictedPerSecond / newPerSecond,
    standing: 0,
    limit,
    headroomErlangs: room === Infinity ? null : size - expected,
    growth: room === Infinity ? null : room,
    years,
    date: years === null || from === undefined ? null : dayAfter(from, years),
    needed: Math.max(
      1,
      Math.ceil(
        affinityLoad(
          size,
          demandsAt(() => growth),
        ).expected - ROUNDING,
      ),
    ),
    addresses: null,
  }
}
