import { SECOND } from '@weft/core'
import {
  type DemandMatrix,
  demandOfClass,
  LinkState,
  type Network,
  SteadyMix,
  SteadyTables,
  type TableDemand,
  type TrafficBlueprint,
  trafficOfClass,
  withUpstream,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { DemandBasis } from './demand-basis.ts'
import { planPlaces } from './pool-places.ts'
import type { PoolPlan, PoolQuestion } from './pools.ts'

/** How close sums of the same demands come out, whatever their order. */
const DIGITS = 12

/** Tables of connections under a demand, alike ones together: those that anything comes to. */
export function planTables(
  network: Network,
  { blueprint, run }: CompiledScenario,
  basis: DemandBasis,
  question: PoolQuestion,
): PoolPlan[] {
  if (!network.pools.has('connection-tracking')) return []
  const traffic = withUpstream(blueprint.traffic, run.forPs)
  const trafficOf = new Map(traffic.map((each) => [each.name, each]))
  const groups = basis.groups.map(({ demand }) => demandsAt(network, demand, trafficOf))
  const { tables } = new SteadyTables(network, [])
  const alike = new Map<string, number[]>()
  tables.forEach(({ table }, index) => {
    const own = groups.map((byTable) => byTable[index]!)
    if (own.every(({ connectionsPerSecond, standing }) => connectionsPerSecond + standing === 0)) return
    const key = JSON.stringify([table.size, own], (_, value) =>
      typeof value === 'number' ? value.toPrecision(DIGITS) : value,
    )
    const known = alike.get(key)
    if (known === undefined) alike.set(key, [index])
    else known.push(index)
  })
  const perYear = basis.groups.map((group) => group.perYear)
  return [...alike.values()].map((indices) => {
    const [first] = indices as [number]
    const { size, kind } = tables[first]!.table
    const own = groups.map((byTable) => byTable[first]!)
    const sum = (read: (demand: TableDemand) => number) => own.reduce((all, each) => all + read(each), 0)
    const connectionsPerSecond = sum((each) => each.connectionsPerSecond)
    const erlangs = sum(({ demands }) => demands.reduce((all, demand) => all + demand.erlangs, 0))
    const standing = sum((each) => each.standing)
    return {
      names: indices.map((index) => tables[index]!.table.owner),
      kind,
      part: null,
      translatedAt: null,
      size,
      connectionsPerSecond,
      limit: question.limit,
      addresses: null,
      holdingPs: connectionsPerSecond === 0 ? null : (erlangs / connectionsPerSecond) * SECOND,
      ...planPlaces({ size, groups: own.map(({ demands }) => demands), standing }, perYear, question),
    }
  })
}

/** What one group of demands is to every table, with everything up. */
function demandsAt(
  network: Network,
  demand: DemandMatrix,
  trafficOf: ReadonlyMap<string, TrafficBlueprint>,
): TableDemand[] {
  const entries = demand.classes.map((): number[] => [])
  for (const [entry, of] of demand.classOf.entries()) entries[of]!.push(entry)
  const classes = demand.classes.flatMap(({ name, connections }, of) => {
    const traffic = trafficOf.get(trafficOfClass(name))
    const isOpening = connections !== undefined && !connections.isAnswer
    return traffic !== undefined && isOpening && entries[of]!.length > 0 ? [{ of, traffic }] : []
  })
  const tables = new SteadyTables(
    network,
    classes.map(({ traffic }) => traffic),
  )
  const parts = classes.map(({ of }) => demandOfClass(demand, of, entries[of]!))
  const mix = new SteadyMix(network, parts, new LinkState(network.topology))
  const found = tables.at(mix, new Float64Array(parts.length).fill(1))
  mix.settle(new LinkState(network.topology))
  return found
}
