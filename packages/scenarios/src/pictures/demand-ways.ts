import type { DemandMatrix, Network } from '@weft/fabric'
import { attachmentsOf, placesOf } from './attachments.ts'
import { GroupWalks } from './group-walks.ts'
import { type Ribbon, StationFold, type WayColumn } from './station-fold.ts'
import { WayFlows } from './way-flows.ts'

/** Demand on its way through the tiers: columns of stations, and what goes from one to the next. Rates are IP bit/s. */
export interface DemandWays {
  readonly totalBps: number
  /** Of the pairs of places that were followed; the others are left out of the picture. */
  readonly shownBps: number
  /** Ordered pairs of places that send to each other, and those that were followed. */
  readonly pairs: number
  readonly pairsShown: number
  readonly columns: readonly WayColumn[]
  readonly ribbons: readonly Ribbon[]
}

export interface WayOptions {
  /** Stations in a column, at most; absent: 10, and down to 4 where many ribbons would cross. */
  readonly stationsMax?: number
  /** Pairs that are followed, the largest first. */
  readonly pairsMax?: number
}

/** Tried one after the other until ribbons are few. */
const STATIONS_MAX = [10, 8, 6, 5, 4]
/** More of them cannot be told apart. */
const RIBBONS_MAX = 90
const PAIRS_MAX = 4_096

/** Where demand goes, hosts by the switches that they hang off, with the routes that are installed. */
export function demandWays(network: Network, demand: DemandMatrix, options: WayOptions = {}): DemandWays {
  const { stationsMax, pairsMax = PAIRS_MAX } = options
  const attachments = attachmentsOf(network.topology)
  const places = placesOf(attachments)
  const count = attachments.list.length
  const sums = sumsByPair(demand, attachments.of, count)
  const largest = [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, pairsMax)
  const walks = new GroupWalks(network, attachments)
  const flows = new WayFlows(network)
  for (const [key, bps] of largest) {
    const [from, to] = [Math.floor(key / count), key % count]
    const pair = { source: places.of[from]!, destination: places.of[to]!, bps }
    flows.follow(walks.between(from, to)?.hops ?? [], pair)
  }
  const folded = fold(network, places.names, flows, stationsMax === undefined ? STATIONS_MAX : [stationsMax])
  return {
    totalBps: [...sums.values()].reduce((sum, bps) => sum + bps, 0),
    shownBps: largest.reduce((sum, [, bps]) => sum + bps, 0),
    pairs: sums.size,
    pairsShown: largest.length,
    columns: folded.columns,
    ribbons: folded.ribbons,
  }
}

function fold(
  network: Network,
  places: readonly string[],
  flows: WayFlows,
  most: readonly number[],
): StationFold {
  const [first, ...fewer] = most as [number, ...number[]]
  const folded = new StationFold(network.topology, places, flows, first)
  return fewer.length === 0 || folded.ribbons.length <= RIBBONS_MAX
    ? folded
    : fold(network, places, flows, fewer)
}

/** Demand by attachment of its source times their number, plus that of its destination. */
function sumsByPair({ source, destination, ipBps }: DemandMatrix, of: Int32Array, count: number) {
  const sums = new Map<number, number>()
  for (let entry = 0; entry < source.length; entry++) {
    const bps = ipBps[entry]!
    if (bps === 0) continue
    const key = of[source[entry]!]! * count + of[destination[entry]!]!
    sums.set(key, (sums.get(key) ?? 0) + bps)
  }
  return sums
}
