import type { EcmpBlueprint, LinkBlueprint, NodeBlueprint } from '../network.ts'
import {
  type End,
  type FabricParts,
  type Inventory,
  type LinkOptions,
  makeHost,
  makeLink,
  sortedParts,
  switchEnds,
} from './parts.ts'

/**
 * The three-tier k-ary fat-tree of M. Al-Fares, A. Loukissas and A. Vahdat, "A scalable, commodity data center
 * network architecture", SIGCOMM 2008: k pods of k/2 edge and k/2 aggregation switches, k²/4 core switches.
 */
export interface FatTreeOptions {
  readonly region: string
  /** Ports per switch: even, 2 or more. */
  readonly k: number
  readonly hostLink: LinkOptions
  /** Edge to aggregation. */
  readonly fabricLink: LinkOptions
  /** Aggregation to core. */
  readonly coreLink: LinkOptions
  readonly ecmp: EcmpBlueprint
}

export function fatTreeInventory(k: number): Inventory {
  return { hosts: k ** 3 / 4, switches: (5 * k ** 2) / 4, links: (3 * k ** 3) / 4 }
}

/**
 * Names: `ord1/pod-0/edge-1`, `ord1/pod-0/agg-1`, `ord1/core-2`, `ord1/pod-0/edge-1/host-0`.
 * Aggregation switch j of every pod has links to core switches j·k/2 up to (j+1)·k/2 - 1.
 * Switch tiers: `edge`, `aggregation`, `core`. Link tiers: `host`, `fabric`, `core`.
 */
export function fatTree(options: FatTreeOptions): FabricParts {
  const { region, k, ecmp } = options
  const half = k / 2
  const cores = switchEnds(`${region}/core`, half * half)
  const pods = Array.from({ length: k }, (_, pod) => ({
    edges: switchEnds(`${region}/pod-${pod}/edge`, half),
    aggregations: switchEnds(`${region}/pod-${pod}/agg`, half),
  }))
  const nodes: NodeBlueprint[] = []
  const links: LinkBlueprint[] = []
  // in the order of names: sorting a quarter of a million links takes longer than making them
  for (const [index, core] of cores.entries()) {
    nodes.push({ kind: 'switch', name: core.name, tier: 'core', ecmp })
    for (const { aggregations } of pods)
      links.push(makeLink(core, aggregations[Math.floor(index / half)]!, 1, 'core', options.coreLink))
  }
  for (const pod of pods) connectPod(options, pod, nodes, links)
  return sortedParts({ nodes, links })
}

interface Pod {
  readonly edges: readonly End[]
  readonly aggregations: readonly End[]
}

function connectPod(
  { k, ecmp, hostLink, fabricLink }: FatTreeOptions,
  { edges, aggregations }: Pod,
  nodes: NodeBlueprint[],
  links: LinkBlueprint[],
): void {
  for (const aggregation of aggregations) {
    nodes.push({ kind: 'switch', name: aggregation.name, tier: 'aggregation', ecmp })
    for (const edge of edges) links.push(makeLink(edge, aggregation, 1, 'fabric', fabricLink))
  }
  for (const edge of edges) {
    nodes.push({ kind: 'switch', name: edge.name, tier: 'edge', ecmp })
    for (let port = 0; port < k / 2; port++) {
      const host = { name: `${edge.name}/host-${port}`, isHost: true }
      const link = makeLink(host, edge, 1, 'host', hostLink)
      nodes.push(makeHost(host.name, [link.name], false))
      links.push(link)
    }
  }
}
