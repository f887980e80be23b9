import type { Network } from '../../build/network.ts'
import type { IngressControllerBlueprint } from '../../ingress/controller/controller-blueprint.ts'
import { PacketIngress } from '../../ingress/controller/packet-ingress.ts'
import type { FlowTable } from '../../transport/flow-table.ts'
import type { HostStack } from '../../transport/stack.ts'
import { ingressContext } from '../ingress-context.ts'

/** The ingress controllers of a network in a run of packets. */
export function ingressOf(
  controllers: readonly IngressControllerBlueprint[],
  network: Network,
  flows: FlowTable,
  stackOf: (host: string) => HostStack,
): PacketIngress {
  const connectFrom = (host: string) => {
    const { tcp } = stackOf(host)
    return (request: Parameters<typeof tcp.connect>[0]) => tcp.connect(request)
  }
  const { packets } = network
  return new PacketIngress(controllers, { ...ingressContext(network, flows, connectFrom), packets })
}
