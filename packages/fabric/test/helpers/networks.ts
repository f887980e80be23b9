import type { NetworkBlueprint, RoutingBlueprint } from '../../src/blueprint/network.ts'
import { assignAddresses } from '../../src/blueprint/generators/addresses.ts'
import { parsePrefix, type Prefix } from '../../src/blueprint/generators/addresses.ts'
import { fatTree } from '../../src/blueprint/generators/fat-tree.ts'
import { leafSpine, type LeafSpineOptions } from '../../src/blueprint/generators/leaf-spine.ts'
import type { FabricParts, LinkOptions } from '../../src/blueprint/generators/parts.ts'
import { ecmp, leafSpineOptions, link } from '../../src/blueprint/generators/options.fixture.ts'

/** Routing that notices and reacts at once. */
export const INSTANT: RoutingBlueprint = { detectionPs: 0, convergencePs: 0 }

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.prefix
}

/** A network with an IPv4 and an IPv6 address for every host interface. */
export function networkOf(parts: FabricParts, routing: RoutingBlueprint = INSTANT): NetworkBlueprint {
  const addressed = assignAddresses(parts.nodes, [prefix('10.0.0.0/8'), prefix('fd00::/64')])
  if (!addressed.ok) throw new Error(addressed.message)
  return { nodes: addressed.nodes, links: parts.links, routing }
}

export function leafSpineNetwork(rest: Partial<LeafSpineOptions> = {}, routing = INSTANT): NetworkBlueprint {
  return networkOf(leafSpine(leafSpineOptions(rest)), routing)
}

/** Options of a plain link: no framing, no errors, a queue of this many packets at both ends. */
export function plainLink(rateBps: number, delayPs: number, queuePackets = 256): LinkOptions {
  const queue = { capacity: { packets: queuePackets } }
  return { rateBps, delayPs, framing: { overheadBytes: 0 }, bitErrorRate: 0, cost: 1, queue, nicQueue: queue }
}

/** A fat-tree of 16 hosts, its core's links four times as fast. */
export function smallFatTree(): NetworkBlueprint {
  const edge = link(10e9)
  return networkOf(
    fatTree({ region: 'r', k: 4, hostLink: edge, fabricLink: edge, coreLink: link(40e9), ecmp }),
  )
}

/** A leaf-spine with links of three rates, two between each leaf and spine, and shares by rate. */
export function mixedRates(): NetworkBlueprint {
  const weighted = { ...ecmp, weights: 'rate' as const }
  const blueprint = leafSpineNetwork({ leaves: 4, spines: 3, parallelLinks: 2, ecmp: weighted })
  const rates = [100e9, 400e9, 25e9]
  return { ...blueprint, links: blueprint.links.map((each, i) => ({ ...each, rateBps: rates[i % 3]! })) }
}

/** Whether no vswitch has to choose among uplinks. */
export function hasSingleUplinks({ nodes, links }: NetworkBlueprint): boolean {
  const hosts = new Set(nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : [])))
  return nodes.every(({ kind, name }) => {
    if (kind !== 'vswitch') return true
    const own = links.filter(({ ends }) => ends.includes(name))
    return own.filter(({ ends }) => ends.every((end) => !hosts.has(end))).length <= 1
  })
}
