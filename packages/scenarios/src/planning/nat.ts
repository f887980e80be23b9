import { SECOND } from '@weft/core'
import {
  type Crossing,
  crossingDemands,
  type DemandMatrix,
  demandOfClass,
  LinkState,
  type NatPartDemand,
  natPartsOf,
  type Network,
  type PoolKind,
  type TrafficBlueprint,
  type TranslatedPart,
  type TranslatingPlace,
  Translations,
  trafficOfClass,
  withUpstream,
} from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import type { DemandBasis } from './demand-basis.ts'
import { planPlaces } from './pool-places.ts'
import type { PoolPlan, PoolQuestion } from './pools.ts'

/** How close sums of the same demands come out, whatever their order. */
const DIGITS = 12

/** A connection, and the group of demands that it grows with. */
interface Growing extends Crossing {
  readonly group: number
}

/** A pool before those that are alike are put together. */
interface OwnPlan {
  readonly name: string
  readonly plan: Omit<PoolPlan, 'names'>
}

/** Where regions translate: what anything comes to, alike ones together. Of a NAT what of it has the least room counts. */
export function planNat(
  network: Network,
  { blueprint, run }: CompiledScenario,
  basis: DemandBasis,
  question: PoolQuestion,
): PoolPlan[] {
  const translations = new Translations(network)
  if (translations.places.length === 0) return []
  const traffic = withUpstream(blueprint.traffic, run.forPs)
  const trafficOf = new Map(traffic.map((each) => [each.name, each]))
  const crossings = basis.groups.flatMap(({ demand }, group) =>
    crossingsOf(network, translations, demand, trafficOf).map((each): Growing => ({ ...each, group })),
  )
  const planner = new NatPlanner(
    network,
    basis.groups.map(({ perYear }) => perYear),
    question,
  )
  const own = translations.places.flatMap((place, index): OwnPlan[] => {
    const here = crossings.filter((each) => each.place === index)
    if (here.length === 0) return []
    const nats = natPartsOf(place, here).map((parts, pool) => planner.planNat(place, pool, parts))
    const { owner, kind, size } = place.table
    const table = {
      name: owner,
      plan: {
        ...planner.plan(kind, size, here, 0),
        part: null,
        addresses: null,
        translatedAt: place.at,
      },
    }
    return [...nats.flatMap((nat) => nat ?? []), table]
  })
  return alikeTogether(own)
}

/** What one group of demands has translated, with everything up. */
function crossingsOf(
  network: Network,
  translations: Translations,
  demand: DemandMatrix,
  trafficOf: ReadonlyMap<string, TrafficBlueprint>,
): Crossing[] {
  return translations.crossings(partsOf(demand, trafficOf), new LinkState(network.topology))
}

/** One group of demands class by class, with what opens connections. */
export function partsOf(
  demand: DemandMatrix,
  trafficOf: ReadonlyMap<string, TrafficBlueprint>,
): TranslatedPart[] {
  const entries = demand.classes.map((): number[] => [])
  for (const [entry, of] of demand.classOf.entries()) entries[of]!.push(entry)
  return demand.classes.map(({ name, connections }, of) => ({
    traffic: connections?.isAnswer === false ? trafficOf.get(trafficOfClass(name)) : undefined,
    demand: demandOfClass(demand, of, entries[of]!),
  }))
}

class NatPlanner {
  readonly #network: Network
  /** By group of demands. */
  readonly #perYear: readonly number[]
  readonly #question: PoolQuestion

  constructor(network: Network, perYear: readonly number[], question: PoolQuestion) {
    this.#network = network
    this.#perYear = perYear
    this.#question = question
  }

  /** Undefined where nothing comes to it. */
  planNat(
    { pools, at }: TranslatingPlace,
    index: number,
    parts: readonly NatPartDemand[],
  ): OwnPlan | undefined {
    const pool = pools[index]!
    const plans = parts.map(({ part, members, heldDownPs }) => {
      const places = this.plan(pool.kind, part.size, members as readonly Growing[], heldDownPs)
      const isOfPorts = part.reason === 'nat-ports-exhausted' && part.inside === undefined
      const needed = Math.ceil((pool.poolAddresses * places.needed!) / part.size)
      const addresses = isOfPorts ? { has: pool.poolAddresses, needed } : null
      return { ...places, part: this.#partText(part), addresses, translatedAt: at }
    })
    const [least] = plans.sort((a, b) => (a.growth ?? Infinity) - (b.growth ?? Infinity) || fuller(a, b))
    return least === undefined ? undefined : { name: pool.owner, plan: least }
  }

  plan(
    kind: PoolKind,
    size: number,
    members: readonly Growing[],
    heldDownPs: number,
  ): Omit<PoolPlan, 'names' | 'part' | 'addresses' | 'translatedAt'> {
    const groups = this.#perYear.map((_, group) =>
      crossingDemands(
        members.filter((each) => each.group === group),
        heldDownPs,
      ),
    )
    const erlangs = groups.flat().reduce((sum, demand) => sum + demand.erlangs, 0)
    const connectionsPerSecond = members.reduce((sum, each) => sum + each.connectionsPerSecond, 0)
    const standing = members.reduce((sum, each) => sum + each.standing, 0)
    return {
      kind,
      size,
      connectionsPerSecond,
      holdingPs: connectionsPerSecond === 0 ? null : (erlangs / connectionsPerSecond) * SECOND,
      limit: this.#question.limit,
      ...planPlaces({ size, groups, standing }, this.#perYear, this.#question),
    }
  }

  /** Null where it is all there is. */
  #partText({ inside, remote, remotePort, external, protocol }: NatPartDemand['part']): string | null {
    const nameOf = (address: number) => this.#network.nameOf(address)
    const words = [
      ...(inside === undefined ? [] : [`of ${nameOf(inside)}`]),
      ...(external === undefined ? [] : [`at ${this.#network.addresses.textOf(external)}`]),
      ...(remote === undefined ? [] : [`towards ${nameOf(remote)} ${protocol} port ${remotePort}`]),
    ]
    return words.length === 0 ? null : words.join(' ')
  }
}

const fuller = (a: Pick<PoolPlan, 'utilization'>, b: Pick<PoolPlan, 'utilization'>) =>
  b.utilization! - a.utilization!

/** Pools of other places with the same numbers: which host or remote end they are of does not matter. */
function alikeTogether(all: readonly OwnPlan[]): PoolPlan[] {
  const byKey = new Map<string, OwnPlan[]>()
  for (const own of all) {
    const key = JSON.stringify({ ...own.plan, part: own.plan.part?.split(' ')[0] }, (_, value) =>
      typeof value === 'number' ? value.toPrecision(DIGITS) : value,
    )
    byKey.set(key, [...(byKey.get(key) ?? []), own])
  }
  return [...byKey.values()].map((own) => ({ names: own.map(({ name }) => name), ...own[0]!.plan }))
}
