import { INTERNET_TIER } from '../edge/internet-tier.ts'
import { VIRTUAL_TIER } from './generators/workloads.ts'
import type { LinkBlueprint, NetworkBlueprint, NodeBlueprint } from './network.ts'

/** What of a network is a machine, or a cable, that fails by itself. */
export interface FallibleParts {
  isSwitch(node: NodeBlueprint): boolean
  isServer(node: NodeBlueprint): boolean
  isLink(link: LinkBlueprint): boolean
}

/**
 * Switches and gateways; servers, with what runs on them; links between these. The internet is none of ours, and neither is what
 * is in a server by itself: its virtual switch, its workloads, their links.
 */
export function fallibleParts({ nodes, links }: Pick<NetworkBlueprint, 'nodes' | 'links'>): FallibleParts {
  const outside = new Set(
    nodes.flatMap((node) => (node.kind === 'switch' && node.tier === INTERNET_TIER ? [node.name] : [])),
  )
  const servers = new Set(nodes.flatMap((node) => (node.kind === 'vswitch' ? [node.host] : [])))
  const hosts = new Set(nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : [])))
  const isVirtual = ({ tier }: LinkBlueprint) => tier === VIRTUAL_TIER
  const guests = new Set(
    links.flatMap((link) =>
      isVirtual(link) || link.ends.some((end) => outside.has(end))
        ? link.ends.filter((end) => hosts.has(end) && !servers.has(end))
        : [],
    ),
  )
  return {
    isSwitch: (node) => (node.kind === 'switch' || node.kind === 'gateway') && !outside.has(node.name),
    isServer: (node) => node.kind === 'host' && !guests.has(node.name),
    isLink: (link) => !isVirtual(link) && !link.ends.some((end) => guests.has(end)),
  }
}
