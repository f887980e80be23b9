import type { EcmpBlueprint, LinkBlueprint, NodeBlueprint } from '../network.ts'
import {
  type End,
  type FabricParts,
  type Inventory,
  type LinkOptions,
  makeHost,
  makeLink,
  sortedParts,
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
  const nodes: NodeBlueprint[] = []
  const links: LinkBlueprint[] = []
  for (let core = 0; core < half * half; core++) {
    nodes.push({ kind: 'switch', name: `${region}/core-${core}`, tier: 'core', ecmp })
  }
  for (let pod = 0; pod < k; pod++) {
    for (let index = 0; index < half; index++) {
      const edge = switchEnd(`${region}/pod-${pod}/edge-${index}`)
      const aggregation = switchEnd(`${region}/pod-${pod}/agg-${index}`)
      nodes.push({ kind: 'switch', name: edge.name, tier: 'edge', ecmp })
      nodes.push({ kind: 'switch', name: aggregation.name, tier: 'aggregation', ecmp })
      for (let port = 0; port < half; port++) {
        const peer = switchEnd(`${region}/pod-${pod}/agg-${port}`)
        const core = switchEnd(`${region}/core-${index * half + port}`)
        const host = { name: `${edge.name}/host-${port}`, isHost: true }
        const hostLink = makeLink(host, edge, 1, 'host', options.hostLink)
        nodes.push(makeHost(host.name, [hostLink.name], false))
        links.push(hostLink)
        links.push(makeLink(edge, peer, 1, 'fabric', options.fabricLink))
        links.push(makeLink(aggregation, core, 1, 'core', options.coreLink))
      }
    }
  }
  return sortedParts({ nodes, links })
}

const switchEnd = (name: string): End => ({ name, isHost: false })
