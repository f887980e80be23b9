import type { LinkBlueprint, QueueBlueprint } from '../../blueprint/network.ts'
import type { Network } from '../../build/network.ts'
import { BitErrors } from '../../components/link/bit-errors.ts'
import { Transmitter } from '../../components/link/transmitter.ts'
import type { TransmitterConfig } from '../../components/link/transmitter-config.ts'
import { TransmitterTable } from '../../components/link/transmitter-table.ts'
import { framingBytes } from '../../model/framing.ts'
import type { FailureTarget } from '../failures.ts'
import { Forwarder } from './forwarder.ts'
import { ForwardingEngine } from './forwarding-engine.ts'
import { NodeRefusals } from './node-refusals.ts'
import type { PacketTrace } from './packet-trace.ts'
import { TracingEngine, TracingTransmitterTable } from './tracing-engine.ts'

export interface PacketClockOptions {
  /** Writes down the story of packets; without one, nothing is looked at. */
  readonly trace?: PacketTrace
}

/** The packet clock's view of a network: a forwarder for every node, two transmitters for every link. */
export class PacketClock implements FailureTarget {
  readonly network: Network
  /** By node index. */
  readonly forwarders: readonly Forwarder[]
  /** By link index: the transmitter at `ends[0]`, then the one at `ends[1]`. */
  readonly transmitters: readonly (readonly [Transmitter, Transmitter])[]

  constructor(network: Network, { trace }: PacketClockOptions = {}) {
    this.network = network
    const { topology, sim, packets, ledger, nodes } = network
    network.goLive()
    const ports = topology.ports.map((adjacencies) => adjacencies.length)
    trace?.attach(network)
    const traced = trace !== undefined
    const refusals = new NodeRefusals(network)
    const engine = traced
      ? new TracingEngine(nodes, ports, ledger, refusals, trace)
      : new ForwardingEngine(nodes, ports, ledger, refusals)
    this.forwarders = network.nodes.map((_, node) => new Forwarder(engine, node))
    const table = traced
      ? new TracingTransmitterTable(sim, packets, ledger, engine, trace)
      : new TransmitterTable(sim, packets, ledger, engine)
    this.transmitters = topology.links.map((link, index) => {
      const pair: [Transmitter, Transmitter] = [
        this.transmitter(table, link, index, 0),
        this.transmitter(table, link, index, 1),
      ]
      pair.forEach(({ row }, end) => {
        engine.connect(topology.linkNodes[index]![end]!, topology.linkPorts[index]![end]!, table, row)
      })
      return pair
    })
  }

  setLinkUsable(link: number, usable: boolean): void {
    for (const transmitter of this.transmitters[link]!) transmitter.setUp(usable)
  }

  setNodeUp(node: number, up: boolean): void {
    this.forwarders[node]!.setUp(up)
  }

  /** Packets meet the new tables by themselves. */
  onRoutesInstalled(): void {}

  private transmitter(table: TransmitterTable, link: LinkBlueprint, index: number, end: 0 | 1): Transmitter {
    const { topology, sim } = this.network
    const far = end === 0 ? 1 : 0
    const name = topology.directionName(index, end)
    const loss =
      link.bitErrorRate > 0 ? new BitErrors(link.bitErrorRate, sim.random(`${name}/bit-errors`)) : undefined
    const config = {
      ...transmitterConfig(link, link.queues[end]),
      name,
      ...(loss === undefined ? {} : { loss }),
    }
    return new Transmitter(config, table, topology.linkNodes[index]![far]!, topology.linkPorts[index]![far]!)
  }
}

function transmitterConfig(
  link: LinkBlueprint,
  queue: QueueBlueprint,
): Omit<TransmitterConfig, 'name' | 'loss'> {
  const threshold = queue.ecn?.threshold ?? { packets: Infinity }
  return {
    rateBps: link.rateBps,
    delayPs: link.delayPs,
    ...framingBytes(link.framing),
    capacityPackets: 'packets' in queue.capacity ? queue.capacity.packets : Infinity,
    capacityBytes: 'bytes' in queue.capacity ? queue.capacity.bytes : Infinity,
    ecnPackets: 'packets' in threshold ? threshold.packets : Infinity,
    ecnBytes: 'bytes' in threshold ? threshold.bytes : Infinity,
    markAtDequeue: queue.ecn?.markAt === 'dequeue',
  }
}
