import {
  type Endpoint,
  type Network,
  type Output,
  type PacketHandle,
  type Policy,
  POLICY_ACCEPT,
  PolicyEngine,
} from '@weft/fabric'
import { clusterOf } from '../policy/cluster.ts'

/** What every policy of the cluster leaves to this one: the datagrams of the workload. */
const DATAGRAMS: Policy = {
  name: 'NetworkPolicy all/datagrams',
  tier: 'network',
  priority: 0,
  subject: { namespaces: { labels: [] }, labels: [] },
  ingress: [
    { name: 'ingress[0]', action: 'accept', ports: [{ kind: 'range', protocol: 'UDP', first: 9, last: 9 }] },
  ],
  egress: [
    { name: 'egress[0]', action: 'accept', ports: [{ kind: 'range', protocol: 'UDP', first: 9, last: 9 }] },
  ],
}

/** So many policies of a made-up cluster whose workloads are these hosts; all of them let the datagrams through. */
export function policiesOver(network: Network, hosts: readonly string[], policies: number): PolicyEngine {
  const set = clusterOf({ namespaces: 8, workloads: hosts.length, policies })
  const addressOf = (host: string) => network.addresses.textOf(network.addressOf(host, 'ipv4')!)
  const engine = new PolicyEngine(
    {
      ...set,
      workloads: set.workloads.map((workload, i) => ({ ...workload, addresses: [addressOf(hosts[i]!)] })),
      policies: [...set.policies, DATAGRAMS],
    },
    { addresses: network.addresses },
  )
  // compiled now, as part of what is set up, and not by the first packet
  engine.settled()
  return engine
}

/** A host's way into the network and out of it with a verdict on every packet: its sender's half there, its receiver's here. */
export class GuardedHost implements Output, Endpoint {
  denied = 0
  readonly place: number
  private readonly packets: Network['packets']
  private readonly engine: PolicyEngine
  private readonly output: Output
  /** What takes the packets that enter; set before any does. */
  endpoint!: Endpoint

  constructor({ packets }: Network, engine: PolicyEngine, output: Output) {
    this.place = output.place
    this.packets = packets
    this.engine = engine
    this.output = output
  }

  originate(packet: PacketHandle): void {
    const { engine } = this
    const { source, destination, protocol, destinationPort } = this.packets
    const decision = engine.egressVerdictOf(
      source[packet]!,
      destination[packet]!,
      protocol[packet]!,
      destinationPort[packet]!,
    )
    if (decision !== POLICY_ACCEPT) this.denied++
    this.output.originate(packet)
  }

  deliver(packet: PacketHandle): void {
    const { engine } = this
    const { source, destination, protocol, destinationPort } = this.packets
    const decision = engine.ingressVerdictOf(
      source[packet]!,
      destination[packet]!,
      protocol[packet]!,
      destinationPort[packet]!,
    )
    if (decision !== POLICY_ACCEPT) this.denied++
    this.endpoint.deliver(packet)
  }
}
