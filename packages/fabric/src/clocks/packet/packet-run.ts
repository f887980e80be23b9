import { InvariantError, Simulation } from '@weft/core'
import type { Blueprint } from '../../blueprint/blueprint.ts'
import type { TcpOptions, TrafficBlueprint } from '../../blueprint/traffic.ts'
import { Network } from '../../build/network.ts'
import type { HashKey } from '../../model/five-tuple.ts'
import { TrafficSources } from '../../traffic/traffic-sources.ts'
import { FlowTable } from '../../transport/flow-table.ts'
import { HostStack } from '../../transport/stack.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import { Failures } from './failures.ts'
import { PacketClock } from './packet-clock.ts'
import type { PacketTrace } from './packet-trace.ts'

export interface PacketRunOptions {
  /** No traffic starts from here on; what has started goes on. */
  readonly arrivalsEndPs: number
  readonly hashKey?: HashKey
  /** Catch use after free of packets; slower. */
  readonly checked?: boolean
  /** Default: one made from the blueprint's seed. */
  readonly sim?: Simulation
  /** Writes down the story of packets. */
  readonly trace?: PacketTrace
}

/** Flows of traffic number n go to this port plus n. */
const SERVICE_PORT = 5001

/** A blueprint under the packet clock: network, transports, traffic and failures, ready for `sim.run(until)`. */
export class PacketRun {
  readonly blueprint: Blueprint
  readonly sim: Simulation
  readonly network: Network
  readonly clock: PacketClock
  readonly flows: FlowTable
  readonly failures: Failures
  /** By node index; hosts that no traffic touches have none. */
  readonly #stacks: (HostStack | undefined)[] = []

  constructor(blueprint: Blueprint, options: PacketRunOptions) {
    this.blueprint = blueprint
    this.sim = options.sim ?? new Simulation({ seed: blueprint.seed })
    const { hashKey, checked = false } = options
    this.network = new Network(blueprint.network, {
      sim: this.sim,
      checked,
      ...(hashKey === undefined ? {} : { hashKey }),
    })
    this.clock = new PacketClock(this.network, options.trace === undefined ? {} : { trace: options.trace })
    this.flows = new FlowTable(this.network.packets)
    this.network.ledger.addDropListener(this.flows)
    this.failures = new Failures(this.clock, blueprint.events)
    for (const [index, traffic] of blueprint.traffic.entries()) {
      this.#startTraffic(traffic, index, options.arrivalsEndPs)
    }
  }

  #startTraffic(traffic: TrafficBlueprint, index: number, arrivalsEndPs: number): void {
    const port = SERVICE_PORT + index
    const tcp = traffic.transport.kind === 'tcp' ? resolveTcpOptions(traffic.transport.options) : undefined
    new TrafficSources(traffic, this.network, arrivalsEndPs, {
      startFlow: (from, to, bytes) => this.#startFlow(traffic, index, port, tcp, from, to, bytes),
    })
  }

  #startFlow(
    traffic: TrafficBlueprint,
    index: number,
    port: number,
    options: TcpOptions | undefined,
    from: string,
    to: string,
    bytes: number,
  ): void {
    if (options === undefined) throw new InvariantError(`traffic "${traffic.name}" sends flows over UDP`)
    const source = this.#addressOf(from, traffic.family)
    const destination = this.#addressOf(to, traffic.family)
    const receiver = this.stackOf(to)
    if (!receiver.tcp.isListening(port)) receiver.tcp.listen(port, options)
    const flow = this.flows.add({ traffic: index, source, destination, bytes, startPs: this.sim.now })
    const { dscp, priority } = traffic
    this.stackOf(from).tcp.connect({ flow, source, destination, destinationPort: port, options, bytes, dscp, priority })
  }

  /** The transport layer of a host. */
  stackOf(host: string): HostStack {
    const node = this.network.topology.nodeIndex(host)
    let stack = this.#stacks[node]
    if (stack === undefined) {
      const forwarder = this.clock.forwarders[node]!
      const { sim, packets, ledger, addresses } = this.network
      stack = new HostStack(host, { sim, packets, ledger, addresses, flows: this.flows }, forwarder)
      forwarder.endpoint = stack
      this.#stacks[node] = stack
    }
    return stack
  }

  #addressOf(host: string, family: 'ipv4' | 'ipv6'): number {
    const address = this.network.addressOf(host, family)
    if (address === undefined) throw new InvariantError(`${host} has no ${family} address`)
    return address
  }
}
