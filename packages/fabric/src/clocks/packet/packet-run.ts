import { InvariantError, Simulation } from '@weft/core'
import type { Blueprint } from '../../blueprint/blueprint.ts'
import type { NetworkBlueprint } from '../../blueprint/network.ts'
import type { TcpOptions, TrafficBlueprint } from '../../blueprint/traffic.ts'
import type { MovedAddress } from '../../build/address-holders.ts'
import { Network } from '../../build/network.ts'
import type { PacketIngress } from '../../ingress/controller/packet-ingress.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import { NameEvents } from '../../names/name-events.ts'
import { NameLookups } from '../../names/name-lookups.ts'
import type { HashKey } from '../../model/five-tuple.ts'
import { connectionLimits } from '../../pools/connection-limits.ts'
import type { FlowExchange } from '../../traffic/flow-arrivals.ts'
import { goesToAddress } from '../../traffic/pairs.ts'
import { addTrafficFlow, type FlowStart, servicePort } from '../../traffic/traffic-flows.ts'
import { type StreamRequest, TrafficSources } from '../../traffic/traffic-sources.ts'
import { type FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { HostStack } from '../../transport/stack.ts'
import { OpenTimers, Requester } from '../../transport/tcp/request-response.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { createGaps } from '../../transport/udp/gaps.ts'
import { DatagramSink } from '../../transport/udp/sink.ts'
import { DatagramSource } from '../../transport/udp/source.ts'
import { Failures } from '../failures.ts'
import { LifeEvents } from '../life-events.ts'
import { randomFailures } from '../random-failures.ts'
import { TrafficServer } from './traffic-server.ts'
import { ingressOf } from './ingress-of.ts'
import { PacketClock } from './packet-clock.ts'
import type { PacketTrace } from './packet-trace.ts'

export interface PacketRunOptions {
  /** No traffic starts and nothing fails by itself from here on; what has started goes on, and repairs are made. */
  readonly arrivalsEndPs: number
  readonly hashKey?: HashKey
  /** Catch use after free of packets; slower. */
  readonly checked?: boolean
  /** Default: one made from the blueprint's seed. */
  readonly sim?: Simulation
  /** Writes down the story of packets. */
  readonly trace?: PacketTrace
}

/** A blueprint under the packet clock: network, transports, traffic and failures, ready for `sim.run(until)`. */
export class PacketRun {
  readonly blueprint: Blueprint
  readonly sim: Simulation
  readonly network: Network
  readonly clock: PacketClock
  readonly flows: FlowTable
  readonly failures: Failures
  readonly life: LifeEvents
  readonly nameEvents: NameEvents
  /** Undefined where no traffic goes to names. */
  readonly lookups: NameLookups | undefined
  /** Undefined where there are no ingress controllers. */
  readonly ingress: PacketIngress | undefined
  /** Resolved once per traffic; undefined for UDP. */
  private readonly tcpOptions: readonly (TcpOptions | undefined)[]
  /** What a traffic's datagrams came to, by index of the traffic; undefined where it has no streams. */
  readonly sinks: (DatagramSink | undefined)[] = []
  private readonly server: TrafficServer
  private readonly openTimers: OpenTimers
  /** Of streams, by flow. */
  private readonly sources = new Map<FlowIndex, DatagramSource>()
  /** By node index; hosts that no traffic touches have none. */
  private readonly stacks: (HostStack | undefined)[] = []
  /** What is sent to an address, or to a host, may be led to another one. */
  private readonly mayBeLed: boolean
  /** By node index; undefined where no host limits the connections that it accepts. */
  private readonly limits: ReturnType<typeof connectionLimits>

  constructor(blueprint: Blueprint, options: PacketRunOptions) {
    this.blueprint = blueprint
    this.sim = options.sim ?? new Simulation({ seed: blueprint.seed })
    const { hashKey, checked = false } = options
    this.network = new Network(blueprint.network, {
      sim: this.sim,
      checked,
      ...(hashKey === undefined ? {} : { hashKey }),
    })
    this.limits = connectionLimits(this.network)
    this.clock = new PacketClock(this.network, options.trace === undefined ? {} : { trace: options.trace })
    this.flows = new FlowTable(this.network.packets)
    this.network.ledger.addDropListener(this.flows)
    this.network.ledger.addAnswerListener(this.flows)
    const random = randomFailures(blueprint.reliability ?? [], this.sim, options.arrivalsEndPs)
    this.failures = new Failures(this.clock, [...blueprint.events, ...random])
    this.life = new LifeEvents(
      {
        network: this.network,
        onStopping: (node) => this.stacks[node]?.tcp.abortAll('workload-stopped'),
        onMoving: (moved) => this.loseAddress(moved),
      },
      blueprint.events,
    )
    this.nameEvents = new NameEvents({ network: this.network }, blueprint.events)
    this.lookups = NameLookups.of(this.network, this.flows, blueprint.traffic)
    this.tcpOptions = blueprint.traffic.map(({ transport }) =>
      transport.kind === 'tcp' ? resolveTcpOptions(transport.options) : undefined,
    )
    const { ingress } = blueprint
    this.ingress = ingress && ingressOf(ingress, this.network, this.flows, (host) => this.stackOf(host))
    const sinkOf = (index: number) => this.sinkOf(index)
    this.openTimers = new OpenTimers(this.sim)
    this.server = new TrafficServer(this.network, this.flows, this.tcpOptions, sinkOf, this.ingress)
    this.mayBeLed =
      blueprint.traffic.some(goesToAddress) || hasNodePorts(blueprint.network) || mayMove(this.network)
    if (this.mayBeLed || ingress !== undefined) this.openAllHosts()
    for (const [index, traffic] of blueprint.traffic.entries()) {
      this.startTraffic(traffic, index, options.arrivalsEndPs)
    }
  }

  private startTraffic(traffic: TrafficBlueprint, index: number, arrivalsEndPs: number): void {
    const { transport } = traffic
    new TrafficSources(traffic, this.network, arrivalsEndPs, {
      startFlow: (from, to, bytes, exchange) => {
        if (transport.kind !== 'tcp')
          throw new InvariantError(`traffic "${traffic.name}" sends flows over UDP`)
        this.startFlow(traffic, index, { from, to, bytes, exchange })
      },
      startStream: (stream) => this.startStream(traffic, index, stream),
    })
  }

  private startFlow(traffic: TrafficBlueprint, index: number, start: FlowStart): void {
    const { from, to } = start
    if (this.network.isStopped(from)) return
    const flow = this.addFlow(traffic, index, start)
    if (!goesToAddress(traffic)) this.stackOf(to)
    if (traffic.pairs.kind === 'to-name')
      this.lookups!.begin(flow, from, () => this.connect(traffic, index, flow, start))
    else this.connect(traffic, index, flow, start)
  }

  private connect(traffic: TrafficBlueprint, index: number, flow: FlowIndex, start: FlowStart): void {
    const { from, bytes, exchange } = start
    const options = this.tcpOptions[index]!
    const destinationPort = servicePort(traffic, index)
    const [source, destination] = [this.flows.source[flow]!, this.flows.destination[flow]!]
    const { dscp, priority, request } = traffic
    if (
      request !== undefined &&
      this.ingress!.start(request, { from, flow, destinationPort, options, dscp, priority })
    )
      return
    this.stackOf(from).tcp.connect({
      flow,
      source,
      destination,
      destinationPort,
      ...(traffic.sourcePort !== undefined && { sourcePort: traffic.sourcePort }),
      options,
      ...(exchange === undefined ? { bytes } : { application: this.requester(bytes, exchange) }),
      dscp,
      priority,
    })
  }

  private requester(bytes: number, { responseBytes, holdPs }: FlowExchange): Requester {
    return new Requester(bytes, responseBytes, holdPs, this.openTimers)
  }

  private startStream(
    traffic: TrafficBlueprint,
    index: number,
    { from, to, offered, stopPs, random }: StreamRequest,
  ): void {
    const flow = this.addFlow(traffic, index, { from, to, bytes: Infinity })
    const destinationPort = servicePort(traffic, index)
    if (goesToAddress(traffic)) this.sinkOf(index)
    else this.bind(to, destinationPort, index)
    const sender = this.stackOf(from).udp
    const stream = {
      flow,
      source: this.flows.source[flow]!,
      destination: this.flows.destination[flow]!,
      // one stream of a traffic per sender, so that the pair tells streams apart
      sourcePort: traffic.sourcePort ?? destinationPort,
      destinationPort,
      packetBytes: offered.packetBytes,
      firstPs: offered.startPs,
      stopPs,
      dscp: traffic.dscp,
      priority: traffic.priority,
    }
    const gaps = createGaps(offered.process, offered.packetBytes, offered.rateBps, random)
    this.sources.set(flow, new DatagramSource(sender.context, sender.output, stream, gaps))
  }

  /** Connections by an address that goes to another host end; streams go on from an address that their host still has. */
  private loseAddress({ address, from }: MovedAddress): void {
    this.stacks[from]?.tcp.abortAll('connection-reset', address)
    const other = this.network.substituteFor(address, from)
    for (const [flow, source] of this.sources) if (this.flows.source[flow] === address) source.sendFrom(other)
  }

  private bind(host: string, port: number, index: number): void {
    const { udp } = this.stackOf(host)
    if (udp.isBound(port)) return
    // where streams may meet at a port that they did not call, each packet says whose it is
    udp.bind(port, this.mayBeLed ? this.server.datagrams : this.sinkOf(index))
  }

  /** Nobody knows beforehand where what goes to an address will be led: hosts get a stack when something comes. */
  private openAllHosts(): void {
    const { topology, packets } = this.network
    const endpoint = {
      name: 'unopened host',
      deliver: (packet: PacketHandle) => {
        const host = this.network.hostOf(packets.destination[packet]!)!
        this.stackOf(topology.nodes[host]!.name).deliver(packet)
      },
    }
    for (const [node, forwarder] of this.clock.forwarders.entries())
      if (topology.isHost(node)) forwarder.endpoint = endpoint
  }

  /** What takes a traffic's datagrams at all its receivers, and measures them. */
  private sinkOf(index: number): DatagramSink {
    const { sim, network, flows } = this
    const { packets, ledger, addresses } = network
    const known = this.sinks[index]
    if (known !== undefined) return known
    const sink = new DatagramSink({ sim, packets, ledger, addresses, flows })
    this.sinks[index] = sink
    return sink
  }

  private addFlow(traffic: TrafficBlueprint, index: number, start: FlowStart): FlowIndex {
    return addTrafficFlow(this.network, this.flows, traffic, { traffic: index, ...start })
  }

  /** The transport layer of a host. */
  stackOf(host: string): HostStack {
    const node = this.network.topology.nodeIndex(host)
    let stack = this.stacks[node]
    if (stack === undefined) {
      const forwarder = this.clock.forwarders[node]!
      const { sim, packets, ledger, addresses } = this.network
      const context = { sim, packets, ledger, addresses, flows: this.flows }
      stack = new HostStack(host, context, forwarder, this.limits?.[node], this.server)
      forwarder.endpoint = stack
      this.stacks[node] = stack
    }
    return stack
  }
}

const hasNodePorts = ({ interfaces }: NetworkBlueprint): boolean =>
  interfaces?.services?.some(({ ports }) => ports.some(({ nodePort }) => nodePort !== undefined)) === true

/** Whether some address may go from one host to another. */
const mayMove = (network: Network): boolean =>
  network.topology.nodes.some((_, node) => network.wantedBy(node).length > 0)
