import type { DemandMatrix, LinkState, Topology } from '@weft/fabric'

/** What each host sends and receives, to tell what is lost with hosts from what the network loses between hosts. */
export class HostDemand {
  /** All of it, IP bit/s. */
  readonly totalBps: number
  readonly #demand: DemandMatrix
  /** Sent and received together, by node; demands of hosts to themselves left out. */
  readonly #byHost: Float64Array
  /** Links of the interface that each host uses, by node. */
  readonly #linksOf = new Map<number, readonly number[]>()

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
    }
    this.totalBps = total
    topology.nodes.forEach((node, index) => {
      if (node.kind !== 'host') return
      const links = node.interfaces[0]?.links ?? []
      this.#linksOf.set(
        index,
        links.map((name) => topology.linkIndex(name)),
      )
    })
  }

  /** IP bit/s from and to hosts that have no usable link in this state. */
  detachedBps(state: LinkState): number {
    const detached = new Set<number>()
    for (const [node, links] of this.#linksOf)
      if (!links.some((link) => state.usable(link))) detached.add(node)
    let sum = 0
    for (const node of detached) sum += this.#byHost[node]!
    return detached.size < 2 ? sum : sum - this.#betweenBps(detached)
  }

  /** What hosts of a set send each other, counted twice in what each sends and receives. */
  #betweenBps(hosts: ReadonlySet<number>): number {
    const { source, destination, ipBps } = this.#demand
    let sum = 0
    for (let i = 0; i < source.length; i++)
      if (source[i] !== destination[i] && hosts.has(source[i]!) && hosts.has(destination[i]!))
        sum += ipBps[i]!
    return sum
  }
}
