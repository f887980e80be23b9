import { type ForwardingBlueprint, forwards } from '../../../blueprint/network.ts'
import { greatestCommonDivisor } from '../../../model/integers.ts'
import type { Topology } from '../../../routing/topology.ts'
import { BOND, memberWeight, WEIGHT_SUM_MAX } from '../../../routing/weights.ts'

/** Of nodes that are no switches, and of links that do not join two switches; whatever forwards is a switch here. */
export const NONE = -1

/**
 * The switches of a network and the links between them, in rows one after the other: switch s has the rows from
 * `start[s]` up to `start[s + 1]`, in order of its ports.
 */
export class SwitchGraph {
  readonly topology: Topology
  readonly count: number
  /** Node index of every switch, and the other way round. */
  readonly nodeOf: Int32Array
  readonly switchOf: Int32Array
  /** By switch: 1 where it carries traffic between others. */
  readonly isTransit: Uint8Array
  readonly start: Int32Array
  /** The switch at the other end of each row, the row that leads back, and the switch that it leads from. */
  readonly neighbour: Int32Array
  readonly back: Int32Array
  readonly owner: Int32Array
  readonly link: Int32Array
  readonly direction: Int32Array
  readonly cost: Float64Array
  readonly weight: Float64Array
  /** By link: a row of it; NONE for links of hosts. */
  readonly rowOf: Int32Array

  constructor(topology: Topology) {
    this.topology = topology
    const nodes = topology.nodes.flatMap((node, index) => (forwards(node) ? [index] : []))
    this.count = nodes.length
    this.nodeOf = Int32Array.from(nodes)
    this.switchOf = new Int32Array(topology.nodes.length).fill(NONE)
    nodes.forEach((node, s) => {
      this.switchOf[node] = s
    })
    this.isTransit = Uint8Array.from(nodes, (node) => (topology.isTransit(node) ? 1 : 0))
    const adjacencies = nodes.map((node) =>
      topology.ports[node]!.filter(({ neighbour }) => this.switchOf[neighbour] !== NONE),
    )
    this.start = new Int32Array(this.count + 1)
    adjacencies.forEach((own, s) => {
      this.start[s + 1] = this.start[s]! + own.length
    })
    const rows = adjacencies.flatMap((own, s) => own.map((adjacency) => ({ s, ...adjacency })))
    this.owner = Int32Array.from(rows, ({ s }) => s)
    this.neighbour = Int32Array.from(rows, ({ neighbour }) => this.switchOf[neighbour]!)
    this.link = Int32Array.from(rows, ({ link }) => link)
    this.direction = Int32Array.from(rows, ({ s, link }) => directionFrom(topology, link, nodes[s]!))
    this.cost = Float64Array.from(rows, ({ link }) => topology.links[link]!.cost)
    this.weight = Float64Array.from(rows, ({ s, link }) => switchWeight(topology, nodes[s]!, link))
    this.rowOf = new Int32Array(topology.links.length).fill(NONE)
    this.back = new Int32Array(rows.length)
    rows.forEach(({ link }, row) => {
      const first = this.rowOf[link]!
      if (first === NONE) this.rowOf[link] = row
      else {
        this.back[first] = row
        this.back[row] = first
      }
    })
  }
}

export const directionFrom = (topology: Topology, link: number, node: number): number =>
  2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)

/** What a link counts for in a switch's groups, and in a host's bond. */
export function switchWeight(topology: Topology, node: number, link: number): number {
  return memberWeight(topology.links[link]!, (topology.nodes[node] as ForwardingBlueprint).ecmp)
}

export const bondWeight = (topology: Topology, link: number): number =>
  memberWeight(topology.links[link]!, BOND)

/**
 * Whether the weights of every group of every node are in proportion to its links': groups whose sums are too large
 * round theirs, and what is left of a group after a failure may then round otherwise.
 */
export function weightsAreProportional(topology: Topology): boolean {
  return topology.nodes.every((node, index) => {
    const ports = topology.ports[index]!
    if (!forwards(node)) return areProportional(ports.map(({ link }) => bondWeight(topology, link)))
    // a group leads to other switches, or to one host
    const toward = new Map<number, number[]>()
    for (const { link, neighbour } of ports) {
      const to = topology.isHost(neighbour) ? neighbour : NONE
      toward.set(to, [...(toward.get(to) ?? []), switchWeight(topology, index, link)])
    }
    return [...toward.values()].every(areProportional)
  })
}

function areProportional(weights: readonly number[]): boolean {
  if (weights.length === 0) return true
  const divisor = weights.reduce(greatestCommonDivisor)
  return weights.reduce((sum, weight) => sum + weight / divisor, 0) < WEIGHT_SUM_MAX
}
