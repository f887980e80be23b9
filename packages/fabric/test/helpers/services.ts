import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { ServiceBlueprint } from '../../src/load-balancer/service-blueprint.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../src/model/packet-table.ts'
import { HOSTS, NAMES, PLACES } from './workloads.ts'

export const ADDRESS = '10.96.0.10'
export const SERVICE_PORT = 80
export const TARGET = 8080

export type EndpointState = 'ready' | 'starting' | 'draining'

/** The service `shop/cart` with these of the test workloads for endpoints, over TCP and UDP. */
export function serviceOf(
  { nodes }: NetworkBlueprint,
  states: Readonly<Record<string, EndpointState>>,
  rest: Partial<ServiceBlueprint> = {},
): ServiceBlueprint {
  const addressOf = (name: string) =>
    nodes.flatMap((node) =>
      node.kind === 'host' && node.name === name ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
    )[0]!
  const endpoints = Object.entries(states).map(([name, state]) => ({
    name,
    // a server is an endpoint as a workload on its network is
    node: HOSTS[PLACES[NAMES.indexOf(name)]!] ?? name,
    address: addressOf(name),
    port: TARGET,
    ready: state === 'ready',
    serving: state !== 'starting',
    terminating: state === 'draining',
  }))
  return {
    name: 'shop/cart',
    addresses: [ADDRESS],
    ports: [PROTOCOL_TCP, PROTOCOL_UDP].map((protocol) => ({ protocol, port: SERVICE_PORT, endpoints })),
    balancer: { kind: 'round-robin' },
    policy: 'cluster',
    ...rest,
  }
}
