import { SECOND } from '@weft/core'
import type { TrafficBlueprint } from '../../../blueprint/traffic.ts'
import {
  type ConnectionLimit,
  connectionLimits,
  type LimitedNetwork,
} from '../../../pools/connection-limits.ts'
import { type PoolDemand, type PoolLoad, poolLoad } from '../../../pools/pool-load.ts'
import type { Network } from '../../../build/network.ts'
import type { ConnectionTable } from '../../../pools/connection-table.ts'
import type { CountedPool } from '../../../pools/pool.ts'
import { meanHoldPs } from '../../../traffic/mean-flow-bytes.ts'
import { resolveTcpOptions } from '../../../transport/tcp/options.ts'
import type { SteadyMix } from '../steady-mix.ts'
import type { SteadyRefusal } from './admission.ts'
import { Filling, type FillingStep } from './filling.ts'
import { SteadyAffinity } from './steady-affinity.ts'
import { SteadyNat } from './steady-nat.ts'
import { retryingOf, SteadyTables, type TableDemand } from './steady-tables.ts'
import { RefusedCalls } from './refused-calls.ts'
import type { AnsweredPart } from '../request-parts.ts'
import type { TranslatedPart } from './translations.ts'

/** A pool while demand stays as it is. */
export interface SteadyPool {
  /** New connections per second that come to it, retries not counted. */
  readonly connectionsPerSecond: number
  /** How long each has its place on the mean, and what that comes to; undefined where nobody has said how long connections last. */
  readonly holdingPs: number | undefined
  readonly load: PoolLoad | undefined
  /** Places that are taken from whoever has them; absent where a full pool refuses. */
  readonly evictedPerSecond?: number
}

/** What regions translate with, and tables of connections, while demand stays as it is. */
export interface SteadyPlaces {
  /** In the order of the run's pools, behind limits of hosts. */
  readonly pools: readonly SteadyPool[]
  /** How long it takes at most until they are as Erlang's formula has them; 0: they are. */
  readonly settlingPs: number
  /** What finds no place there. */
  readonly refusals: readonly SteadyRefusal[]
  /** What policies, services and edges refuse: it comes to no pool of those behind. */
  readonly denied: readonly SteadyRefusal[]
}

/** A node's limit, and the node's index. */
export interface LimitedNode extends ConnectionLimit {
  readonly node: number
}

/** The connections that come to a node, by how often each asks again. */
export interface ConnectionRate {
  readonly perSecond: number
  readonly retries: number
  /** How long each is held open on the mean; 0 or absent: as long as the node says. */
  readonly holdPs?: number
}

/** Limits of a network in the order of its pools. */
export const limitedNodes = (network: LimitedNetwork): LimitedNode[] =>
  (connectionLimits(network) ?? []).flatMap((limit, node) =>
    limit === undefined ? [] : [{ ...limit, node }],
  )

/** What connections of these rates are to a pool; undefined where their holding time is not given. */
export function poolDemands(
  { whenFull, holdingPs }: ConnectionLimit,
  rates: readonly ConnectionRate[],
): PoolDemand[] | undefined {
  const coming = rates.filter(({ perSecond }) => perSecond > 0)
  const holdOf = ({ holdPs }: ConnectionRate) => holdPs || holdingPs
  if (holdingPs === undefined && (coming.length === 0 || coming.some((rate) => holdOf(rate) === undefined)))
    return undefined
  return coming.map((rate) => ({
    erlangs: (rate.perSecond * holdOf(rate)!) / SECOND,
    retries: whenFull === 'drop' ? rate.retries : 0,
  }))
}

/** What others have refused asks no more. */
function ofWhatIsLeft(others: readonly SteadyRefusal[], refusals: readonly SteadyRefusal[]): SteadyRefusal[] {
  const keyOf = ({ part, entry }: SteadyRefusal) => `${part}/${entry}`
  const lost = new Map<string, number>()
  for (const each of others) lost.set(keyOf(each), (lost.get(keyOf(each)) ?? 0) + each.share)
  return refusals.map((each) => {
    const left = 1 - (lost.get(keyOf(each)) ?? 0)
    return { ...each, perSecond: left * each.perSecond, share: left * each.share }
  })
}

/**
 * Pools under the steady clock: as Erlang's loss formula has them, at the rates at which connections come to them. Limits of
 * hosts first, then what regions translate with, then hosts' tables of connections, then those of session affinity.
 */
export class SteadyPools {
  readonly all: readonly CountedPool[]
  readonly limits: readonly LimitedNode[]
  readonly #tables: SteadyTables
  readonly #nat: SteadyNat
  readonly #affinity: SteadyAffinity
  readonly #filling = new Filling()
  readonly #calls = new RefusedCalls(this.#filling)
  readonly #traffic: readonly TrafficBlueprint[]
  #translated: readonly TranslatedPart[] = []
  /** By size and demand. */
  #known = new Map<string, PoolLoad>()
  readonly #retries: readonly number[]
  /** By traffic; 0: none is given. */
  readonly #holdPs: readonly number[]
  /** By limit and traffic: new connections per second of its mean rate. */
  readonly #perSecond: readonly Float64Array[]

  constructor(network: Network, traffic: readonly TrafficBlueprint[], parts: readonly AnsweredPart[]) {
    this.limits = limitedNodes(network)
    this.#tables = new SteadyTables(
      network,
      parts.map(({ traffic: of, isBack, answer }) =>
        isBack || answer !== 'whole' ? undefined : traffic[of]!,
      ),
    )
    this.#nat = new SteadyNat(network)
    this.#affinity = new SteadyAffinity(network)
    this.#traffic = traffic
    this.all = [
      ...this.limits.map(({ pool }) => pool),
      ...this.#nat.pools,
      ...this.#tables.tables.map(({ table }) => table),
      ...this.#affinity.tables,
    ]
    this.#retries = traffic.map(({ transport }) =>
      transport.kind === 'tcp' ? resolveTcpOptions(transport.options).synRetries : 0,
    )
    this.#holdPs = traffic.map(({ offered }) => meanHoldPs(offered))
    this.#perSecond = this.limits.map(() => new Float64Array(traffic.length))
    this.ask(parts)
  }

  /** Other parts in the place of these, of the same traffic. */
  ask(parts: readonly AnsweredPart[]): void {
    this.#translated = parts.map(({ traffic, isBack, answer, demand }) => ({
      traffic: isBack || answer !== 'whole' ? undefined : this.#traffic[traffic]!,
      demand,
    }))
    this.settle()
    if (this.limits.length === 0) return
    const byNode = new Map(this.limits.map(({ node }, index) => [node, index]))
    for (const rates of this.#perSecond) rates.fill(0)
    for (const { traffic: of, demand, answer } of parts) {
      if (answer !== 'whole') continue
      demand.destination.forEach((node, entry) => {
        const limit = byNode.get(node)
        if (limit !== undefined) this.#perSecond[limit]![of]! += demand.connectionsPerSecond[entry]!
      })
    }
  }

  /** To be called when other things are up, or other routes are installed. */
  settle(): void {
    this.#nat.settle()
    this.#affinity.settle()
  }

  /** What regions and vswitches have places for, of the mix's parts times these factors. */
  places(mix: SteadyMix, factors: Float64Array, step: FillingStep): SteadyPlaces {
    const filling = this.#filling
    filling.begin(step)
    const denied = this.#deniedOf(mix, factors)
    const nat = this.#nat.at(this.#translated, factors, mix.state, filling)
    const tables = this.#tables
      .at(mix, factors)
      .map((demand, index) => this.#tableAt(this.#tables.tables[index]!.table, demand))
    const affinity = this.#affinity.at(this.#translated, factors, mix.state, step, filling)
    const demands = this.#translated.map(({ demand }) => demand)
    const loads = tables.map(({ load }) => load!)
    const refusals = this.#tables.refusals(loads, demands, factors, filling)
    return {
      pools: [...nat.pools, ...tables, ...affinity],
      settlingPs: filling.settlingPs,
      refusals: [...nat.refusals, ...ofWhatIsLeft([...denied, ...nat.refusals], refusals)],
      denied,
    }
  }

  #deniedOf(mix: SteadyMix, factors: Float64Array): SteadyRefusal[] {
    this.#calls.begin()
    return this.#translated.flatMap(({ traffic }, part) => {
      if (traffic === undefined || factors[part] === 0) return []
      return this.#calls.refusalsOf(mix.refusedOf(part), part, factors[part]!, retryingOf(traffic.transport))
    })
  }

  /** Limits of hosts. `sending`: by traffic; `arriving`: new connections per second that get as far as each node. */
  limitsAt(sending: Float64Array, arriving: Float64Array): SteadyPool[] {
    this.#known = new Map()
    return this.limits.map((limit, index) => this.#limitAt(limit, index, sending, arriving))
  }

  #limitAt(limit: LimitedNode, index: number, sending: Float64Array, arriving: Float64Array): SteadyPool {
    const connectionsPerSecond = arriving[limit.node]!
    const asked = this.#perSecond[index]!.map((rate, of) => rate * sending[of]!)
    const total = asked.reduce((sum, rate) => sum + rate, 0)
    const demands = poolDemands(
      limit,
      Array.from(asked, (rate, of) => ({
        // what does not get there is missing from all traffic alike
        perSecond: total === 0 ? 0 : (rate / total) * connectionsPerSecond,
        retries: this.#retries[of]!,
        holdPs: this.#holdPs[of]!,
      })),
    )
    if (demands === undefined) return { connectionsPerSecond, holdingPs: undefined, load: undefined }
    const erlangs = demands.reduce((sum, demand) => sum + demand.erlangs, 0)
    const holdingPs = connectionsPerSecond === 0 ? limit.holdingPs : (erlangs / connectionsPerSecond) * SECOND
    return { connectionsPerSecond, holdingPs, load: this.#loadOf(limit.max, demands) }
  }

  #tableAt(
    { name, size }: ConnectionTable,
    { connectionsPerSecond, demands, coming, standing }: TableDemand,
  ): SteadyPool {
    const erlangs = demands.reduce((sum, demand) => sum + demand.erlangs, 0)
    const holdingPs = connectionsPerSecond === 0 ? undefined : (erlangs / connectionsPerSecond) * SECOND
    const asking = coming.map((each) => ({ ...each, retries: this.#filling.retriesOf(each) }))
    return { connectionsPerSecond, holdingPs, load: this.#filling.loadOf(name, size, asking, standing) }
  }

  #loadOf(size: number, demands: readonly PoolDemand[]): PoolLoad {
    const key = JSON.stringify([size, demands])
    let load = this.#known.get(key)
    if (load === undefined) {
      load = poolLoad(size, demands)
      this.#known.set(key, load)
    }
    return load
  }
}
