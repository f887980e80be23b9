import { hashTuple } from '../../model/five-tuple.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import * as tcpFlags from '../../model/tcp-flags.ts'
import type { Output, TransportContext } from '../context.ts'
import type { FlowIndex } from '../flow-table.ts'
import * as flowTable from '../flow-table.ts'
import type { Receiver } from './receiver.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ECT0, NOT_ECT, PROTOCOL_TCP } = packetTable
const { ACK, ECE, FIN, SYN } = tcpFlags
const { NO_FLOW } = flowTable

/** Initial TTL or hop limit, RFC 1700. */
export const TTL = 64
export const TCP_HEADER_BYTES = 20
/** Timestamps with their padding, RFC 7323 appendix A. */
export const TIMESTAMPS_BYTES = 12
const MSS_OPTION_BYTES = 4
const SACK_PERMITTED_BYTES = 4
const WINDOW_SCALE_BYTES = 4
/** SACK with its padding, before the first block. */
const SACK_BASE_BYTES = 4
const SACK_BLOCK_BYTES = 8
/** Blocks that fit into 40 bytes of options. */
const SACK_BLOCKS = 4
const SACK_BLOCKS_WITH_TIMESTAMPS = 3

/** One end's view of a connection's addresses. */
export interface TcpTuple {
  readonly localAddress: number
  readonly localPort: number
  readonly remoteAddress: number
  readonly remotePort: number
}

/** Options that a SYN carries, their bytes padded as Linux lays them out. */
export interface SynOptions {
  readonly flags: number
  readonly mssBytes: number
  readonly sack: boolean
  readonly timestamps: boolean
  readonly windowScaling: boolean
}

/** Bytes of a SYN's options. SACK-permitted hides in the padding of timestamps. */
export function synOptionsBytes(options: SynOptions): number {
  let bytes = MSS_OPTION_BYTES
  if (options.timestamps) bytes += TIMESTAMPS_BYTES
  else if (options.sack) bytes += SACK_PERMITTED_BYTES
  return options.windowScaling ? bytes + WINDOW_SCALE_BYTES : bytes
}

/** Writes one connection's segments, every column that a receiver reads, and hands them to the network. */
export class Segments {
  /** In: sequence number of the segment to write. A field, since a call would box it past 2^31. */
  sequence = 0
  timestamps = false
  readonly dscp: number
  readonly priority: number
  readonly flow: FlowIndex
  private readonly context: TransportContext
  private readonly output: Output
  private readonly tuple: TcpTuple
  private readonly tupleHash: number
  private readonly headerBytes: number
  private readonly receiver: Receiver

  constructor(
    context: TransportContext,
    output: Output,
    tuple: TcpTuple,
    labels: { readonly flow: FlowIndex; readonly dscp: number; readonly priority: number },
    receiver: Receiver,
  ) {
    const { localAddress, remoteAddress, localPort, remotePort } = tuple
    this.context = context
    this.output = output
    this.tuple = tuple
    this.tupleHash = hashTuple(localAddress, remoteAddress, PROTOCOL_TCP, localPort, remotePort)
    this.headerBytes = context.addresses.headerBytesOf(localAddress) + TCP_HEADER_BYTES
    this.receiver = receiver
    this.flow = labels.flow
    this.dscp = labels.dscp
    this.priority = labels.priority
  }

  /** A SYN or SYN-ACK. RFC 7323 §2.2: its window is not scaled. */
  syn(options: SynOptions): void {
    this.sequence = 0
    if ((options.flags & ACK) !== 0) this.receiver.acknowledged()
    const packet = this.write(options.flags, 0, NOT_ECT, synOptionsBytes(options))
    const { packets } = this.context
    packets.mssBytes[packet] = options.mssBytes
    packets.windowBytes[packet] = Math.min(packets.windowBytes[packet]!, 0xffff)
    this.output.originate(packet)
  }

  /** A segment with payload, or a bare FIN. `ect`: the network may mark it. */
  data(payloadBytes: number, flags: number, ect: boolean): void {
    const receiver = this.receiver
    if (receiver.echo) flags |= ECE
    receiver.acknowledged()
    const optionsBytes = this.timestamps ? TIMESTAMPS_BYTES : 0
    this.output.originate(this.write(flags | ACK, payloadBytes, ect ? ECT0 : NOT_ECT, optionsBytes))
  }

  /** A pure acknowledgement, with SACK blocks if there are any to tell. */
  acknowledgement(): void {
    const receiver = this.receiver
    const { reassembly } = receiver
    receiver.acknowledged()
    let optionsBytes = this.timestamps ? TIMESTAMPS_BYTES : 0
    let blocks = 0
    if (receiver.sack && reassembly.count > 0) {
      blocks = Math.min(reassembly.blocks, this.timestamps ? SACK_BLOCKS_WITH_TIMESTAMPS : SACK_BLOCKS)
      optionsBytes += SACK_BASE_BYTES + SACK_BLOCK_BYTES * blocks
    }
    const packet = this.write(receiver.echo ? ACK | ECE : ACK, 0, NOT_ECT, optionsBytes)
    if (blocks > 0) {
      const { packets } = this.context
      packets.sackCount[packet] = reassembly.writeBlocks(packets, packet, blocks)
    }
    this.output.originate(packet)
  }

  /** RST of a synchronized connection that gives up, RFC 9293 §3.10.5. */
  reset(flags: number): void {
    this.output.originate(this.write(flags, 0, NOT_ECT, 0))
  }

  private write(flags: number, payloadBytes: number, ecn: number, optionsBytes: number): PacketHandle {
    const { packets, flows, sim } = this.context
    const tuple = this.tuple
    const receiver = this.receiver
    const packet = packets.allocate()
    receiver.advertise()
    packets.source[packet] = tuple.localAddress
    packets.destination[packet] = tuple.remoteAddress
    packets.sourcePort[packet] = tuple.localPort
    packets.destinationPort[packet] = tuple.remotePort
    packets.protocol[packet] = PROTOCOL_TCP
    packets.tupleHash[packet] = this.tupleHash
    packets.ttl[packet] = TTL
    packets.ecn[packet] = ecn
    packets.dscp[packet] = this.dscp
    packets.priority[packet] = this.priority
    packets.sizeBytes[packet] = this.headerBytes + optionsBytes + payloadBytes
    packets.payloadBytes[packet] = payloadBytes
    packets.flow[packet] = this.flow
    packets.tcpFlags[packet] = flags
    packets.sequence[packet] = this.sequence
    packets.acknowledgement[packet] = (flags & ACK) !== 0 ? receiver.next : 0
    packets.windowBytes[packet] = receiver.windowBytes
    packets.timestampValue[packet] = sim.now
    packets.timestampEcho[packet] = receiver.timestampRecent
    packets.sackCount[packet] = 0
    if (this.flow !== NO_FLOW) flows.packetsOriginated[this.flow]!++
    return packet
  }
}

/** Sequence numbers that a segment takes up: its payload, SYN and FIN. */
export function sequenceLength(payloadBytes: number, flags: number): number {
  return payloadBytes + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)
}
