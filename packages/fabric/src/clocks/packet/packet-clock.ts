import type { LinkBlueprint, QueueBlueprint } from '../../blueprint/network.ts'
import type { Network } from '../../build/network.ts'
import { BitErrors } from '../../components/link/bit-errors.ts'
import { Transmitter, type TransmitterConfig } from '../../components/link/transmitter.ts'
import { framingBytes } from '../../model/framing.ts'
import { TransmitterTable } from '../../components/link/transmitter-table.ts'
import { Forwarder } from './forwarder.ts'

/** The packet clock's view of a network: a forwarder for every node, two transmitters for every link. */
export class PacketClock {
  readonly network: Network
  /** By node index. */
  readonly forwarders: readonly Forwarder[]
  /** By link index: the transmitter at `ends[0]`, then the one at `ends[1]`. */
  readonly transmitters: readonly (readonly [Transmitter, Transmitter])[]

  constructor(network: Network) {
    this.network = network
    const { topology, ledger } = network
    this.forwarders = network.nodes.map((node) => new Forwarder(node, ledger))
    const table = new TransmitterTable(network.sim, network.packets, ledger)
    this.transmitters = topology.links.map((link, index) => {
      const pair: [Transmitter, Transmitter] = [this.#transmitter(table, link, index, 0), this.#transmitter(table, link, index, 1)]
      pair.forEach((transmitter, end) => {
        const node = topology.linkNodes[index]![end]!
        this.forwarders[node]!.egress[topology.linkPorts[index]![end]!] = transmitter
      })
      return pair
    })
  }

  #transmitter(table: TransmitterTable, link: LinkBlueprint, index: number, end: 0 | 1): Transmitter {
    const { topology, sim } = this.network
    const far = end === 0 ? 1 : 0
    const name = topology.directionName(index, end)
    const loss = link.bitErrorRate > 0 ? new BitErrors(link.bitErrorRate, sim.random(`${name}/bit-errors`)) : undefined
    const receiver = this.forwarders[topology.linkNodes[index]![far]!]!
    const config = { ...transmitterConfig(link, link.queues[end]), name, ...(loss === undefined ? {} : { loss }) }
    return new Transmitter(config, table, receiver, topology.linkPorts[index]![far]!)
  }
}

function transmitterConfig(link: LinkBlueprint, queue: QueueBlueprint): Omit<TransmitterConfig, 'name' | 'loss'> {
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
