import { InvariantError, Simulation } from '@weft/core'
import type { Blueprint } from '../../blueprint/blueprint.ts'
import type { TcpOptions, TrafficBlueprint } from '../../blueprint/traffic.ts'
import { Network } from '../../build/network.ts'
import type { HashKey } from '../../model/five-tuple.ts'
import { connectionLimits } from '../../pools/connection-limits.ts'
import { addTrafficFlow, servicePort } from '../../traffic/traffic-flows.ts'
import { type StreamRequest, TrafficSources } from '../../traffic/traffic-sources.ts'
import { type FlowIndex, FlowTable } from '../../transport/flow-table.ts'
import { HostStack } from '../../transport/stack.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { createGaps } from '../../transport/udp/gaps.ts'
import { DatagramSink } from '../../transport/udp/sink.ts'
import { DatagramSource } from '../../transport/udp/source.ts'
import { Failures } from '../failures.ts'
import { randomFailures } from '../random-failures.ts'
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
  /** Resolved once per traffic; undefined for UDP. */
  private readonly tcpOptions: readonly (TcpOptions | undefined)[]
  /** What a traffic's datagrams came to, by index of the traffic; undefined where it has no streams. */
  readonly sinks: (DatagramSink | undefined)[] = []
  /** By node index; hosts that no traffic touches have none. */
  private readonly stacks: (HostStack | undefined)[] = []
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
    const random = randomFailures(blueprint.reliability ?? [], this.sim, options.arrivalsEndPs)
    this.failures = new Failures(this.clock, [...blueprint.events, ...random])
    this.tcpOptions = blueprint.traffic.map(({ transport }) =>
      transport.kind === 'tcp' ? resolveTcpOptions(transport.options) : undefined,
    )
    for (const [index, traffic] of blueprint.traffic.entries()) {
      this.startTraffic(traffic, index, options.arrivalsEndPs)
    }
  }

  private startTraffic(traffic: TrafficBlueprint, index: number, arrivalsEndPs: number): void {
    const { transport } = traffic
    new TrafficSources(traffic, this.network, arrivalsEndPs, {
      startFlow: (from, to, bytes) => {
        if (transport.kind !== 'tcp')
          throw new InvariantError(`traffic "${traffic.name}" sends flows over UDP`)
        this.startFlow(traffic, index, from, to, bytes)
      },
      startStream: (stream) => this.startStream(traffic, index, stream),
    })
  }

  private startFlow(traffic: TrafficBlueprint, index: number, from: string, to: string, bytes: number): void {
    const options = this.tcpOptions[index]!
    const flow = this.addFlow(traffic, index, from, to, bytes)
    const { tcp } = this.stackOf(to)
    const destinationPort = servicePort(traffic, index)
    if (!tcp.isListening(destinationPort)) tcp.listen(destinationPort, options)
    const [source, destination] = [this.flows.source[flow]!, this.flows.destination[flow]!]
    const { dscp, priority } = traffic
    this.stackOf(from).tcp.connect({
      flow,
      source,
      destination,
      destinationPort,
      options,
      bytes,
      dscp,
      priority,
    })
  }

  private startStream(
    traffic: TrafficBlueprint,
    index: number,
    { from, to, offered, stopPs, random }: StreamRequest,
  ): void {
    const flow = this.addFlow(traffic, index, from, to, Infinity)
    const { udp } = this.stackOf(to)
    const destinationPort = servicePort(traffic, index)
    if (!udp.isBound(destinationPort)) udp.bind(destinationPort, this.sinkOf(index))
    const sender = this.stackOf(from).udp
    const stream = {
      flow,
      source: this.flows.source[flow]!,
      destination: this.flows.destination[flow]!,
      // one stream of a traffic per sender, so that the pair tells streams apart
      sourcePort: servicePort(traffic, index),
      destinationPort,
      packetBytes: offered.packetBytes,
      firstPs: offered.startPs,
      stopPs,
      dscp: traffic.dscp,
      priority: traffic.priority,
    }
    const gaps = createGaps(offered.process, offered.packetBytes, offered.rateBps, random)
    new DatagramSource(sender.context, sender.output, stream, gaps)
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

  private addFlow(
    traffic: TrafficBlueprint,
    index: number,
    from: string,
    to: string,
    bytes: number,
  ): FlowIndex {
    return addTrafficFlow(this.network, this.flows, traffic, { traffic: index, from, to, bytes })
  }

  /** The transport layer of a host. */
  stackOf(host: string): HostStack {
    const node = this.network.topology.nodeIndex(host)
    let stack = this.stacks[node]
    if (stack === undefined) {
      const forwarder = this.clock.forwarders[node]!
      const { sim, packets, ledger, addresses } = this.network
      const context = { sim, packets, ledger, addresses, flows: this.flows }
      stack = new HostStack(host, context, forwarder, this.limits?.[node])
      forwarder.endpoint = stack
      this.stacks[node] = stack
    }
    return stack
  }
}
