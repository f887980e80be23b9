import { ConfigError, type Issue } from '@weft/core'
import { INTERNET_TIER } from '../../edge/internet-tier.ts'
import type { EcmpBlueprint, LinkBlueprint, NetworkBlueprint, NodeBlueprint } from '../network.ts'
import { type FabricParts, type LinkOptions, makeHost, makeLink, sortedParts } from './parts.ts'

/** Everything beyond the gateways, as one switch. */
export const INTERNET = 'internet'
export const GATEWAY_TIER = 'gateway'

/** How a region meets the internet. */
export interface RegionInternet {
  readonly region: string
  /** How many gateways: 1 or more. */
  readonly gateways: number
  /** Switches of the region that each gateway has a link to. */
  readonly switches: readonly string[]
  readonly fabricLink: LinkOptions
  /** Between each gateway and the internet. */
  readonly internetLink: LinkOptions
}

/** A host beyond the gateways. */
export interface OutsideHost {
  /** `internet/...`. */
  readonly name: string
  readonly addresses: readonly string[]
}

export const gatewayNames = ({ region, gateways }: Pick<RegionInternet, 'region' | 'gateways'>): string[] =>
  Array.from({ length: gateways }, (_, index) => `${region}/gateway-${index}`)

/** Outside hosts are never what is short: their links carry all that regions can send, without delay. */
const UNLIMITED_PACKETS = 2 ** 24
const HASHED: EcmpBlueprint = { mode: 'five-tuple', weights: 'rate', flowletGapPs: 0 }

/**
 * Gives regions gateways, and puts the internet and hosts beyond them: a switch of the tier `internet`, which every gateway has
 * a link to.
 *
 * @throws ConfigError with a region's place in the list for an unknown switch, with a host's for a name that is taken.
 */
export function attachInternet(
  parts: FabricParts,
  regions: readonly RegionInternet[],
  outside: readonly OutsideHost[],
): FabricParts {
  refuseNonsense(parts, regions, outside)
  const nodes: NodeBlueprint[] = [...parts.nodes]
  const links: LinkBlueprint[] = [...parts.links]
  nodes.push({ kind: 'switch', name: INTERNET, tier: INTERNET_TIER, ecmp: HASHED })
  const internet = { name: INTERNET, isHost: false }
  for (const region of regions) {
    for (const name of gatewayNames(region)) {
      const gateway = { name, isHost: false }
      nodes.push({ kind: 'gateway', name, tier: GATEWAY_TIER, ecmp: HASHED })
      for (const other of region.switches)
        links.push(makeLink(gateway, { name: other, isHost: false }, 1, GATEWAY_TIER, region.fabricLink))
      links.push(makeLink(gateway, internet, 1, INTERNET_TIER, region.internetLink))
    }
  }
  const rateBps = regions.reduce(
    (sum, { gateways, internetLink }) => sum + gateways * internetLink.rateBps,
    0,
  )
  for (const host of outside) addOutside(host, rateBps, regions[0]!.internetLink, nodes, links)
  return sortedParts({ nodes, links })
}

/** A network that has an internet, with more hosts there, as far from it as those that it has. */
export function withOutside(network: NetworkBlueprint, hosts: readonly OutsideHost[]): NetworkBlueprint {
  const way = network.links.find(({ tier, ends }) => tier === INTERNET_TIER && ends.includes(INTERNET))
  if (way === undefined || hosts.length === 0) return network
  const nodes: NodeBlueprint[] = [...network.nodes]
  const links: LinkBlueprint[] = [...network.links]
  for (const host of hosts) addOutside(host, way.rateBps, way, nodes, links)
  return { ...network, ...sortedParts({ nodes, links }) }
}

function addOutside(
  { name, addresses }: OutsideHost,
  rateBps: number,
  like: Pick<LinkOptions, 'framing'>,
  nodes: NodeBlueprint[],
  links: LinkBlueprint[],
): void {
  const link = outsideLink(name, rateBps, like)
  const { interfaces, ...host } = makeHost(name, [link.name], false)
  nodes.push({ ...host, interfaces: [{ ...interfaces[0]!, addresses }] })
  links.push(link)
}

function outsideLink(
  host: string,
  rateBps: number,
  { framing }: Pick<LinkOptions, 'framing'>,
): LinkBlueprint {
  const queue = { capacity: { packets: UNLIMITED_PACKETS } }
  return makeLink({ name: host, isHost: true }, { name: INTERNET, isHost: false }, 1, INTERNET_TIER, {
    rateBps,
    delayPs: 0,
    framing,
    bitErrorRate: 0,
    cost: 1,
    queue,
    nicQueue: queue,
  })
}

function refuseNonsense(
  { nodes }: FabricParts,
  regions: readonly RegionInternet[],
  outside: readonly OutsideHost[],
): void {
  const issues: Issue[] = []
  const names = new Set(nodes.map(({ name }) => name))
  const switches = new Set(nodes.flatMap(({ kind, name }) => (kind === 'switch' ? [name] : [])))
  if (regions.length === 0)
    issues.push({ path: ['regions'], message: 'got no region, expected one at least' })
  regions.forEach(({ gateways, switches: attached, ...rest }, index) => {
    if (!(Number.isInteger(gateways) && gateways >= 1))
      issues.push({ path: ['regions', index, 'gateways'], message: `got ${gateways}, expected 1 or more` })
    else for (const name of gatewayNames({ ...rest, gateways })) taken(name, ['regions', index, 'region'])
    if (attached.length === 0)
      issues.push({ path: ['regions', index, 'switches'], message: 'got no switch, expected one at least' })
    for (const name of attached)
      if (!switches.has(name))
        issues.push({ path: ['regions', index, 'switches'], message: `no switch "${name}"` })
  })
  taken(INTERNET, ['regions'])
  outside.forEach(({ name }, index) => void taken(name, ['outside', index, 'name']))
  if (issues.length > 0) throw new ConfigError(issues)

  function taken(name: string, path: readonly (string | number)[]): void {
    if (names.has(name)) issues.push({ path, message: `the name "${name}" is taken` })
    names.add(name)
  }
}
