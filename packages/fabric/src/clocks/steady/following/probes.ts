import type { Network } from '../../../build/network.ts'
import { INTERNET_TIER } from '../../../edge/internet-tier.ts'
import { ANSWERING } from '../../../interfaces/mode.ts'
import type { Decision } from '../../../model/decision.ts'
import { hashTuple } from '../../../model/five-tuple.ts'
import { NOT_ECT, type PacketHandle, PROTOCOL_UDP } from '../../../model/packet-table.ts'
import { RUNS } from '../../../model/workload-state.ts'

export const INITIAL_TTL = 64

/** Asks nodes what they would do with a packet of what was let through, from one address to another. Leaves no trace. */
export class Probes {
  readonly #network: Network
  readonly #packet: PacketHandle
  /** By node; made when first asked for. */
  readonly #entries = new Map<number, number>()

  constructor(network: Network) {
    this.#network = network
    this.#packet = network.packets.allocate()
  }

  ask(node: number, ingress: number, source: number, destination: number): Decision {
    this.#write(source, destination)
    const { mode, nodes } = this.#network
    if (mode === undefined) return nodes[node]!.decide(this.#packet, ingress)
    const before = mode.packets
    mode.packets = ANSWERING
    const decision = nodes[node]!.decide(this.#packet, ingress)
    mode.packets = before
    return decision
  }

  /** A port by which what a node is to lead on comes in: a workload's that runs, else one that does not lead outside. */
  entryOf(node: number): number {
    const known = this.#entries.get(node)
    if (known !== undefined) return known
    const entry = this.#findEntry(node)
    this.#entries.set(node, entry)
    return entry
  }

  #findEntry(node: number): number {
    const { topology, workloadStates } = this.#network
    if (this.#network.decidesByRoutes(node)) return 0
    const ports = topology.ports[node]!
    const ofWorkload = ports.findIndex(
      ({ neighbour }) => topology.isHost(neighbour) && workloadStates[neighbour] === RUNS,
    )
    if (ofWorkload >= 0) return ofWorkload
    const isOutside = (neighbour: number) => {
      const other = topology.nodes[neighbour]!
      return other.kind === 'switch' && other.tier === INTERNET_TIER
    }
    return Math.max(
      0,
      ports.findIndex(({ neighbour }) => !isOutside(neighbour)),
    )
  }

  #write(source: number, destination: number): void {
    const { packets } = this.#network
    const packet = this.#packet
    packets.source[packet] = source
    packets.destination[packet] = destination
    packets.protocol[packet] = PROTOCOL_UDP
    packets.sourcePort[packet] = 0
    packets.destinationPort[packet] = 0
    packets.tupleHash[packet] = hashTuple(source, destination, PROTOCOL_UDP, 0, 0)
    packets.ttl[packet] = INITIAL_TTL
    packets.ecn[packet] = NOT_ECT
    packets.sizeBytes[packet] = 0
  }

  /** Gives the packet back; nothing can be asked from then on. */
  free(): void {
    this.#network.packets.free(this.#packet)
  }
}
