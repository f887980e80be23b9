import type { Blueprint, HostBlueprint, LinkBlueprint, NodeBlueprint, TrafficBlueprint } from '@weft/fabric'
import { DEFAULTS } from '../compile/defaults.ts'
import { given } from './given.ts'
import type { ExchangeDemand, ExchangeLink, ExchangeNetwork, ExchangeNode } from './network.ts'
import type { Notes } from './notes.ts'

/** One region of a checked scenario as a network, named by the region; names are without it. What is lost is noted. */
export function networkOfBlueprint(
  { network, traffic }: Blueprint,
  region: string,
  notes: Notes,
): ExchangeNetwork {
  const isWithin = (name: string) => name.startsWith(`${region}/`)
  const local = (name: string) => name.slice(region.length + 1)
  const nodes = network.nodes.filter(({ name }) => isWithin(name))
  const links = network.links.filter(({ name }) => isWithin(name))
  const hosts = new Set(nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : [])))
  for (const node of nodes) noteNode(node, notes)
  for (const link of links) noteLink(link, notes)
  const others = network.nodes.length - nodes.length
  if (others > 0)
    notes.add(
      'region',
      { name: region },
      'not all of the scenario',
      `${others} nodes of other regions are left out`,
    )
  return {
    name: region,
    nodes: nodes.map((node) => nodeOf(node, local(node.name))),
    links: links.map((link) => linkOf(link, local, hosts)),
    demands: demandsOf(trafficWithin(traffic, region), local, notes),
  }
}

/** What has hosts of a region, which joins them to no other one. */
export const trafficWithin = (traffic: readonly TrafficBlueprint[], region: string): TrafficBlueprint[] =>
  traffic.filter(({ pairs }) => pairsHosts(pairs).some((name) => name.startsWith(`${region}/`)))

function nodeOf(node: NodeBlueprint, id: string): ExchangeNode {
  if (node.kind === 'host') return { id, kind: 'host', ...given({ bond: isBonded(node) ? true : undefined }) }
  return { id, kind: 'switch', ...given({ tier: node.tier === 'switch' ? undefined : node.tier }) }
}

const isBonded = ({ interfaces }: HostBlueprint) => interfaces.some(({ name }) => name === 'bond0')

function linkOf(
  link: LinkBlueprint,
  local: (name: string) => string,
  hosts: ReadonlySet<string>,
): ExchangeLink {
  const { ends, rateBps, delayPs, cost, weight, bitErrorRate, framing, tier } = link
  const usualTier = ends.some((end) => hosts.has(end)) ? 'host' : 'fabric'
  return {
    ends: [local(ends[0]), local(ends[1])],
    rateBps,
    ...given({
      delayPs: delayPs === DEFAULTS.delayPs ? undefined : delayPs,
      cost: cost === 1 ? undefined : cost,
      weight,
      bitErrorRate: bitErrorRate === 0 ? undefined : bitErrorRate,
      ...(framing !== 'ethernet' && framing),
      tier: tier === usualTier ? undefined : tier,
    }),
  }
}

const isDefault = (value: unknown, usual: unknown) => JSON.stringify(value) === JSON.stringify(usual)

function noteNode(node: NodeBlueprint, notes: Notes): void {
  if (node.kind === 'switch' && !isDefault(node.ecmp, DEFAULTS.ecmp))
    notes.add('switch', { name: node.name }, 'its own way to choose among paths (ecmp)', 'lost')
  if (node.kind === 'host' && node.connections !== undefined)
    notes.add('host', { name: node.name }, 'a limit on the connections that it accepts', 'lost')
}

function noteLink({ name, queues }: LinkBlueprint, notes: Notes): void {
  if (queues.some((queue) => !isDefault(queue, DEFAULTS.queue)))
    notes.add('link', { name }, 'queues that are not the usual ones', 'lost')
}

/** Who sends, and who receives where those are hosts. */
export function pairsHosts(pairs: TrafficBlueprint['pairs']): readonly string[] {
  if (pairs.kind === 'to-address' || pairs.kind === 'to-name') return pairs.from
  return pairs.kind === 'from-to' ? [...pairs.from, ...pairs.to] : pairs.hosts
}

/** Streams to one receiver are demands as they are. */
export const isDemand = ({ pairs, offered }: TrafficBlueprint): boolean =>
  offered.kind === 'stream' && pairs.kind === 'from-to' && pairs.to.length === 1

/** Of what is no demand a network's file can hold nothing. */
function demandsOf(
  traffic: readonly TrafficBlueprint[],
  local: (name: string) => string,
  notes: Notes,
): ExchangeDemand[] {
  return traffic.flatMap((each) => {
    if (isDemand(each)) return streamDemands(each, local, notes)
    const { name, offered } = each
    const profile = offered.kind === 'flows' && offered.profile !== undefined ? ', and its profile' : ''
    notes.add('traffic', { name }, 'not streams to one receiver, and so no demand', `left out${profile}`)
    return []
  })
}

/** Of traffic that `isDemand`; none of anything else. */
export function streamDemands(
  { name, pairs, offered }: TrafficBlueprint,
  local: (name: string) => string,
  notes: Notes,
): ExchangeDemand[] {
  if (offered.kind !== 'stream' || pairs.kind !== 'from-to') return []
  const { packetBytes, process, startPs, stopPs, rateBps } = offered
  if (!isDefault([process.kind, startPs, stopPs], ['constant', 0, undefined]))
    notes.add('traffic', { name }, 'spacing or times of its own', 'its mean rate alone is kept')
  const to = local(pairs.to[0]!)
  return pairs.from
    .filter((from) => local(from) !== to)
    .map((from, index) => ({
      name: pairs.from.length === 1 ? name : `${name}-${index + 1}`,
      from: local(from),
      to,
      rateBps,
      packetsPerSecond: rateBps / 8 / packetBytes,
    }))
}
