import { ConfigError, type Issue } from '@weft/core'
import type {
  EcmpBlueprint,
  Framing,
  HostBlueprint,
  LinkBlueprint,
  NodeBlueprint,
  QueueBlueprint,
} from '../network.ts'
import { type FabricParts, linkName, makeLink, sortedParts } from './parts.ts'

/** Something that runs on a host and has an address of its own: a pod, a virtual machine. */
export interface PlacedWorkload {
  /** `namespace/name`. */
  readonly name: string
  /** The host that it runs on. */
  readonly host: string
  readonly addresses: readonly string[]
  /** What its virtual function may send and receive; absent: as much as the host's links together. */
  readonly rateBps?: number
}

/** The links between a host's virtual switch and what runs on it. */
export interface VirtualLinkOptions {
  readonly delayPs: number
  readonly framing: Framing
  readonly queue: QueueBlueprint
}

/** Uplinks share by five-tuple, in proportion to their rates. */
const UPLINKS: EcmpBlueprint = { mode: 'five-tuple', weights: 'rate', flowletGapPs: 0 }

export const VIRTUAL_TIER = 'virtual'
export const VIRTUAL_SWITCH_TIER = 'vswitch'

/**
 * Gives every host with workloads a virtual switch, `host/vswitch`, which takes over the host's links; the host itself and
 * its workloads hang off it by virtual links. Hosts without workloads stay as they are, but for `servers`.
 *
 * @throws ConfigError with a workload's place in the list for an unknown host and a name that is taken.
 */
export function attachWorkloads(
  parts: FabricParts,
  workloads: readonly PlacedWorkload[],
  options: VirtualLinkOptions,
  servers: readonly string[] = [],
): FabricParts {
  const byHost = placed(parts, workloads)
  for (const host of servers) if (!byHost.has(host)) byHost.set(host, [])
  const uplinks = new Map<string, LinkBlueprint[]>([...byHost.keys()].map((host) => [host, []]))
  const links = parts.links.map((link) => {
    const moved = byHost.has(link.ends[0]) || byHost.has(link.ends[1]) ? movedLink(link, byHost) : link
    for (const end of link.ends) uplinks.get(end)?.push(moved)
    return moved
  })
  const nodes: NodeBlueprint[] = []
  for (const node of parts.nodes) {
    const own = byHost.get(node.name)
    if (node.kind !== 'host' || own === undefined) {
      nodes.push(node)
      continue
    }
    const rateBps = uplinks.get(node.name)!.reduce((sum, link) => sum + link.rateBps, 0)
    const vswitch = virtualSwitchOf(node.name)
    nodes.push({ kind: 'vswitch', name: vswitch, host: node.name, tier: VIRTUAL_SWITCH_TIER, ecmp: UPLINKS })
    const attach = (name: string, addresses: readonly string[], rate: number): HostBlueprint => {
      const link = virtualLink(name, vswitch, rate, options)
      links.push(link)
      return { kind: 'host', name, interfaces: [{ name: 'eth0', addresses, links: [link.name] }] }
    }
    const { interfaces, ...rest } = node
    const ownAddresses = interfaces.flatMap(({ addresses }) => addresses)
    nodes.push({ ...rest, ...attach(node.name, ownAddresses, rateBps) })
    for (const { name, addresses, rateBps: limit } of own)
      nodes.push(attach(name, addresses, limit ?? rateBps))
  }
  return sortedParts({ nodes, links })
}

/** The name of a host's virtual switch, where it has one. */
export const virtualSwitchOf = (host: string): string => `${host}/vswitch`

function placed(parts: FabricParts, workloads: readonly PlacedWorkload[]): Map<string, PlacedWorkload[]> {
  const hosts = new Set(parts.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : [])))
  const names = new Set(parts.nodes.map(({ name }) => name))
  const byHost = new Map<string, PlacedWorkload[]>()
  const issues: Issue[] = []
  workloads.forEach((workload, index) => {
    const { name, host } = workload
    if (!hosts.has(host))
      issues.push({ path: [index, 'host'], message: `no host "${host}"; expected the name of a host` })
    if (names.has(name)) issues.push({ path: [index, 'name'], message: `the name "${name}" is taken` })
    names.add(name)
    const others = byHost.get(host)
    if (others === undefined) byHost.set(host, [workload])
    else others.push(workload)
  })
  if (issues.length > 0) throw new ConfigError(issues)
  return byHost
}

/** The same link, from the virtual switches of its ends. */
function movedLink(link: LinkBlueprint, byHost: ReadonlyMap<string, unknown>): LinkBlueprint {
  const [a, b] = link.ends.map((end) => (byHost.has(end) ? virtualSwitchOf(end) : end)) as [string, string]
  const ordinal = Number(/#(\d+)$/.exec(link.name)?.[1] ?? 1)
  const name = linkName(a, b, ordinal)
  const isTurned = !name.startsWith(`${a}:`)
  const queues = isTurned ? ([link.queues[1], link.queues[0]] as const) : link.queues
  return { ...link, name, ends: isTurned ? [b, a] : [a, b], queues }
}

function virtualLink(
  workload: string,
  vswitch: string,
  rateBps: number,
  { delayPs, framing, queue }: VirtualLinkOptions,
): LinkBlueprint {
  return makeLink({ name: workload, isHost: true }, { name: vswitch, isHost: false }, 1, VIRTUAL_TIER, {
    rateBps,
    delayPs,
    framing,
    bitErrorRate: 0,
    cost: 1,
    queue,
    nicQueue: queue,
  })
}
