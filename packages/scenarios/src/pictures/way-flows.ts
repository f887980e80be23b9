import type { Hop, Network } from '@weft/fabric'

/** Who sends to whom, by place, and how much. */
export interface PlacePair {
  readonly source: number
  readonly destination: number
  readonly bps: number
}

/** A station before stations are folded: a column, and in it a place (at the ends), a node (between), or one of those below. */
export type RawStation = readonly [column: number, id: number]

/** Where what has no way ends. */
export const LOST = -1
/** Switches between the first and the last of a way that is longer than there are columns. */
export const FURTHER = -2
/** Columns between senders and receivers. */
export const TRANSIT_COLUMNS = 3
/** The column of receivers. */
export const LAST_COLUMN = TRANSIT_COLUMNS + 1

/** Shares are sums of fractions: what is missing by less is not lost. */
const ROUNDING = 1e-9

/** Adds up what goes from station to station. */
export class WayFlows {
  readonly sums = new Map<string, { readonly from: RawStation; readonly to: RawStation; bps: number }>()
  readonly #network: Network

  constructor(network: Network) {
    this.#network = network
  }

  /** Hops of a walk from a host of one place to one of the other; none where there is no way. */
  follow(hops: readonly Hop[], { source, destination, bps }: PlacePair): void {
    const arriving = this.#arriving(hops)
    const arrived = hops.length === 0 ? 0 : (arriving.get(keyOf(hops[0]!.node, 0)) ?? 0)
    if (arrived < 1 - ROUNDING) this.#add([0, source], [LAST_COLUMN, LOST], bps * (1 - arrived))
    const depths = hops.filter(({ outcome }) => outcome.kind === 'delivered').map(({ depth }) => depth)
    // a host, its switch, those between, the other's switch, the other host
    const transit = Math.max(...depths) - 3
    const stationAt = (node: number, depth: number): RawStation => {
      const at = depth - 1
      if (at < 1) return [0, source]
      if (this.#endsAt(hops, node, depth)) return [LAST_COLUMN, destination]
      if (transit <= TRANSIT_COLUMNS || at === 1) return [at, node]
      return at >= transit ? [TRANSIT_COLUMNS, node] : [2, FURTHER]
    }
    if (transit < 1 && arrived > 0) {
      this.#add([0, source], [LAST_COLUMN, destination], bps * arrived)
      return
    }
    for (const { node, depth, outcome } of hops) {
      if (outcome.kind !== 'forwarded' || depth < 1) continue
      const from = stationAt(node, depth)
      for (const { port, share } of outcome.members) {
        const { neighbour } = this.#network.topology.ports[node]![port]!
        if (this.#network.topology.isHost(neighbour)) continue
        const to = stationAt(neighbour, depth + 1)
        const onward = arriving.get(keyOf(neighbour, depth + 1)) ?? 0
        if (from[0] !== to[0]) this.#add(from, to, bps * share * onward)
      }
    }
  }

  /** Share that arrives in the end of what is at a node after so many hops: all but what is dropped on the way. */
  #arriving(hops: readonly Hop[]): Map<string, number> {
    const arriving = new Map<string, number>()
    const { ports } = this.#network.topology
    for (const { node, depth, outcome } of [...hops].reverse()) {
      const share =
        outcome.kind === 'delivered'
          ? 1
          : outcome.kind === 'dropped'
            ? 0
            : outcome.members.reduce((sum, { port, weight }) => {
                const next = keyOf(ports[node]![port]!.neighbour, depth + 1)
                return sum + weight * (arriving.get(next) ?? 0)
              }, 0)
      arriving.set(keyOf(node, depth), share)
    }
    return arriving
  }

  /** Whether the receiver hangs off this node. */
  #endsAt(hops: readonly Hop[], node: number, depth: number): boolean {
    const { topology } = this.#network
    return hops.some(
      (hop) =>
        hop.node === node &&
        hop.depth === depth &&
        hop.outcome.kind === 'forwarded' &&
        hop.outcome.members.some(({ port }) => topology.isHost(topology.ports[node]![port]!.neighbour)),
    )
  }

  #add(from: RawStation, to: RawStation, bps: number): void {
    if (!(bps > 0)) return
    const key = `${from.join()}>${to.join()}`
    const known = this.sums.get(key)
    if (known === undefined) this.sums.set(key, { from, to, bps })
    else known.bps += bps
  }
}

const keyOf = (node: number, depth: number): string => `${node}/${depth}`
