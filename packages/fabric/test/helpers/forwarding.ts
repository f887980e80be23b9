import type { Network } from '../../src/build/network.ts'
import { LOCAL_INGRESS, ONE_OF, reasonOf } from '../../src/model/decision.ts'
import type { Shares } from '../routing.oracle.ts'

/** What a node does with a packet for (or, at a host, from) an address: shares by link name, or the drop's reason. */
export function forwardingOf(network: Network, node: string, address: string): Shares | string {
  const { packets, topology, ledger } = network
  const index = topology.nodeIndex(node)
  const component = network.nodes[index]!
  const isHost = topology.isHost(index)
  const id = network.addresses.find(address)!
  const packet = packets.allocate()
  packets.source[packet] = isHost ? id : 0
  // for a host any address but its own does
  packets.destination[packet] = isHost ? network.addresses.size : id
  packets.ttl[packet] = 64
  // a vswitch forwards what its workloads send
  const fromHost = topology.ports[index]!.findIndex(({ neighbour }) => topology.isHost(neighbour))
  const decision = component.decide(packet, isHost ? LOCAL_INGRESS : Math.max(fromHost, 0))
  packets.free(packet)
  if (decision < 0) return ledger.reasonName(reasonOf(decision))
  const nameOf = (port: number) => topology.links[topology.ports[index]![port]!.link]!.name
  if (decision < ONE_OF) return { [nameOf(decision)]: 1 }
  const group = component.groups[decision - ONE_OF]!
  return Object.fromEntries(
    Array.from(group.members, (port, i) => [nameOf(port), group.weightOf(i) / group.weightSum]),
  )
}

/** Every node's forwarding to every address of the network. */
export function forwardingTables(network: Network): Record<string, Shares | string> {
  const tables: Record<string, Shares | string> = {}
  for (const node of network.topology.nodes) {
    const addresses =
      node.kind === 'host' ? node.interfaces.flatMap((nic) => nic.addresses) : allAddresses(network)
    for (const address of addresses)
      tables[`${node.name} ${address}`] = forwardingOf(network, node.name, address)
  }
  return tables
}

export function allAddresses(network: Network): string[] {
  return Array.from({ length: network.addresses.size }, (_, id) => network.addresses.textOf(id))
}
