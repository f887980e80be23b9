import { MS } from '@weft/core'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { TrafficBlueprint } from '../../src/blueprint/traffic.ts'
import type { EdgePlace } from '../../src/edge/edge-blueprint.ts'
import { PROTOCOL_TCP } from '../../src/model/packet-table.ts'
import { regionOnline, VIP } from './region-online.ts'
import { ADDRESS, SERVICE_PORT, serviceOf } from './services.ts'
import { HOSTS, networkWith } from './workloads.ts'

/** Where clients are remembered: at hosts for their own workloads, at the server whose node port they call, or at a region's edge for clients outside. */
export const REMEMBERING = ['inside', 'node port', 'gateways', 'hosts'] as const

export type Remembering = 'inside' | 'node port' | EdgePlace

/** A service that remembers its clients, who call it, and the tables in which they are. */
export interface RememberingNetwork {
  readonly network: NetworkBlueprint
  readonly clients: readonly string[]
  readonly address: string
  readonly port: number
  readonly tables: readonly string[]
}

const OUTSIDE_COUNT = 20
const NODE_PORT = 30_080
/** What closed connections keep their entries for: next to nothing. */
const CONNTRACK = { timeoutsPs: { tcpTimeWait: 100 * MS, tcpSynSent: 100 * MS } }

export function remembering(where: Remembering, affinityPs: number, capacity: number): RememberingNetwork {
  if (where === 'inside') return ofHosts(affinityPs, capacity)
  return where === 'node port' ? ofServer(affinityPs, capacity) : ofRegion(where, affinityPs, capacity)
}

function ofHosts(affinityPs: number, capacity: number): RememberingNetwork {
  const clients = ['shop/web', 'shop/db', 'ops/probe']
  const network = networkWith([], (net) => ({
    services: [serviceOf(net, { 'shop/cart': 'ready', 'shop/pay': 'ready' }, { affinityPs })],
    conntrack: CONNTRACK,
    affinityOf: [{ hosts: HOSTS, capacity }],
  }))
  return { network, clients, address: ADDRESS, port: SERVICE_PORT, tables: HOSTS }
}

function ofServer(affinityPs: number, capacity: number): RememberingNetwork {
  const own = ofHosts(affinityPs, capacity)
  const { interfaces } = own.network
  const services = interfaces!.services!.map((service) => ({
    ...service,
    ports: service.ports.map((port) => ({ ...port, nodePort: NODE_PORT })),
  }))
  const [, , server] = HOSTS
  const node = own.network.nodes.find(({ name }) => name === server)
  const address = node?.kind === 'host' ? node.interfaces[0]!.addresses[0]! : ''
  const network = { ...own.network, interfaces: { ...interfaces!, services } }
  return { ...own, network, address, port: NODE_PORT, tables: [server!] }
}

function ofRegion(place: EdgePlace, affinityPs: number, capacity: number): RememberingNetwork {
  const addresses = Array.from({ length: OUTSIDE_COUNT }, (_, i) => `198.51.100.${i + 1}`)
  const network = regionOnline({ place, affinityCapacity: capacity, conntrack: CONNTRACK }, addresses)
  const edges = network.edges!.map((edge) => ({
    ...edge,
    services: edge.services.map((service) => ({
      ...service,
      affinityPs,
      ports: service.ports.map((port) => ({ ...port, protocol: PROTOCOL_TCP })),
    })),
  }))
  return {
    network: { ...network, edges },
    clients: addresses.map((address) => `internet/${address}`),
    address: VIP,
    port: 80,
    tables: place === 'gateways' ? ['ord1 gateways'] : ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0'],
  }
}

/** Connections from these clients to the service. */
export const callsOf = (
  { address, port }: RememberingNetwork,
  from: readonly string[],
  offered: TrafficBlueprint['offered'],
  name = 'calls',
): TrafficBlueprint => ({
  name,
  pairs: { kind: 'to-address', from, address },
  offered,
  transport: offered.kind === 'stream' ? { kind: 'udp' } : { kind: 'tcp', options: {} },
  dscp: 0,
  priority: 0,
  family: 'ipv4',
  port,
})
