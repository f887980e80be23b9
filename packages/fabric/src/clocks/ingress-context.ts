import type { Network } from '../build/network.ts'
import type { Connect } from '../ingress/controller/connect.ts'
import type { IngressContext } from '../ingress/controller/running-ingress.ts'
import { endpointsFor, NO_SERVICE } from '../load-balancer/service-ports.ts'
import { PROTOCOL_TCP } from '../model/packet-table.ts'
import type { FlowTable } from '../transport/flow-table.ts'

/** What ingress controllers need to know of a network, under any clock. */
export function ingressContext(
  network: Network,
  flows: FlowTable,
  connectFrom: (host: string) => Connect,
): IngressContext {
  const { sim, addresses, topology } = network
  return {
    sim,
    addresses,
    flows,
    connectFrom,
    hostOf: (address) => network.hostOf(address),
    nodeOf: (host) => topology.nodeIndex(host),
    addressOf: (host, family) => network.addressOf(host, family),
    isServed: (host, address, port) => isBackendServed(network, host, address, port),
  }
}

/** Whether anything answers connections from a host to this address and port, as its services have it now. */
export function isBackendServed(
  { topology, interfaces }: Network,
  host: string,
  address: number,
  port: number,
): boolean {
  if (interfaces === undefined) return true
  const { services } = interfaces
  // a workload's server is at the other end of its link
  const server = topology.nodes[topology.ports[topology.nodeIndex(host)]![0]!.neighbour]!
  const place = server.kind === 'vswitch' ? server.host : host
  const index = services.find(address, PROTOCOL_TCP, port, interfaces.clusterOf(place))
  return index === NO_SERVICE || endpointsFor(services.ports[index]!, place).without === undefined
}
