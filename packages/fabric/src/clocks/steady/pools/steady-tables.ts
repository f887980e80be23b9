import { SECOND } from '@weft/core'
import type { OfferedBlueprint, TrafficBlueprint } from '../../../blueprint/traffic.ts'
import type { Network } from '../../../build/network.ts'
import { timeoutClass } from '../../../conntrack/timeouts.ts'
import type { ConnectionTable } from '../../../pools/connection-table.ts'
import { attempts, type PoolDemand, type PoolLoad } from '../../../pools/pool-load.ts'
import type { DemandMatrix } from '../../../traffic/demand/demand-matrix.ts'
import { meanFlowBytes, meanHoldPs } from '../../../traffic/mean-flow-bytes.ts'
import { resolveTcpOptions } from '../../../transport/tcp/options.ts'
import type { SteadyRefusal } from './admission.ts'
import type { Filling, FillingDemand, Retrying } from './filling.ts'
import type { OfferedPart, SteadyMix } from '../steady-mix.ts'

/** A table of connections, and where those that it has an entry for pass, once each. */
export interface TappedTable {
  readonly table: ConnectionTable
  /** The vswitch that keeps it. */
  readonly node: number
  /** From the hosts behind it, and to them: 2 × link + end. */
  readonly directions: readonly number[]
  /** These hosts. */
  readonly hosts: readonly number[]
}

/** What comes to a table while demand stays as it is. */
export interface TableDemand {
  /** New entries per second, those of SYNs sent again not counted. */
  readonly connectionsPerSecond: number
  readonly demands: readonly PoolDemand[]
  /** The same, part by part. */
  readonly coming: readonly (Omit<FillingDemand, 'retries'> & Retrying)[]
  /** Entries of streams, which have them for as long as they last. */
  readonly standing: number
}

/** What a part of the demand is to tables: nothing, where it is what comes back. */
export type TablePart = Pick<TrafficBlueprint, 'offered' | 'transport'> | undefined

/** New entries of connections that are refused further on. */
interface RefusedEntries extends FillingDemand, Retrying {
  readonly table: number
}

const FULL = 'conntrack-full'

/** Drops at a vswitch of what comes from behind it, before it is entered. */
const BEFORE_ENTRY = new Set([
  'policy-denied-egress',
  'service-no-endpoint',
  'service-no-local-endpoint',
  'service-hairpin',
])

/** Tables of connections under the steady clock: what each traffic is to them, by where it passes. */
export class SteadyTables {
  readonly tables: readonly TappedTable[]
  readonly #parts: readonly TablePart[]
  readonly #rateBps: Float64Array
  /** By host behind one. */
  readonly #tableOf: ReadonlyMap<number, number>

  /** `parts`: in the order of the mix's demands. */
  constructor(network: Network, parts: readonly TablePart[]) {
    this.tables = tappedTables(network)
    this.#parts = parts
    this.#tableOf = new Map(
      this.tables.flatMap(({ hosts }, table) => hosts.map((host) => [host, table] as const)),
    )
    const { links } = network.topology
    this.#rateBps = Float64Array.from({ length: 2 * links.length }, (_, d) => links[d >> 1]!.rateBps)
  }

  /** By table: each demand of the mix times its factor. */
  at(mix: SteadyMix, factors: Float64Array): TableDemand[] {
    if (this.tables.length === 0) return []
    const offered = this.#parts.map((part, index) =>
      part === undefined || factors[index] === 0 ? undefined : mix.offeredOf(index),
    )
    const refused = this.#parts.flatMap((part, index) =>
      part === undefined || factors[index] === 0
        ? []
        : this.#entriesOfRefused(mix, index, part, factors[index]!),
    )
    return this.tables.map((tapped, table) =>
      withEntries(
        this.#demandOf(tapped, offered, factors),
        refused.filter((each) => each.table === table),
      ),
    )
  }

  /**
   * Connections that are refused behind the table of who opens them: it has entered them by then. It forgets those at once of which the
   * sender is told, as Linux does upon a reset before any answer.
   */
  #entriesOfRefused(
    mix: SteadyMix,
    index: number,
    { transport }: NonNullable<TablePart>,
    factor: number,
  ): RefusedEntries[] {
    const { retries, rtoPs } = retryingOf(transport)
    const byTable = new Map<number, RefusedEntries>()
    for (const { host, node, isTold, connectionsPerSecond } of mix.refusedOf(index)) {
      const table = this.#tableOf.get(host)
      if (isTold || table === undefined || this.tables[table]!.node === node) continue
      const { entries } = this.tables[table]!.table.conntrack
      const holdPs = rtoPs * (2 ** retries - 1) + entries.table.timeoutOf(timeoutClass('tcpSynSent'))
      const perSecond = (byTable.get(table)?.perSecond ?? 0) + connectionsPerSecond * factor
      byTable.set(table, { table, perSecond, holdPs, retries: 0, rtoPs: 0 })
    }
    return [...byTable.values()]
  }

  /** What finds no entry where its ends are, the opener's first, in the order of `tables`. Parts times their factors. */
  refusals(
    loads: readonly Pick<PoolLoad, 'blocking' | 'standingLost'>[],
    demands: readonly DemandMatrix[],
    factors: Float64Array,
    filling: Filling,
  ): SteadyRefusal[] {
    if (loads.every(({ blocking, standingLost }) => blocking + standingLost === 0)) return []
    return this.#parts.flatMap((traffic, part) => {
      if (traffic === undefined || factors[part] === 0) return []
      const { source, destination } = demands[part]!
      const isStream = traffic.offered.kind === 'stream'
      const retries = filling.retriesOf(retryingOf(traffic.transport))
      return Array.from(source).flatMap((from, entry) => {
        const passed = [from, destination[entry]!].flatMap((host) => this.#tableOf.get(host) ?? [])
        const refused = this.#refusedAt(passed, loads, isStream, retries)
        const perSecond = demands[part]!.connectionsPerSecond[entry]! * factors[part]!
        return refused.map((each) => ({ ...each, part, entry, perSecond: each.perSecond * perSecond }))
      })
    })
  }

  /** Of one connection, or stream, that passes tables one after the other. */
  #refusedAt(
    passed: readonly number[],
    loads: readonly Pick<PoolLoad, 'blocking' | 'standingLost'>[],
    isStream: boolean,
    retries: number,
  ): Omit<SteadyRefusal, 'part' | 'entry'>[] {
    let left = 1
    return passed.flatMap((table) => {
      const { blocking, standingLost } = loads[table]!
      const { asked, lost } = isStream ? { asked: 0, lost: standingLost } : attempts(blocking, retries)
      const found = { reason: FULL, perSecond: left * asked * blocking, share: left * lost }
      left *= 1 - lost
      return found.perSecond + found.share === 0 ? [] : [{ node: this.tables[table]!.node, ...found }]
    })
  }

  #demandOf(
    tapped: TappedTable,
    offered: readonly (OfferedPart | undefined)[],
    factors: Float64Array,
  ): TableDemand {
    const byRetries = new Map<number, number>()
    const coming: TableDemand['coming'][number][] = []
    let connectionsPerSecond = 0
    let standing = 0
    offered.forEach((load, index) => {
      if (load === undefined) return
      const { offered: kind, transport } = this.#parts[index]!
      if (kind.kind === 'stream') {
        // their number stays, whatever their rate follows
        standing += passing(tapped, load.ipBps, load.droppedIpBps(tapped.node, BEFORE_ENTRY)) / kind.rateBps
        return
      }
      const factor = factors[index]!
      const perSecond = passing(tapped, load.connections, load.droppedConnections(tapped.node, BEFORE_ENTRY))
      if (perSecond === 0) return
      connectionsPerSecond += factor * perSecond
      const retrying = retryingOf(transport)
      const erlangs = this.#erlangs(tapped, load, perSecond, kind)
      const holdPs = (erlangs / perSecond) * SECOND
      coming.push({ perSecond: factor * perSecond, holdPs, ...retrying })
      byRetries.set(retrying.retries, (byRetries.get(retrying.retries) ?? 0) + factor * erlangs)
    })
    const demands = [...byRetries]
      .sort(([a], [b]) => a - b)
      .map(([retries, erlangs]) => ({ retries, erlangs }))
    return { connectionsPerSecond, demands, coming, standing }
  }

  /** Each connection lasts as it would alone at the rate of its link here, or as long as it is held, and then TIME_WAIT. */
  #erlangs(
    { table, directions }: TappedTable,
    load: OfferedPart,
    perSecond: number,
    offered: OfferedBlueprint,
  ): number {
    const bytes = meanFlowBytes(offered)
    const { table: entries } = table.conntrack.entries
    const closingPs = entries.timeoutOf(timeoutClass('tcpTimeWait'))
    const transfers = directions.reduce(
      (sum, direction) => sum + (load.connections(direction) * 8 * bytes) / this.#rateBps[direction]!,
      0,
    )
    return Math.max(transfers, (perSecond * meanHoldPs(offered)) / SECOND) + (perSecond * closingPs) / SECOND
  }
}

function withEntries(
  { connectionsPerSecond, demands, coming, standing }: TableDemand,
  refused: readonly RefusedEntries[],
): TableDemand {
  const erlangs = refused.reduce((sum, { perSecond, holdPs }) => sum + (perSecond * holdPs) / SECOND, 0)
  return {
    connectionsPerSecond: refused.reduce((sum, { perSecond }) => sum + perSecond, connectionsPerSecond),
    demands: erlangs === 0 ? demands : [{ retries: 0, erlangs }, ...demands],
    coming: [...coming, ...refused],
    standing,
  }
}

export function retryingOf(transport: TrafficBlueprint['transport']): Retrying {
  if (transport.kind !== 'tcp') return { retries: 0, rtoPs: 0 }
  const { synRetries, initialRtoPs } = resolveTcpOptions(transport.options)
  return { retries: synRetries, rtoPs: initialRtoPs }
}

function passing(
  { directions }: TappedTable,
  amountOf: (direction: number) => number,
  dropped: number,
): number {
  return Math.max(0, directions.reduce((sum, direction) => sum + amountOf(direction), 0) - dropped)
}

function tappedTables({ topology, pools }: Network): TappedTable[] {
  return topology.nodes.flatMap((node, index) => {
    if (node.kind !== 'vswitch') return []
    const table = pools.find(node.host, 'connection-tracking')
    if (table === undefined) return []
    const behind = topology.ports[index]!.filter(({ neighbour }) => topology.isHost(neighbour))
    const directions = behind.flatMap(({ link }) => [2 * link, 2 * link + 1])
    return [{ table, node: index, directions, hosts: behind.map(({ neighbour }) => neighbour) }]
  })
}
