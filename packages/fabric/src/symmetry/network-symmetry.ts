import type { HostBlueprint, LinkBlueprint, NodeBlueprint } from '../blueprint/network.ts'
import type { Topology } from '../routing/topology.ts'
import type { DemandMatrix } from '../traffic/demand/demand-matrix.ts'
import { type ColouredEdge, ColouredGraph } from './coloured-graph.ts'
import { demandGroups } from './demand-groups.ts'
import { OrbitCarrier } from './orbit-carrier.ts'
import { findOrbits, type FoundOrbits, orbitSteps } from './orbits.ts'

export interface SymmetryOptions {
  readonly demand?: DemandMatrix
  /** What else tells nodes and links apart, by name: costs, expectations that name them, shared risks. */
  readonly labelOf?: (name: string) => string
}

/**
 * Which nodes and links of a network can stand for each other: same rates, delays, costs, queues, forwarding, the same
 * demands around them. Found and checked, never assumed of a kind of fabric. Vertices are the nodes, then the links.
 */
export class NetworkSymmetry {
  readonly #topology: Topology
  readonly #graph: ColouredGraph
  /** With nothing fixed. */
  #base: FoundOrbits | undefined

  constructor(topology: Topology, options: SymmetryOptions = {}) {
    this.#topology = topology
    this.#graph = graphOf(topology, options)
  }

  vertexOfNode(node: number): number {
    return node
  }

  vertexOfLink(link: number): number {
    return this.#topology.nodes.length + link
  }

  /** Vertices that a search goes through. */
  get size(): number {
    return this.#graph.size
  }

  /**
   * Looks for the orbits while nothing is fixed, step by step, so that others get a turn meanwhile: each step says how many
   * vertices are done. `orbits` and `carrier` know them from then on.
   */
  *search(): Generator<number, void> {
    this.#base ??= yield* orbitSteps(this.#graph)
  }

  /** Least vertex of every vertex's orbit, while each of `fixed` stays where it is. */
  orbits(fixed: readonly number[] = []): Int32Array {
    return this.#find(fixed).least
  }

  /** The same, with the symmetries that carry vertices to these. */
  carrier(fixed: readonly number[] = []): OrbitCarrier {
    return new OrbitCarrier(this.#find(fixed))
  }

  #find(fixed: readonly number[]): FoundOrbits {
    if (fixed.length > 0) return findOrbits(this.#graph, fixed)
    this.#base ??= findOrbits(this.#graph)
    return this.#base
  }
}

class Palette {
  readonly #numbers = new Map<string, number>()

  of(description: string): number {
    let number = this.#numbers.get(description)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(description, number)
    }
    return number
  }
}

function graphOf(topology: Topology, { demand, labelOf = () => '' }: SymmetryOptions): ColouredGraph {
  const { nodes, links } = topology
  const palette = new Palette()
  const colours = [
    ...nodes.map((node, index) => {
      // policies and services may tell any two workloads apart
      const isWorkload = topology.ports[index]!.some(({ neighbour }) => nodes[neighbour]!.kind === 'vswitch')
      const own = isWorkload && node.kind === 'host' ? node.name : ''
      return palette.of(`${describeNode(node)} ${own} ${labelOf(node.name)}`)
    }),
    ...links.map((link) => palette.of(`${describeLink(link)} ${labelOf(link.name)}`)),
  ]
  const edges: ColouredEdge[] = []
  links.forEach((link, index) => {
    for (const end of [0, 1] as const) {
      const node = topology.linkNodes[index]![end]
      const colour = palette.of(
        `end ${JSON.stringify(link.queues[end])} ${interfaceOf(nodes[node]!, link.name)}`,
      )
      edges.push({ ends: [node, nodes.length + index], colours: [colour, colour] })
    }
  })
  if (demand !== undefined) addDemand(demand, palette, colours, edges)
  return new ColouredGraph(colours, edges)
}

/** Demands between groups of hosts that no demand tells apart: a vertex per group, and edges between groups. */
function addDemand(demand: DemandMatrix, palette: Palette, colours: number[], edges: ColouredEdge[]): void {
  const { groups, between } = demandGroups(demand)
  const first = colours.length
  groups.forEach((hosts, group) => {
    colours.push(palette.of('demand group'))
    const member = palette.of('member of a demand group')
    for (const host of hosts) edges.push({ ends: [host, first + group], colours: [member, member] })
  })
  for (const { from, to, description } of between) {
    edges.push({
      ends: [first + from, first + to],
      colours: [palette.of(`sends ${description}`), palette.of(`receives ${description}`)],
    })
  }
}

function describeNode(node: NodeBlueprint): string {
  if (node.kind === 'host') return `host ${node.interfaces.length}`
  return `${node.kind} ${node.tier} ${JSON.stringify(node.ecmp)}`
}

function describeLink({
  rateBps,
  delayPs,
  framing,
  weight,
  cost,
  bitErrorRate,
  tier,
}: LinkBlueprint): string {
  return JSON.stringify([rateBps, delayPs, framing, weight, cost, bitErrorRate, tier])
}

/** Which interface of a host a link belongs to; two links of one bond are alike, two NICs are not. */
function interfaceOf(node: NodeBlueprint, link: string): string {
  if (node.kind !== 'host') return ''
  const { interfaces } = node as HostBlueprint
  return String(interfaces.findIndex(({ links }) => links.includes(link)))
}
