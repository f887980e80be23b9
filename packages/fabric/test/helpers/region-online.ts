import { US } from '@weft/core'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import { attachInternet, gatewayNames } from '../../src/blueprint/generators/internet.ts'
import { leafSpine } from '../../src/blueprint/generators/leaf-spine.ts'
import { leafSpineOptions } from '../../src/blueprint/generators/options.fixture.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import type { EdgeBlueprint, EdgePlace } from '../../src/edge/edge-blueprint.ts'
import { PROTOCOL_UDP } from '../../src/model/packet-table.ts'
import { networkOf, plainLink } from './networks.ts'

export const POOL = '203.0.113.1'
export const VIP = '203.0.113.80'
export const FLOATING = '203.0.113.99'
export const OUTSIDE = ['198.51.100.1', '198.51.100.2']
export const WORKLOADS = { 'shop/web': 0, 'shop/cart-0': 0, 'shop/cart-1': 2, 'games/lobby': 1 }

type Choices = Partial<EdgeBlueprint> & { readonly place: EdgePlace }

/** Two leaves and two gateways; a service of two workloads, and one workload with an address of its own. `clients`: addresses outside. */
export function regionOnline(
  { place, ...rest }: Choices,
  clients: readonly string[] = OUTSIDE,
): NetworkBlueprint {
  const { delayPs, framing, queue } = plainLink(10e9, US)
  const fabric = leafSpine(leafSpineOptions({ leaves: 2, spines: 2, hostsPerLeaf: 2 }))
  const hosts = fabric.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))
  const workloads = Object.entries(WORKLOADS).map(([name, host]) => ({
    name,
    host: hosts[host]!,
    addresses: [],
  }))
  const inside = networkOf(attachWorkloads(fabric, workloads, { delayPs, framing, queue }))
  const nodes = inside.nodes.map((node) => {
    if (node.kind !== 'host' || node.name !== 'games/lobby') return node
    const [nic] = node.interfaces
    return { ...node, interfaces: [{ ...nic!, addresses: [...nic!.addresses, FLOATING] }] }
  })
  const internet = {
    region: 'ord1',
    gateways: 2,
    switches: ['ord1/spine-0', 'ord1/spine-1'],
    fabricLink: plainLink(10e9, US),
    internetLink: plainLink(10e9, 1000 * US),
  }
  const outside = clients.map((address) => ({ name: `internet/${address}`, addresses: [address] }))
  const addressOf = (name: string) =>
    nodes.flatMap((node) => (node.kind === 'host' && node.name === name ? node.interfaces : []))[0]!
      .addresses[0]!
  const endpoint = (name: string) => ({
    name,
    node: hosts[WORKLOADS[name as keyof typeof WORKLOADS]]!,
    address: addressOf(name),
    port: 8080,
    ready: true,
    serving: true,
    terminating: false,
  })
  const edge: EdgeBlueprint = {
    region: 'ord1',
    gateways: gatewayNames(internet),
    place,
    nat: { pool: { addresses: [POOL] } },
    services: [
      {
        name: 'shop/cart',
        addresses: [VIP],
        ports: [
          {
            protocol: PROTOCOL_UDP,
            port: 80,
            endpoints: [endpoint('shop/cart-0'), endpoint('shop/cart-1')],
          },
        ],
        balancer: { kind: 'round-robin' },
        policy: 'cluster',
      },
    ],
    attached: [{ workload: 'games/lobby', address: FLOATING }],
    ...rest,
  }
  const parts = attachInternet({ nodes, links: inside.links }, [internet], outside)
  return { ...inside, ...parts, edges: [edge] }
}
