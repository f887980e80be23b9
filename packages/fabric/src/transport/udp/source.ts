import type { EventHandler } from '@weft/core'
import { hashTuple } from '../../model/five-tuple.ts'
import * as packetTable from '../../model/packet-table.ts'
import type { Output, TransportContext } from '../context.ts'
import type { FlowIndex } from '../flow-table.ts'
import * as flowTable from '../flow-table.ts'
import * as segments from '../tcp/segments.ts'
import type { Gaps } from './gaps.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { NOT_ECT, PROTOCOL_UDP } = packetTable
const { NO_FLOW } = flowTable
const { TTL } = segments

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
export class DatagramSource implements EventHandler {
  readonly name = 'datagram source'
  sent = 0
  private readonly context: TransportContext
  private readonly output: Output
  private readonly stream: DatagramStream
  private readonly gaps: Gaps
  /** The standing event of the next packet. */
  private readonly event: number
  private readonly dscp: number
  private readonly priority: number
  private readonly payloadBytes: number
  private source: number
  private tupleHash: number

  /** Schedules the first packet at once, which must not lie in the past. */
  constructor(context: TransportContext, output: Output, stream: DatagramStream, gaps: Gaps) {
    const { source, destination, sourcePort, destinationPort } = stream
    this.context = context
    this.output = output
    this.stream = stream
    this.gaps = gaps
    this.payloadBytes = stream.packetBytes - UDP_HEADER_BYTES - context.addresses.headerBytesOf(source)
    this.source = source
    this.tupleHash = hashTuple(source, destination, PROTOCOL_UDP, sourcePort, destinationPort)
    if (stream.flow !== NO_FLOW) {
      context.flows.sourcePort[stream.flow] = sourcePort
      context.flows.destinationPort[stream.flow] = destinationPort
    }
    this.dscp = stream.dscp ?? 0
    this.priority = stream.priority ?? 0
    const { sim } = context
    this.event = sim.queue.reserve(sim.register(this), 0, 0)
    this.scheduleAt(stream.firstPs)
  }

  /** Sends from another address of its host, of the same family, from now on. */
  sendFrom(source: number): void {
    const { flow, destination, sourcePort, destinationPort } = this.stream
    this.source = source
    this.tupleHash = hashTuple(source, destination, PROTOCOL_UDP, sourcePort, destinationPort)
    if (flow !== NO_FLOW) this.context.flows.source[flow] = source
  }

  onEvent(): void {
    const gaps = this.gaps
    gaps.next()
    this.scheduleAt(this.context.sim.now + gaps.gapPs)
    this.send()
  }

  private scheduleAt(timePs: number): void {
    if (timePs >= this.stream.stopPs) return
    const { queue } = this.context.sim
    queue.due = timePs
    queue.arm(this.event)
  }

  private send(): void {
    const { packets, flows, sim } = this.context
    const stream = this.stream
    const packet = packets.allocate()
    packets.source[packet] = this.source
    packets.destination[packet] = stream.destination
    packets.sourcePort[packet] = stream.sourcePort
    packets.destinationPort[packet] = stream.destinationPort
    packets.protocol[packet] = PROTOCOL_UDP
    packets.tupleHash[packet] = this.tupleHash
    packets.ttl[packet] = TTL
    packets.ecn[packet] = NOT_ECT
    packets.dscp[packet] = this.dscp
    packets.priority[packet] = this.priority
    packets.sizeBytes[packet] = stream.packetBytes
    packets.payloadBytes[packet] = this.payloadBytes
    packets.flow[packet] = stream.flow
    // what a real stream carries in its payload: when it left, and its number
    packets.timestampValue[packet] = sim.now
    packets.sequence[packet] = this.sent++
    if (stream.flow !== NO_FLOW) flows.packetsOriginated[stream.flow]!++
    this.output.originate(packet)
  }
}
