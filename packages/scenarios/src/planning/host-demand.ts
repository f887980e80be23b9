import type { DemandMatrix, LinkState, Topology } from '@weft/fabric'

/** What each host sends and receives, to tell what is lost with hosts from what the network loses between hosts. */
export class HostDemand {
  /** All of it, IP bit/s. */
  readonly totalBps: number
  readonly #demand: DemandMatrix
  /** Entries by sending node, those to the node itself left out. */
  readonly #entriesOf = new Map<number, number[]>()
  /** Sent and received together, by node; demands of hosts to themselves left out. */
  readonly #byHost: Float64Array
  /** Links of the interface that each host uses, by node. */
  readonly #linksOf = new Map<number, readonly number[]>()
  /** The virtual switch that a host hangs off, by node; and the links of those to the fabric. */
  readonly #switchOf = new Map<number, number>()
  readonly #uplinksOf = new Map<number, readonly number[]>()

  constructor(topology: Topology, demand: DemandMatrix) {
    this.#demand = demand
    this.#byHost = new Float64Array(topology.nodes.length)
    const { source, destination, ipBps } = demand
    let total = 0
    for (let i = 0; i < source.length; i++) {
      total += ipBps[i]!
      if (source[i] === destination[i]) continue
      this.#byHost[source[i]!]! += ipBps[i]!
      this.#byHost[destination[i]!]! += ipBps[i]!
      const own = this.#entriesOf.get(source[i]!)
      if (own === undefined) this.#entriesOf.set(source[i]!, [i])
      else own.push(i)
    }
    this.totalBps = total
    topology.nodes.forEach((node, index) => {
      if (node.kind !== 'host') return
      const links = node.interfaces[0]?.links ?? []
      this.#linksOf.set(
        index,
        links.map((name) => topology.linkIndex(name)),
      )
      const [first] = topology.ports[index]!
      if (first !== undefined && topology.nodes[first.neighbour]!.kind === 'vswitch')
        this.#switchOf.set(index, first.neighbour)
    })
    for (const each of new Set(this.#switchOf.values())) {
      const uplinks = topology.ports[each]!.filter(
        ({ neighbour }) => topology.nodes[neighbour]!.kind !== 'host',
      )
      this.#uplinksOf.set(
        each,
        uplinks.map(({ link }) => link),
      )
    }
  }

  /** IP bit/s from and to hosts that have no usable link in this state, or hang off a virtual switch without one to the fabric. */
  detachedBps(state: LinkState): number {
    const isCut = (links: readonly number[]) => !links.some((link) => state.usable(link))
    const islands = new Set<number>()
    for (const [each, uplinks] of this.#uplinksOf) if (isCut(uplinks)) islands.add(each)
    /** Of hosts that hang together still, what they hang off; -1 for those that are alone. */
    const detached = new Map<number, number>()
    for (const [node, links] of this.#linksOf) {
      const at = this.#switchOf.get(node) ?? -1
      if (isCut(links)) detached.set(node, -1)
      else if (islands.has(at)) detached.set(node, at)
    }
    let sum = 0
    for (const node of detached.keys()) sum += this.#byHost[node]!
    return detached.size < 2 ? sum : sum - this.#betweenBps(detached)
  }

  /** What detached hosts send each other, counted twice in what each sends and receives: once too often, or where it arrives twice. */
  #betweenBps(detached: ReadonlyMap<number, number>): number {
    const { destination, ipBps } = this.#demand
    let sum = 0
    for (const [node, from] of detached) {
      for (const i of this.#entriesOf.get(node) ?? []) {
        const to = detached.get(destination[i]!)
        if (to !== undefined) sum += (from === to && from >= 0 ? 2 : 1) * ipBps[i]!
      }
    }
    return sum
  }
}
