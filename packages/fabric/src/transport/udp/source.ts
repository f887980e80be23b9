import { Timer } from '@weft/core'
import { hashTuple } from '../../model/five-tuple.ts'
import { NOT_ECT, PROTOCOL_UDP } from '../../model/packet-table.ts'
import type { Output, TransportContext } from '../context.ts'
import { type FlowIndex, NO_FLOW } from '../flow-table.ts'
import { TTL } from '../tcp/segments.ts'
import type { Gaps } from './gaps.ts'

/** RFC 768 */
export const UDP_HEADER_BYTES = 8

export interface DatagramStream {
  readonly flow: FlowIndex
  /** Address ids. */
  readonly source: number
  readonly destination: number
  readonly sourcePort: number
  readonly destinationPort: number
  /** IP bytes, both headers included. */
  readonly packetBytes: number
  /** When the first packet leaves, and the instant from which none does. */
  readonly firstPs: number
  readonly stopPs: number
  readonly dscp?: number
  readonly priority?: number
}

/** Sends datagrams of one size whether they arrive or not. */
export class DatagramSource {
  sent = 0
  readonly #context: TransportContext
  readonly #output: Output
  readonly #stream: DatagramStream
  readonly #gaps: Gaps
  readonly #timer: Timer
  readonly #payloadBytes: number
  readonly #tupleHash: number

  /** Armed at once for the first packet, which must not lie in the past. */
  constructor(context: TransportContext, output: Output, stream: DatagramStream, gaps: Gaps) {
    const { source, destination, sourcePort, destinationPort } = stream
    this.#context = context
    this.#output = output
    this.#stream = stream
    this.#gaps = gaps
    this.#payloadBytes = stream.packetBytes - UDP_HEADER_BYTES - context.addresses.headerBytesOf(source)
    this.#tupleHash = hashTuple(source, destination, PROTOCOL_UDP, sourcePort, destinationPort)
    if (stream.flow !== NO_FLOW) {
      context.flows.sourcePort[stream.flow] = sourcePort
      context.flows.destinationPort[stream.flow] = destinationPort
    }
    this.#timer = new Timer(context.sim, this, 0)
    if (stream.firstPs < stream.stopPs) this.#timer.set(stream.firstPs)
    else this.#timer.release()
  }

  onTimer(): void {
    const gaps = this.#gaps
    const timer = this.#timer
    const { now } = this.#context.sim
    gaps.next()
    if (now + gaps.gapPs < this.#stream.stopPs) {
      timer.deadline = now + gaps.gapPs
      timer.arm()
    } else timer.release()
    this.#send()
  }

  #send(): void {
    const { packets, flows, sim } = this.#context
    const stream = this.#stream
    const packet = packets.allocate()
    packets.source[packet] = stream.source
    packets.destination[packet] = stream.destination
    packets.sourcePort[packet] = stream.sourcePort
    packets.destinationPort[packet] = stream.destinationPort
    packets.protocol[packet] = PROTOCOL_UDP
    packets.tupleHash[packet] = this.#tupleHash
    packets.ttl[packet] = TTL
    packets.ecn[packet] = NOT_ECT
    packets.dscp[packet] = stream.dscp ?? 0
    packets.priority[packet] = stream.priority ?? 0
    packets.sizeBytes[packet] = stream.packetBytes
    packets.payloadBytes[packet] = this.#payloadBytes
    packets.flow[packet] = stream.flow
    // what a real stream carries in its payload: when it left, and its number
    packets.timestampValue[packet] = sim.now
    packets.sequence[packet] = this.sent++
    if (stream.flow !== NO_FLOW) flows.packetsOriginated[stream.flow]!++
    this.#output.originate(packet)
  }
}
