import { InvariantError } from '@weft/core'
import type { LinkBlueprint, NetworkBlueprint, NodeBlueprint } from '../blueprint/network.ts'
import { naturalCompare } from '../blueprint/natural-order.ts'

/** One end of a link as its node sees it. */
export interface Adjacency {
  /** Index of the link. */
  readonly link: number
  /** Index of the node at the other end, and the port there. */
  readonly neighbour: number
  readonly neighbourPort: number
}

/**
 * The graph of a network: nodes, links and ports by number. Numbers follow the natural order of names, never the
 * order in which the blueprint lists things.
 */
export class Topology {
  readonly nodes: readonly NodeBlueprint[]
  readonly links: readonly LinkBlueprint[]
  /** Adjacencies of every node, by port. */
  readonly ports: readonly (readonly Adjacency[])[]
  /** The two nodes of every link, and the link's port at each. */
  readonly linkNodes: readonly (readonly [number, number])[]
  readonly linkPorts: readonly (readonly [number, number])[]
  readonly #nodeByName = new Map<string, number>()
  readonly #linkByName = new Map<string, number>()

  constructor(network: NetworkBlueprint) {
    this.nodes = [...network.nodes].sort((a, b) => naturalCompare(a.name, b.name))
    this.links = [...network.links].sort((a, b) => naturalCompare(a.name, b.name))
    for (const [index, { name }] of this.nodes.entries()) this.#nodeByName.set(name, index)
    for (const [index, { name }] of this.links.entries()) this.#linkByName.set(name, index)
    const ports: Adjacency[][] = this.nodes.map(() => [])
    const linkNodes: [number, number][] = []
    const linkPorts: [number, number][] = []
    this.links.forEach((link, index) => {
      const [a, b] = link.ends.map((name) => this.nodeIndex(name)) as [number, number]
      const [portA, portB] = [ports[a]!.length, ports[b]!.length]
      ports[a]!.push({ link: index, neighbour: b, neighbourPort: portB })
      ports[b]!.push({ link: index, neighbour: a, neighbourPort: portA })
      linkNodes.push([a, b])
      linkPorts.push([portA, portB])
    })
    this.ports = ports
    this.linkNodes = linkNodes
    this.linkPorts = linkPorts
  }

  nodeIndex(name: string): number {
    const index = this.#nodeByName.get(name)
    if (index === undefined) throw new InvariantError(`no node "${name}"`)
    return index
  }

  linkIndex(name: string): number {
    const index = this.#linkByName.get(name)
    if (index === undefined) throw new InvariantError(`no link "${name}"`)
    return index
  }

  hasNode(name: string): boolean {
    return this.#nodeByName.has(name)
  }

  /** `a → b` for the direction that leaves this end of a link; parallel links have `#2`, `#3` ... behind. */
  directionName(link: number, end: 0 | 1): string {
    const [a, b] = this.links[link]!.ends
    const rank = this.#parallelRank(link)
    return `${end === 0 ? a : b} → ${end === 0 ? b : a}${rank > 1 ? `#${rank}` : ''}`
  }

  /** 1 for the first of the links between the same two nodes. */
  #parallelRank(link: number): number {
    const [a, b] = this.linkNodes[link]!
    const parallel = this.ports[a]!.filter(({ neighbour }) => neighbour === b)
    return parallel.findIndex((adjacency) => adjacency.link === link) + 1
  }

  isHost(node: number): boolean {
    return this.nodes[node]!.kind === 'host'
  }

  /** Whether traffic between other nodes may go through this one. */
  isTransit(node: number): boolean {
    const { kind } = this.nodes[node]!
    return kind === 'switch' || kind === 'gateway'
  }
}

/** Which nodes and links are up. A link is usable when it and both its nodes are. */
export class LinkState {
  readonly nodeUp: Uint8Array
  readonly linkUp: Uint8Array
  readonly #topology: Topology

  constructor(topology: Topology) {
    this.#topology = topology
    this.nodeUp = new Uint8Array(topology.nodes.length).fill(1)
    this.linkUp = new Uint8Array(topology.links.length).fill(1)
  }

  copy(): LinkState {
    const copy = new LinkState(this.#topology)
    copy.nodeUp.set(this.nodeUp)
    copy.linkUp.set(this.linkUp)
    return copy
  }

  usable(link: number): boolean {
    const [a, b] = this.#topology.linkNodes[link]!
    return this.linkUp[link] === 1 && this.nodeUp[a] === 1 && this.nodeUp[b] === 1
  }
}
