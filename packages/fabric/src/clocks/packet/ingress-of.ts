import type { IngressControllerBlueprint } from '../../ingress/controller/controller-blueprint.ts'
import { PacketIngress } from '../../ingress/controller/packet-ingress.ts'
import type { Network } from '../../build/network.ts'
import { endpointsFor, NO_SERVICE } from '../../load-balancer/service-ports.ts'
import { PROTOCOL_TCP } from '../../model/packet-table.ts'
import type { FlowTable } from '../../transport/flow-table.ts'
import type { HostStack } from '../../transport/stack.ts'

/** The ingress controllers of a network in a run of packets. */
export function ingressOf(
  controllers: readonly IngressControllerBlueprint[],
  network: Network,
  flows: FlowTable,
  stackOf: (host: string) => HostStack,
): PacketIngress {
  const { sim, packets, addresses, topology, interfaces } = network
  return new PacketIngress(controllers, {
    sim,
    packets,
    addresses,
    flows,
    stackOf,
    hostOf: (address) => network.hostOf(address),
    nodeOf: (host) => topology.nodeIndex(host),
    addressOf: (host, family) => network.addressOf(host, family),
    isServed: (host, address, port) => {
      if (interfaces === undefined) return true
      const { services } = interfaces
      // a workload's server is at the other end of its link
      const server = topology.nodes[topology.ports[topology.nodeIndex(host)]![0]!.neighbour]!
      const place = server.kind === 'vswitch' ? server.host : host
      const index = services.find(address, PROTOCOL_TCP, port, interfaces.clusterOf(place))
      return index === NO_SERVICE || endpointsFor(services.ports[index]!, place).without === undefined
    },
  })
}
