import {
  type ConnectionRate,
  DEFAULT_TCP_OPTIONS,
  type DemandMatrix,
  type EdgePlace,
  type LimitedNode,
  limitedNodes,
  type Network,
  type PoolKind,
  poolDemands,
  resolveTcpOptions,
  trafficOfClass,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { planAffinity } from './affinity.ts'
import type { DemandBasis } from './demand-basis.ts'
import { planNat } from './nat.ts'
import { planPlaces } from './pool-places.ts'
import { planTables } from './tables.ts'

/** Connections that a host accepts at once, entries of a table, or ports of NAT, in the long run, with everything up: by Erlang's loss formula. */
export interface PoolPlan {
  /** Hosts with the same limit and the same demand. */
  readonly names: readonly string[]
  readonly kind: PoolKind
  /**
   * Of NAT: which of its places have the least room, that all numbers here are of: those towards one remote end, of one workload
   * or at one external address, such as `towards internet/192.0.2.80 tcp port 443`. Null where all are alike, and for others.
   */
  readonly part: string | null
  /** Where the region translates; null for what is not of NAT. */
  readonly translatedAt: EdgePlace | null
  readonly size: number
  /** New ones to each; a SYN that is sent again is none. */
  readonly connectionsPerSecond: number
  /** How long each lasts on the mean; null where nobody says, and then so is all that follows from it. Of tables, null where none come. */
  readonly holdingPs: number | null
  readonly offeredErlangs: number | null
  /** Erlangs over size: of `session-affinity`, entries that are expected where there is room for all. */
  readonly utilization: number | null
  /**
   * Share of SYNs that is refused, those sent again among them, or, where that is more, of streams. Of `session-affinity`, share of new
   * entries for which another one gives way.
   */
  readonly blocking: number | null
  /** Of the erlangs, places of streams, which are held all the time. */
  readonly standing: number | null
  /** The most of it that there should be. */
  readonly limit: number
  /** What fits beside today's erlangs; below 0 where the limit is passed. */
  readonly headroomErlangs: number | null
  /** Times today's demand until the limit is passed; null: never. */
  readonly growth: number | null
  readonly years: number | null
  readonly date: string | null
  /** Places that the demand asked about takes. */
  readonly needed: number | null
  /** Of ports of NAT: addresses of the region's pool, and those that the demand asked about takes; null for others. */
  readonly addresses: { readonly has: number; readonly needed: number } | null
}

export interface PoolQuestion {
  /** Times today's demand. */
  readonly growth: number
  readonly from: string | undefined
  /** Of SYNs. */
  readonly limit: number
}

/** How close sums of the same demands come out, whatever their order. */
const DIGITS = 12
/** Growth of what never passes a limit, to sort by. */
const NEVER = Number.MAX_VALUE

/** Pools of a network under a demand, alike ones together, the least room first. */
export function planPools(
  network: Network,
  compiled: CompiledScenario,
  basis: DemandBasis,
  question: PoolQuestion,
): PoolPlan[] {
  const tables = [
    ...planNat(network, compiled, basis, question),
    ...planTables(network, compiled, basis, question),
    ...planAffinity(network, compiled, basis, question),
  ]
  const limits = limitedNodes(network)
  if (limits.length === 0) return sorted(tables)
  const { blueprint } = compiled
  const retries = new Map(
    blueprint.traffic.flatMap(({ name, transport }) =>
      transport.kind === 'tcp' ? [[name, resolveTcpOptions(transport.options).synRetries] as const] : [],
    ),
  )
  const byGroup = basis.groups.map(({ demand }) => ratesTo(limits, demand, retries))
  const alike = new Map<string, number[]>()
  limits.forEach(({ max, whenFull, holdingPs }, index) => {
    const rates = byGroup.map((group) =>
      group[index]!.map(({ perSecond, retries }) => [perSecond.toPrecision(DIGITS), retries]),
    )
    const key = JSON.stringify([max, whenFull, holdingPs, rates])
    const known = alike.get(key)
    if (known === undefined) alike.set(key, [index])
    else known.push(index)
  })
  const perYear = basis.groups.map((group) => group.perYear)
  const plans = [...alike.values()].map((indices) => {
    const [first] = indices as [number]
    const names = indices.map((index) => limits[index]!.pool.owner)
    const groups = byGroup.map((group) => group[first]!)
    return { names, ...planLimit(limits[first]!, groups, perYear, question) }
  })
  return sorted([...plans, ...tables])
}

const sorted = (pools: readonly PoolPlan[]): PoolPlan[] =>
  [...pools].sort((a, b) => (a.growth ?? NEVER) - (b.growth ?? NEVER))

/** Of every limit: the connections that come to its host, by how often they ask again. */
function ratesTo(
  limits: readonly LimitedNode[],
  { classes, classOf, destination, connectionsPerSecond }: DemandMatrix,
  retriesOf: ReadonlyMap<string, number>,
): ConnectionRate[][] {
  const retriesByClass = classes.map(
    ({ name }) => retriesOf.get(trafficOfClass(name)) ?? DEFAULT_TCP_OPTIONS.synRetries,
  )
  const sums = new Map(limits.map(({ node }) => [node, new Map<number, number>()]))
  destination.forEach((node, entry) => {
    const own = sums.get(node)
    const perSecond = connectionsPerSecond[entry]!
    if (own === undefined || perSecond === 0) return
    const retries = retriesByClass[classOf[entry]!]!
    own.set(retries, (own.get(retries) ?? 0) + perSecond)
  })
  return limits.map(({ node }) =>
    [...sums.get(node)!].map(([retries, perSecond]) => ({ retries, perSecond })).sort(byRetries),
  )
}

const byRetries = (a: ConnectionRate, b: ConnectionRate): number => a.retries - b.retries

function planLimit(
  limit: LimitedNode,
  groups: readonly (readonly ConnectionRate[])[],
  perYear: readonly number[],
  question: PoolQuestion,
): Omit<PoolPlan, 'names'> {
  const { max: size, pool, holdingPs } = limit
  const connectionsPerSecond = groups.flat().reduce((sum, { perSecond }) => sum + perSecond, 0)
  const common = {
    kind: pool.kind,
    part: null,
    translatedAt: null,
    size,
    connectionsPerSecond,
    limit: question.limit,
    addresses: null,
  }
  if (holdingPs === undefined) return { ...common, ...UNKNOWN }
  const demands = groups.map((rates) => poolDemands(limit, rates)!)
  return { ...common, holdingPs, ...planPlaces({ size, groups: demands, standing: 0 }, perYear, question) }
}

const UNKNOWN = {
  holdingPs: null,
  offeredErlangs: null,
  utilization: null,
  blocking: null,
  standing: null,
  headroomErlangs: null,
  growth: null,
  years: null,
  date: null,
  needed: null,
} as const

/** Of pools that nothing can be said of, in words. */
export function unknownPools(pools: readonly PoolPlan[]): string[] {
  const unknown = pools
    .filter(({ kind, holdingPs }) => kind === 'connections' && holdingPs === null)
    .flatMap(({ names }) => names)
  const [first] = unknown
  if (first === undefined) return []
  const told =
    unknown.length === 1
      ? `how full ${first} connections is cannot be told`
      : `how full connections of ${first} and ${unknown.length - 1} more hosts are cannot be told`
  return [`${told}: give "holding", how long connections last, to "connections" of the fabric`]
}
