import { INTERNET_TIER } from '../edge/internet-tier.ts'
import { fallibleParts } from './fallible-parts.ts'
import { linkName, sortedParts } from './generators/parts.ts'
import { VIRTUAL_TIER } from './generators/workloads.ts'
import type { HostBlueprint, LinkBlueprint, NetworkBlueprint } from './network.ts'

/** A network as it was before anything ran on it: servers in place of their virtual switches, and nothing beyond the gateways. */
export function bareFabric(network: NetworkBlueprint): NetworkBlueprint {
  const { isServer, isSwitch } = fallibleParts(network)
  const hostOf = new Map(
    network.nodes.flatMap((node) => (node.kind === 'vswitch' ? [[node.name, node.host] as const] : [])),
  )
  const kept = new Set(network.nodes.flatMap((node) => (isServer(node) || isSwitch(node) ? [node.name] : [])))
  const links = network.links.flatMap((link) => {
    if (link.tier === VIRTUAL_TIER || link.tier === INTERNET_TIER) return []
    const ends = link.ends.map((end) => hostOf.get(end) ?? end) as [string, string]
    return ends.every((end) => kept.has(end)) ? [renamed(link, ends)] : []
  })
  const linksOf = new Map<string, string[]>()
  for (const { name, ends } of links)
    for (const end of ends) linksOf.set(end, [...(linksOf.get(end) ?? []), name])
  const servers = new Set(hostOf.values())
  const nodes = network.nodes.flatMap((node) => {
    if (!kept.has(node.name)) return []
    return [
      node.kind === 'host' && servers.has(node.name) ? withLinks(node, linksOf.get(node.name) ?? []) : node,
    ]
  })
  const { interfaces: _, edges: __, ...rest } = network
  return { ...rest, ...sortedParts({ nodes, links }) }
}

/** Links of several NICs are a bond's: that is what a virtual switch makes of them. */
function withLinks(node: HostBlueprint, links: readonly string[]): HostBlueprint {
  const [first] = node.interfaces
  return { ...node, interfaces: [{ ...first!, name: links.length > 1 ? 'bond0' : 'eth0', links }] }
}

function renamed(link: LinkBlueprint, ends: readonly [string, string]): LinkBlueprint {
  if (ends[0] === link.ends[0] && ends[1] === link.ends[1]) return link
  const ordinal = Number(/#(\d+)$/.exec(link.name)?.[1] ?? 1)
  const name = linkName(ends[0], ends[1], ordinal)
  const isTurned = !name.startsWith(`${ends[0]}:`)
  const queues = isTurned ? ([link.queues[1], link.queues[0]] as const) : link.queues
  return { ...link, name, ends: isTurned ? [ends[1], ends[0]] : ends, queues }
}
