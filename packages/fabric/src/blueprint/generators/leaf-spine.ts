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

/** Two tiers: every leaf has links to every spine, hosts sit on leaves. All counts are whole and 1 or more. */
export interface LeafSpineOptions {
  readonly region: string
  readonly leaves: number
  readonly spines: number
  readonly hostsPerLeaf: number
  readonly hostLink: LinkOptions
  readonly fabricLink: LinkOptions
  /** Links between one leaf and one spine. */
  readonly parallelLinks: number
  readonly nicsPerHost: number
  /**
   * Where a host's NICs go. `leaf`: all to its own leaf. `neighbours`: one to each of `nicsPerHost` neighbouring
   * leaves, its own first; leaves are grouped from leaf-0 up, so their number must be a multiple of `nicsPerHost`.
   */
  readonly nicAttachment: 'leaf' | 'neighbours'
  /** The NICs of a host form one bond (LAG) with one address, instead of an interface each. */
  readonly bond: boolean
  readonly ecmp: EcmpBlueprint
}

type Counts = Pick<LeafSpineOptions, 'leaves' | 'spines' | 'hostsPerLeaf' | 'parallelLinks' | 'nicsPerHost'>

export function leafSpineInventory(counts: Counts): Inventory {
  const { leaves, spines, hostsPerLeaf, parallelLinks, nicsPerHost } = counts
  const hosts = leaves * hostsPerLeaf
  return { hosts, switches: leaves + spines, links: hosts * nicsPerHost + leaves * spines * parallelLinks }
}

/** Names: `ord1/leaf-0`, `ord1/spine-3`, `ord1/leaf-0/host-3`. Link tiers: `host` and `fabric`. */
export function leafSpine(options: LeafSpineOptions): FabricParts {
  const { region, ecmp } = options
  const leaves = switchEnds(`${region}/leaf`, options.leaves)
  const spines = switchEnds(`${region}/spine`, options.spines)
  const nodes: NodeBlueprint[] = []
  const links: LinkBlueprint[] = []
  // in the order of names, or nearly: sorting a quarter of a million links takes longer than making them
  for (const [index, leaf] of leaves.entries()) {
    nodes.push({ kind: 'switch', name: leaf.name, tier: 'leaf', ecmp })
    for (let host = 0; host < options.hostsPerLeaf; host++)
      connectHost(options, leaves, index, host, nodes, links)
    connectSpines(options, leaf, spines, links)
  }
  for (const { name } of spines) nodes.push({ kind: 'switch', name, tier: 'spine', ecmp })
  return sortedParts({ nodes, links })
}

function connectSpines(
  { parallelLinks, fabricLink }: LeafSpineOptions,
  leaf: End,
  spines: readonly End[],
  links: LinkBlueprint[],
): void {
  for (const spine of spines) {
    for (let ordinal = 1; ordinal <= parallelLinks; ordinal++)
      links.push(makeLink(leaf, spine, ordinal, 'fabric', fabricLink))
  }
}

function connectHost(
  options: LeafSpineOptions,
  leaves: readonly End[],
  leaf: number,
  host: number,
  nodes: NodeBlueprint[],
  links: LinkBlueprint[],
): void {
  const { nicsPerHost, nicAttachment } = options
  const end = { name: `${leaves[leaf]!.name}/host-${host}`, isHost: true }
  const own: string[] = []
  for (let nic = 0; nic < nicsPerHost; nic++) {
    const group = leaf - (leaf % nicsPerHost)
    const attached = nicAttachment === 'leaf' ? leaf : group + ((leaf - group + nic) % nicsPerHost)
    const ordinal = nicAttachment === 'leaf' ? nic + 1 : 1
    const link = makeLink(end, leaves[attached]!, ordinal, 'host', options.hostLink)
    links.push(link)
    own.push(link.name)
  }
  nodes.push(makeHost(end.name, own, options.bond))
}
