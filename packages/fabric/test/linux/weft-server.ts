import { graph } from '../../src/blueprint/generators/graph.ts'
import { ecmp } from '../../src/blueprint/generators/options.fixture.ts'
import { attachWorkloads } from '../../src/blueprint/generators/workloads.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import { Network } from '../../src/build/network.ts'
import { NodeRefusals } from '../../src/clocks/packet/node-refusals.ts'
import { NO_KEY } from '../../src/state-table/tuple-index.ts'
import { zoneWord } from '../../src/conntrack/tuple-words.ts'
import type { InterfacesBlueprint } from '../../src/interfaces/interfaces-blueprint.ts'
import {
  DELIVER,
  LOCAL_INGRESS,
  ONE_OF,
  PORT_UNREACHABLE,
  reasonOf,
  refusalOf,
  UNTOLD,
} from '../../src/model/decision.ts'
import { hashTuple } from '../../src/model/five-tuple.ts'
import { readIcmpError, writeIcmpError } from '../../src/model/icmp-error.ts'
import { NO_PACKET, type PacketHandle } from '../../src/model/packet-table.ts'
import { OPTION_SACK_PERMITTED } from '../../src/model/tcp-flags.ts'
import type { PolicyRule } from '../../src/policy/policy-blueprint.ts'
import { refusalOfPacket } from '../../src/transport/refusal.ts'
import { plainLink, INSTANT } from '../helpers/networks.ts'
import { ICMP, TCP, UDP } from './ip-packets.ts'
import {
  addressOf,
  type AllowedPeer,
  externalAddress,
  FAR,
  type Link,
  nodePort,
  REMOTES,
  SERVER,
  serviceAddress,
  SERVICE_PORT,
  type Sender,
  type ServerPlan,
  STRANGER,
  TARGET,
  type WorkloadName,
  WORKLOADS,
} from './server-rules.ts'
import type { WirePacket } from './server-packets.ts'
import type { EntryView } from './weft-firewall.ts'

const ELSEWHERE = { far: FAR, remote: REMOTES[0], other: REMOTES[1], stranger: STRANGER }
const SYN = 2

/** What came out of the server for one packet, and by what reason it ended if it did. */
export interface ServerOutcome {
  readonly out: readonly { readonly link: Link; readonly packet: WirePacket }[]
  readonly reason: string | undefined
}

/** A server's virtual switch with two workloads, and its own stack, where nothing listens. */
export class WeftServer {
  readonly network: Network
  readonly #vswitch: number
  readonly #refusals: NodeRefusals
  /** Port of the switch by who is there. */
  readonly #ports: Readonly<Record<Link | 'server', number>>

  constructor(plan: ServerPlan) {
    this.network = new Network(blueprintOf(plan), { checked: true })
    this.network.goLive()
    this.#refusals = new NodeRefusals(this.network)
    const { topology } = this.network
    this.#vswitch = topology.nodeIndex('r/server/vswitch')
    const portOf = (name: string) =>
      topology.ports[this.#vswitch]!.findIndex(({ neighbour }) => topology.nodes[neighbour]!.name === name)
    this.#ports = {
      a: portOf('shop/a'),
      b: portOf('shop/b'),
      up: portOf('r/leaf'),
      server: portOf('r/server'),
    }
  }

  send(link: Sender, packet: WirePacket): ServerOutcome {
    const row = this.#rowOf(packet)
    return link === 'self' ? this.#originate(row) : this.#pass(row, this.#ports[link])
  }

  /** By the server's own stack. */
  #originate(row: PacketHandle): ServerOutcome {
    const { nodes, topology } = this.network
    const decision = nodes[topology.nodeIndex('r/server')]!.decide(row, LOCAL_INGRESS)
    return decision === DELIVER ? this.#deliver(row) : this.#pass(row, this.#ports.server)
  }

  /** The entry that a packet which came in by this link is of, where the switch looks for it first. */
  entryOf(
    link: Sender,
    { source, destination, protocol, sourcePort, destinationPort }: WirePacket,
  ): EntryView | null {
    if (protocol === ICMP) return null
    const { interfaces, topology, addresses } = this.network
    const [conntrack] = [...interfaces!.conntracks.values()]
    const at = Object.entries(WORKLOADS).find(([, address]) => address === destination)?.[0]
    const isOwn = link === 'self' || (link === 'up' && at === undefined)
    const zone = isOwn ? 'r/server' : `shop/${link === 'up' ? at : link}`
    const key = conntrack!.entries.table.find(
      addresses.find(source)!,
      addresses.find(destination)!,
      (sourcePort << 16) | destinationPort,
      zoneWord(protocol, topology.nodeIndex(zone)),
    )
    if (key === NO_KEY) return null
    const { state, isAnswered, isAssured, expiryPs } = conntrack!.describe(key >> 1)
    return { state: protocol === TCP ? state : null, isAnswered, isAssured, timeoutS: expiryPs / 1e12 }
  }

  #pass(row: PacketHandle, ingress: number): ServerOutcome {
    const { nodes, packets, ledger } = this.network
    const node = nodes[this.#vswitch]!
    let decision = node.decide(row, ingress)
    if (decision >= ONE_OF && decision < DELIVER)
      decision = node.selector.select(node.groups[decision - ONE_OF]!, row)
    if (decision < 0) {
      const refusal = refusalOf(decision)
      const answer = refusal === UNTOLD ? NO_PACKET : this.#refusals.answerTo(row, refusal, this.#vswitch)
      packets.free(row)
      const out = answer === NO_PACKET ? [] : this.#pass(answer, LOCAL_INGRESS).out
      return { out, reason: ledger.reasonName(reasonOf(decision)) }
    }
    if (decision === this.#ports.server) return this.#deliver(row)
    const link = (['a', 'b', 'up'] as const).find((each) => this.#ports[each] === decision)!
    const packet = this.#wireOf(row)
    packets.free(row)
    return { out: [{ link, packet }], reason: undefined }
  }

  /** Nothing listens at the server. */
  #deliver(row: PacketHandle): ServerOutcome {
    const answer = refusalOfPacket(this.network, row, PORT_UNREACHABLE)
    this.network.packets.free(row)
    return answer === NO_PACKET ? { out: [], reason: 'closed' } : this.#originate(answer)
  }

  #rowOf(wire: WirePacket): PacketHandle {
    const { packets, addresses } = this.network
    const packet = packets.allocate()
    const [source, destination] = [addresses.find(wire.source)!, addresses.find(wire.destination)!]
    const { protocol, sourcePort, destinationPort, flags } = wire
    packets.source[packet] = source
    packets.destination[packet] = destination
    packets.protocol[packet] = protocol
    packets.sourcePort[packet] = sourcePort
    packets.destinationPort[packet] = destinationPort
    packets.tupleHash[packet] = hashTuple(source, destination, protocol, sourcePort, destinationPort)
    packets.ttl[packet] = 64
    packets.flow[packet] = -1
    packets.sizeBytes[packet] = 100
    packets.sackCount[packet] = 0
    packets.tcpFlags[packet] = flags | ((flags & SYN) !== 0 ? OPTION_SACK_PERMITTED : 0)
    packets.sequence[packet] = wire.sequence
    packets.acknowledgement[packet] = wire.acknowledgement
    packets.windowBytes[packet] = 65_535
    packets.payloadBytes[packet] = wire.payloadBytes
    if (wire.error !== undefined) {
      const { type, code, about } = wire.error
      const ids = { source: addresses.find(about.source)!, destination: addresses.find(about.destination)! }
      writeIcmpError(packets, packet, { ...about, ...ids, type, code })
    }
    return packet
  }

  #wireOf(packet: PacketHandle): WirePacket {
    const { packets, addresses } = this.network
    const textOf = (id: number) => addresses.textOf(id)
    const protocol = packets.protocol[packet]!
    const isTcp = protocol === TCP
    const ends = {
      source: textOf(packets.source[packet]!),
      destination: textOf(packets.destination[packet]!),
      protocol,
      sourcePort: packets.sourcePort[packet]!,
      destinationPort: packets.destinationPort[packet]!,
      flags: isTcp ? packets.tcpFlags[packet]! & 0xff : 0,
      sequence: isTcp ? packets.sequence[packet]! >>> 0 : 0,
      acknowledgement: isTcp ? packets.acknowledgement[packet]! >>> 0 : 0,
      payloadBytes: protocol === ICMP ? 0 : packets.payloadBytes[packet]!,
    }
    if (protocol !== ICMP) return ends
    const { type, code, ...about } = readIcmpError(packets, packet)
    const quoted = { ...ends, ...about, source: textOf(about.source), destination: textOf(about.destination) }
    return { ...ends, error: { type, code, about: quoted } }
  }
}

function blueprintOf(plan: ServerPlan): NetworkBlueprint {
  const link = plainLink(10e9, 0)
  const hosts = ['server', ...Object.keys(ELSEWHERE)]
  const parts = attachWorkloads(
    graph({
      region: 'r',
      switches: [{ name: 'leaf', tier: 'any', ecmp }],
      hosts: hosts.map((name) => ({ name, bond: false })),
      links: hosts.map((host) => ({ between: [host, 'leaf'] as const, options: link })),
    }),
    (['a', 'b'] as const).map((name) => ({
      name: `shop/${name}`,
      host: 'r/server',
      addresses: [WORKLOADS[name]],
    })),
    { delayPs: 0, framing: { overheadBytes: 0 }, queue: { capacity: { packets: 9 } } },
  )
  const addresses = new Map<string, string>([
    ['r/server', SERVER],
    ...Object.entries(ELSEWHERE).map(([name, address]) => [`r/${name}`, address] as const),
  ])
  const nodes = parts.nodes.map((node) => {
    const address = addresses.get(node.name)
    if (node.kind !== 'host' || address === undefined) return node
    return { ...node, interfaces: node.interfaces.map((nic) => ({ ...nic, addresses: [address] })) }
  })
  return { nodes, links: parts.links, routing: INSTANT, interfaces: interfacesOf(plan) }
}

function interfacesOf({ services, rules, whenDenied }: ServerPlan): InterfacesBlueprint {
  const names = Object.keys(WORKLOADS) as WorkloadName[]
  return {
    whenDenied,
    policies: {
      namespaces: [{ name: 'shop', labels: {} }],
      nodes: [{ name: 'r/server', labels: {}, addresses: [SERVER] }],
      workloads: names.map((name) => ({
        name: `shop/${name}`,
        namespace: 'shop',
        labels: { app: name },
        ports: [],
        addresses: [WORKLOADS[name]],
        node: 'r/server',
        hostNetwork: false,
      })),
      policies: names.flatMap((name) => {
        const { egress, ingress } = rules[name]
        if (egress === undefined && ingress === undefined) return []
        return {
          name: `NetworkPolicy shop/${name}`,
          tier: 'network' as const,
          priority: 0,
          subject: {
            namespaces: { name: 'shop' },
            labels: [{ key: 'app', operator: 'In' as const, values: [name] }],
          },
          ...(egress !== undefined && { egress: egress.map(ruleOf) }),
          ...(ingress !== undefined && { ingress: ingress.map(ruleOf) }),
        }
      }),
    },
    services: services.map(({ endpoint, isLocal }, index) => ({
      name: `shop/service-${index}`,
      addresses: [serviceAddress(index), externalAddress(index)],
      externalAddresses: [externalAddress(index)],
      balancer: { kind: 'rendezvous' as const },
      policy: 'cluster' as const,
      ...(isLocal && { externalPolicy: 'local' as const }),
      ports: [TCP, UDP].map((protocol) => ({
        protocol,
        port: SERVICE_PORT,
        nodePort: nodePort(index),
        endpoints:
          endpoint === 'none'
            ? []
            : [
                {
                  name: endpoint,
                  node: endpoint === 'far' ? 'r/far' : 'r/server',
                  address: addressOf(endpoint),
                  port: TARGET,
                  ready: true,
                  serving: true,
                  terminating: false,
                },
              ],
      })),
    })),
  }
}

const ruleOf = ({ peer, port }: AllowedPeer, index: number): PolicyRule => ({
  name: `rule[${index}]`,
  action: 'accept',
  ...(peer !== undefined && { peers: [{ kind: 'addresses' as const, cidr: `${peer}/32`, except: [] }] }),
  ports: (['TCP', 'UDP'] as const).map((protocol) => ({ kind: 'range', protocol, first: port, last: port })),
})
