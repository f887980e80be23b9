import { InvariantError } from '@weft/core'
import type { Network } from '../../build/network.ts'
import { ANSWERING, HOLDING, type Turn } from '../../interfaces/mode.ts'
import * as decision from '../../model/decision.ts'
import { type PacketHandle, type PacketTable, PROTOCOL_TCP } from '../../model/packet-table.ts'
import { type FiveTuple, probePacket } from '../../model/probe-packet.ts'
import type { OneOfGroup } from '../../model/selector.ts'
import { RST } from '../../model/tcp-flags.ts'
import { type Death, NO_CROSSING, type Path } from './path.ts'
import { StandIns } from './stand-ins.ts'

const { DELIVER, LOCAL_INGRESS, ONE_OF } = decision

/**
 * Finds the way of a flow by the very decisions that its packets would meet: one probe, no time. Where a node leaves
 * the choice to chance (spraying, flowlets), the flow is spread over all members by weight.
 */
export class PathProbe {
  /** Of the last probe that was delivered: what it had become on the way. */
  #arrived: Turn = { source: 0, sourcePort: 0, destination: 0, destinationPort: 0 }
  /** The first node that gave the last probe another destination. */
  #ledAt: number | undefined
  #sentTo = 0
  /** Of the flows that this found the way of. */
  readonly #standIns: StandIns
  readonly #network: Network
  /** Direction of a node's port: `#direction[#base[node] + port]`. */
  readonly #base: Int32Array
  readonly #direction: Int32Array
  readonly #neighbour: Int32Array
  readonly #ingress: Int32Array

  constructor(network: Network) {
    const { ports, linkNodes, linkPorts } = network.topology
    this.#network = network
    this.#standIns = new StandIns((address) => network.edges?.owns(address) === true)
    this.#base = new Int32Array(ports.length)
    let count = 0
    ports.forEach((adjacencies, node) => {
      this.#base[node] = count
      count += adjacencies.length
    })
    this.#direction = new Int32Array(count)
    this.#neighbour = new Int32Array(count)
    this.#ingress = new Int32Array(count)
    ports.forEach((adjacencies, node) => {
      adjacencies.forEach(({ link, neighbour, neighbourPort }, port) => {
        const end = linkNodes[link]![0] === node && linkPorts[link]![0] === port ? 0 : 1
        const at = this.#base[node]! + port
        this.#direction[at] = 2 * link + end
        this.#neighbour[at] = neighbour
        this.#ingress[at] = neighbourPort
      })
    })
  }

  /** Where the last probe was delivered that was: what its destination had become on the way. */
  get arrivedAt(): number {
    return this.#arrived.destination
  }

  get arrivedPort(): number {
    return this.#arrived.destinationPort
  }

  /**
   * Writes the way into `path`; `path.died` tells where a part of it ends early. The probe stands for the first packet of a
   * connection, which meets rules and choices as packets do and is entered in tables (see the mode's `holds`), or for others
   * of one that was let through.
   */
  find(tuple: FiveTuple, sizeBytes: number, path: Path, isFirst: boolean): void {
    const { mode } = this.#network
    if (isFirst) {
      mode?.holds.clear()
      this.#network.probe(() => this.#find(tuple, sizeBytes, path), HOLDING)
      if (path.died === undefined)
        this.#standIns.note(tuple, this.#arrived, this.#isLedAtOnce(tuple), (address) =>
          this.#network.hostOf(address),
        )
      return
    }
    const stage = this.#standIns.between(tuple)
    if (mode !== undefined) mode.turn = stage?.turn
    this.#network.probe(() => this.#find(stage?.first ?? tuple, sizeBytes, path), ANSWERING)
    if (mode !== undefined) mode.turn = undefined
  }

  /** Whether the last probe was given another destination by the very node that its sender hangs off. */
  #isLedAtOnce({ source }: FiveTuple): boolean {
    const host = this.#network.hostOf(source)
    if (host === undefined || this.#ledAt === undefined) return false
    return this.#network.topology.ports[host]![0]?.neighbour === this.#ledAt
  }

  #find(tuple: FiveTuple, sizeBytes: number, path: Path): void {
    const node = this.#network.hostOf(tuple.source)
    if (node === undefined) throw new InvariantError(`no host has address ${tuple.source}`)
    path.clear()
    this.#ledAt = undefined
    this.#sentTo = tuple.destination
    const packet = probePacket(this.#network.packets, tuple, sizeBytes)
    this.#follow(packet, node, LOCAL_INGRESS, NO_CROSSING, 1, path)
  }

  /** Follows a share of the probe to its end, and frees its packet. */
  #follow(
    packet: PacketHandle,
    node: number,
    ingress: number,
    crossing: number,
    share: number,
    path: Path,
  ): void {
    const { nodes, packets } = this.#network
    for (;;) {
      const component = nodes[node]!
      let egress = component.decide(packet, ingress)
      if (this.#ledAt === undefined && packets.destination[packet] !== this.#sentTo) this.#ledAt = node
      if (egress >= ONE_OF && egress < DELIVER) {
        const group = component.groups[egress - ONE_OF]!
        const choice = component.selector.preview(group, packet)
        if (choice === undefined) {
          this.#spread(group, packet, node, crossing, share, path)
          break
        }
        egress = choice
      }
      if (egress < 0 || egress >= ONE_OF) {
        if (egress < 0) path.deaths.push({ ...this.#deathOf(egress, packet, node), crossing, share })
        else this.#arrive(packet, crossing, share, path)
        break
      }
      const at = this.#base[node]! + egress
      crossing = path.cross(this.#direction[at]!, share, crossing)
      node = this.#neighbour[at]!
      ingress = this.#ingress[at]!
    }
    packets.free(packet)
  }

  #spread(
    group: OneOfGroup,
    packet: PacketHandle,
    node: number,
    before: number,
    share: number,
    path: Path,
  ): void {
    group.members.forEach((port, index) => {
      const part = (share * group.weightOf(index)) / group.weightSum
      const at = this.#base[node]! + port
      const crossing = path.cross(this.#direction[at]!, part, before)
      const copy = this.#network.packets.copy(packet)
      this.#follow(copy, this.#neighbour[at]!, this.#ingress[at]!, crossing, part, path)
    })
  }

  #arrive(packet: PacketHandle, crossing: number, share: number, path: Path): void {
    const { source, sourcePort, destination, destinationPort } = this.#network.packets
    this.#arrived = {
      source: source[packet]!,
      sourcePort: sourcePort[packet]!,
      destination: destination[packet]!,
      destinationPort: destinationPort[packet]!,
    }
    if (crossing !== NO_CROSSING) path.delivered[crossing] = share
  }

  /** The way of what tells the sender that the probe of this path was refused; empty where nothing does. */
  findAnswer({ died }: Path, sizeBytes: number, answer: Path): void {
    answer.clear()
    if (died?.answer === undefined) return
    const { node, answer: tuple } = died
    this.#network.probe(() => {
      const { packets } = this.#network
      const packet = probePacket(packets, tuple, sizeBytes)
      if (tuple.protocol === PROTOCOL_TCP) packets.tcpFlags[packet] = RST
      this.#follow(packet, node, LOCAL_INGRESS, NO_CROSSING, 1, answer)
    }, ANSWERING)
  }

  #deathOf(drop: number, packet: PacketHandle, node: number): Pick<Death, 'reason' | 'node' | 'answer'> {
    const reason = this.#network.ledger.reasonName(decision.reasonOf(drop))
    const isTold = decision.refusalOf(drop) !== decision.UNTOLD
    return { reason, node, ...(isTold && { answer: answerTo(this.#network.packets, packet) }) }
  }
}

function answerTo(packets: PacketTable, packet: PacketHandle): FiveTuple {
  return {
    source: packets.destination[packet]!,
    destination: packets.source[packet]!,
    protocol: packets.protocol[packet]!,
    sourcePort: packets.destinationPort[packet]!,
    destinationPort: packets.sourcePort[packet]!,
  }
}
