import type { EcmpBlueprint, LinkBlueprint, NodeBlueprint } from '../network.ts'
import {
  type FabricParts,
  type Inventory,
  type LinkOptions,
  makeHost,
  makeLink,
  sortedParts,
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
  const { region, leaves, spines, ecmp } = options
  const nodes: NodeBlueprint[] = []
  const links: LinkBlueprint[] = []
  for (let spine = 0; spine < spines; spine++) {
    nodes.push({ kind: 'switch', name: `${region}/spine-${spine}`, tier: 'spine', ecmp })
  }
  for (let leaf = 0; leaf < leaves; leaf++) {
    nodes.push({ kind: 'switch', name: `${region}/leaf-${leaf}`, tier: 'leaf', ecmp })
    connectSpines(options, leaf, links)
    for (let host = 0; host < options.hostsPerLeaf; host++) connectHost(options, leaf, host, nodes, links)
  }
  return sortedParts({ nodes, links })
}

function connectSpines(options: LeafSpineOptions, leaf: number, links: LinkBlueprint[]): void {
  const leafEnd = { name: `${options.region}/leaf-${leaf}`, isHost: false }
  for (let spine = 0; spine < options.spines; spine++) {
    const spineEnd = { name: `${options.region}/spine-${spine}`, isHost: false }
    for (let ordinal = 1; ordinal <= options.parallelLinks; ordinal++) {
      links.push(makeLink(leafEnd, spineEnd, ordinal, 'fabric', options.fabricLink))
    }
  }
}

function connectHost(
  options: LeafSpineOptions,
  leaf: number,
  host: number,
  nodes: NodeBlueprint[],
  links: LinkBlueprint[],
): void {
  const { region, nicsPerHost, nicAttachment } = options
  const name = `${region}/leaf-${leaf}/host-${host}`
  const own: string[] = []
  for (let nic = 0; nic < nicsPerHost; nic++) {
    const group = leaf - (leaf % nicsPerHost)
    const attached = nicAttachment === 'leaf' ? leaf : group + ((leaf - group + nic) % nicsPerHost)
    const ordinal = nicAttachment === 'leaf' ? nic + 1 : 1
    const leafEnd = { name: `${region}/leaf-${attached}`, isHost: false }
    const link = makeLink({ name, isHost: true }, leafEnd, ordinal, 'host', options.hostLink)
    links.push(link)
    own.push(link.name)
  }
  nodes.push(makeHost(name, own, options.bond))
}
