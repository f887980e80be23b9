import { naturalCompare } from '@weft/fabric'

/** What a drawing needs to know of a network: `ScenarioResult.network` and a `NetworkBlueprint` both fit. */
export interface DrawableNetwork {
  readonly nodes: readonly DrawableNode[]
  readonly links: readonly DrawableLink[]
}

export interface DrawableNode {
  readonly name: string
  readonly kind: 'switch' | 'vswitch' | 'gateway' | 'host'
  /** Switches have one. */
  readonly tier?: string
}

export interface DrawableLink {
  readonly name: string
  readonly ends: readonly [string, string]
  readonly tier: string
  readonly rateBps: number
  readonly delayPs: number
}

/** One direction of a link, as much of it as a drawing shows. */
export interface DrawableLoad {
  readonly link: string
  readonly from: string
  readonly utilization: { readonly mean: number; readonly max: number }
}

/** A node or link that failed, or was repaired. */
export interface DrawableChange {
  readonly atPs: number
  readonly action: 'fail' | 'repair'
  readonly target: string
}

export const regionOf = (name: string) => name.slice(0, Math.max(0, name.indexOf('/')))

/** What stands between region and short name: `pod-0` of `ord1/pod-0/agg-1`, empty for `ord1/leaf-0`. */
export const groupOf = (name: string) => name.split('/').slice(1, -1).join('/')

/** `leaf-0` of `ord1/leaf-0`. */
export const shortName = (name: string) => name.slice(name.lastIndexOf('/') + 1)

/** Tiers on top of each other: every node has a level, and every link joins neighbouring ones. */
export function isTiered(network: DrawableNetwork, level: ReadonlyMap<string, number>): boolean {
  return (
    network.nodes.length > 0 &&
    network.nodes.every((node) => level.has(node.name)) &&
    network.links.every(({ ends }) => Math.abs(level.get(ends[0])! - level.get(ends[1])!) === 1)
  )
}

/** Hosts that hang on the same switches, drawn together. */
export interface HostGroup {
  /** The switches, in natural order. */
  readonly switches: readonly string[]
  readonly hosts: readonly string[]
}

export function hostGroups({ nodes, links }: DrawableNetwork): HostGroup[] {
  const attached = new Map<string, Set<string>>()
  for (const node of nodes) if (node.kind === 'host') attached.set(node.name, new Set())
  for (const { ends } of links) {
    attached.get(ends[0])?.add(ends[1])
    attached.get(ends[1])?.add(ends[0])
  }
  const groups = new Map<string, { switches: string[]; hosts: string[] }>()
  for (const [host, set] of attached) {
    const switches = [...set].sort(naturalCompare)
    const key = JSON.stringify([regionOf(host), switches])
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { switches, hosts: [host] })
    else known.hosts.push(host)
  }
  for (const group of groups.values()) group.hosts.sort(naturalCompare)
  return [...groups.values()].sort((a, b) => naturalCompare(a.hosts[0]!, b.hosts[0]!))
}
