import {
  type DemandClass,
  type DemandMatrix,
  demandOfTraffic,
  emptyDemand,
  type Network,
  type ProfileRates,
  originOfTraffic,
  trafficOfClass,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { GrowthSettings } from '../compile/questions/plan.ts'

/** Demand that grows at one rate. */
export interface GrowthGroup {
  /** 0.4 is 40 % more every year. */
  readonly perYear: number
  readonly demand: DemandMatrix
}

/** Today's demand, taken apart by how it grows. */
export interface DemandBasis {
  /** Descending by growth; one at least. */
  readonly groups: readonly GrowthGroup[]
  /** All of it, its classes told apart by growth: what has a symmetry if every group has it. */
  readonly all: DemandMatrix
}

/** The expected demand of a scenario's traffic, profiles at these rates, or a matrix in its place; by growth. */
export function demandBasis(
  network: Network,
  { blueprint, run, plan }: CompiledScenario,
  matrix?: DemandMatrix,
  rates: ProfileRates = 'peak',
): DemandBasis {
  const demand = matrix ?? demandOfTraffic(network, blueprint.traffic, { forPs: run.forPs, rates })
  const growth = entryRates(network, demand, plan.growth)
  const distinct = [...new Set(growth)].sort((a, b) => b - a)
  if (distinct.length < 2)
    return { groups: [{ perYear: distinct[0] ?? plan.growth.all, demand }], all: demand }
  return {
    groups: distinct.map((perYear) => ({ perYear, demand: select(demand, (i) => growth[i] === perYear) })),
    all: tellApart(demand, growth, distinct),
  }
}

/** Growth per year of every entry. */
function entryRates(network: Network, demand: DemandMatrix, growth: GrowthSettings): Float64Array {
  const byTraffic = new Map(growth.traffic.map(({ name, perYear }) => [name, perYear]))
  const byClass = demand.classes.map(
    ({ name }) => byTraffic.get(originOfTraffic(trafficOfClass(name))) ?? growth.all,
  )
  const rates = Float64Array.from(demand.classOf, (of) => byClass[of]!)
  for (const { from, to, perYear } of growth.pairs) {
    const nodes = (names: readonly string[]) => new Set(names.map((name) => network.topology.nodeIndex(name)))
    const [senders, receivers] = [nodes(from), nodes(to)]
    for (let i = 0; i < rates.length; i++) {
      // what comes back grows with what it answers
      const isBack = demand.classes[demand.classOf[i]!]!.name !== classTraffic(demand, i)
      const [a, b] = isBack
        ? [demand.destination[i]!, demand.source[i]!]
        : [demand.source[i]!, demand.destination[i]!]
      if (senders.has(a) && receivers.has(b)) rates[i] = perYear
    }
  }
  return rates
}

const classTraffic = (demand: DemandMatrix, i: number) =>
  trafficOfClass(demand.classes[demand.classOf[i]!]!.name)

function select(demand: DemandMatrix, wanted: (entry: number) => boolean): DemandMatrix {
  const entries = Array.from(demand.source.keys()).filter(wanted)
  const part = emptyDemand(entries.length, demand.classes)
  entries.forEach((from, to) => {
    part.source[to] = demand.source[from]!
    part.destination[to] = demand.destination[from]!
    part.classOf[to] = demand.classOf[from]!
    part.ipBps[to] = demand.ipBps[from]!
    part.packetsPerSecond[to] = demand.packetsPerSecond[from]!
    part.connectionsPerSecond[to] = demand.connectionsPerSecond[from]!
  })
  return part
}

/** The same with a class for every class and growth. */
function tellApart(demand: DemandMatrix, rates: Float64Array, distinct: readonly number[]): DemandMatrix {
  const rank = new Map(distinct.map((rate, index) => [rate, index]))
  const classes: DemandClass[] = demand.classes.flatMap((of) => distinct.map(() => of))
  const classOf = demand.classOf.map((of, i) => of * distinct.length + rank.get(rates[i]!)!)
  return { ...demand, classes, classOf }
}
