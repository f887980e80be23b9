import { isIcmp } from '../model/icmp-error.ts'
import type { AnswerListener, DropListener } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'

/** Row of a flow. */
export type FlowIndex = number

/** A packet or connection that belongs to no flow. */
export const NO_FLOW: FlowIndex = -1

/** Nobody has taken the flow yet. */
export const NO_ENDPOINT = -1

/** An instant that has not come. */
export const NEVER = -1

export interface FlowDescription {
  /** Index of the traffic blueprint that it comes from. */
  readonly traffic: number
  /** Address ids. */
  readonly source: number
  readonly destination: number
  readonly bytes: number
  /** Of these, what the receiver answers with; default 0. */
  readonly responseBytes?: number
  /** How long its connection stays open at least after it was opened; default 0. */
  readonly holdPs?: number
  readonly startPs: number
}

/** Told when a flow ends, once per flow. */
export interface FlowListener {
  onFlowEnd(flow: FlowIndex): void
}

const ROWS_MIN = 64

/**
 * The books of all flows, a column per quantity, a row per flow. Columns are replaced when the table grows:
 * read them from the table each time. Nothing forwards or demultiplexes by it.
 */
export class FlowTable implements DropListener, AnswerListener {
  traffic!: Int32Array
  source!: Int32Array
  destination!: Int32Array
  /** The address and port that took it, which differ from the destination behind a service; NO_ENDPOINT until then. */
  endpoint!: Int32Array
  endpointPort!: Uint16Array
  sourcePort!: Uint16Array
  destinationPort!: Uint16Array
  /** Payload to carry, there and back; Infinity for a stream, which ends with its time and not with its bytes. */
  bytes!: Float64Array
  /** Of these, what comes back. */
  responseBytes!: Float64Array
  /** How long the connection stays open at least after it was opened. */
  holdPs!: Float64Array
  startPs!: Float64Array
  /** The sender may send data; NEVER until then. */
  establishedPs!: Float64Array
  /** The last payload byte arrived in order at the receiver, or with an answer at the sender; NEVER until then. */
  completedPs!: Float64Array
  /** Payload that arrived in order. */
  bytesDelivered!: Float64Array
  /** Data segments sent again, for whatever cause. */
  retransmissions!: Int32Array
  /** Retransmission timeouts, of SYNs too. */
  timeouts!: Int32Array
  /** Packets of both directions, without ICMP errors about them; originated - delivered - dropped are in flight. */
  packetsOriginated!: Float64Array
  packetsDelivered!: Float64Array
  packetsDropped!: Float64Array
  /** ICMP errors that told the sender of packets that a rule or a closed port refused; answers - refusals - answersDropped are in flight. */
  answers!: Float64Array
  answersDropped!: Float64Array
  /** Of these, what came back to the sender. */
  refusals!: Float64Array
  /** Number of the ledger's reason + 1, 0 for none; see `lossOf`. */
  private loss!: Int32Array
  /** 1 of connections that serve other flows. */
  private leg!: Uint8Array
  /** Number of the reason, 0 while the flow has not failed; see `failureOf`. */
  private failure!: Uint8Array

  size = 0
  completed = 0
  failed = 0
  /** Rows that are streams: they neither complete nor fail. */
  streams = 0
  /** Rows that are connections of other flows: they count for nothing by themselves. */
  legs = 0
  listener: FlowListener | undefined = undefined
  private readonly packets: PacketTable
  private readonly failures = ['']
  private capacity = 0

  constructor(packets: PacketTable) {
    this.packets = packets
    this.resize(ROWS_MIN)
  }

  add(flow: FlowDescription): FlowIndex {
    if (this.size === this.capacity) this.resize(this.capacity * 2)
    const row = this.size++
    if (flow.bytes === Infinity) this.streams++
    this.traffic[row] = flow.traffic
    this.source[row] = flow.source
    this.destination[row] = flow.destination
    this.endpoint[row] = NO_ENDPOINT
    this.bytes[row] = flow.bytes
    this.responseBytes[row] = flow.responseBytes ?? 0
    this.holdPs[row] = flow.holdPs ?? 0
    this.startPs[row] = flow.startPs
    this.establishedPs[row] = NEVER
    this.completedPs[row] = NEVER
    return row
  }

  /** Enters a connection that somebody opens to serve a flow. What becomes of it is not told here. */
  addLeg(flow: FlowDescription): FlowIndex {
    const row = this.add(flow)
    this.leg[row] = 1
    this.legs++
    return row
  }

  isLeg(flow: FlowIndex): boolean {
    return this.leg[flow] === 1
  }

  /** What the sender sends of its payload. */
  requestBytes(flow: FlowIndex): number {
    return this.bytes[flow]! - this.responseBytes[flow]!
  }

  /** The address that took the flow, or is to take it. */
  receiverOf(flow: FlowIndex): number {
    return this.endpoint[flow] === NO_ENDPOINT ? this.destination[flow]! : this.endpoint[flow]!
  }

  /** The port of that address. */
  portOf(flow: FlowIndex): number {
    return this.endpoint[flow] === NO_ENDPOINT ? this.destinationPort[flow]! : this.endpointPort[flow]!
  }

  /** This address and port take the flow. */
  takenBy(flow: FlowIndex, address: number, port: number): void {
    if (flow === NO_FLOW) return
    this.endpoint[flow] = address
    this.endpointPort[flow] = port
  }

  /** Flows that have started and neither completed nor failed. */
  get active(): number {
    return this.size - this.streams - this.legs - this.completed - this.failed
  }

  /** Why a flow failed (`syn-timeout`, `connection-refused` ...); undefined if it did not. */
  failureOf(flow: FlowIndex): string | undefined {
    return this.failures[this.failure[flow]!] || undefined
  }

  /** Ends a flow for good. A flow that has completed stays completed. */
  fail(flow: FlowIndex, reason: string): void {
    if (flow === NO_FLOW || this.completedPs[flow] !== NEVER || this.failure[flow] !== 0) return
    let number = this.failures.indexOf(reason)
    if (number < 0) number = this.failures.push(reason) - 1
    this.failure[flow] = number
    this.failed++
    this.listener?.onFlowEnd(flow)
  }

  /** Ends a flow well. */
  complete(flow: FlowIndex, nowPs: number): void {
    this.completedPs[flow] = nowPs
    this.completed++
    this.listener?.onFlowEnd(flow)
  }

  /** Books a drop anywhere in the network under the packet's flow. */
  onDrop(packet: PacketHandle, reason: number): void {
    const flow = this.packets.flow[packet]!
    if (flow === NO_FLOW) return
    if (isIcmp(this.packets.protocol[packet]!)) {
      this.answersDropped[flow]!++
      return
    }
    this.packetsDropped[flow]!++
    this.noteLoss(flow, reason)
  }

  /** A packet of a flow was lost, for this reason of the ledger's: what keeps it from its connection, while it has none. */
  noteLoss(flow: FlowIndex, reason: number): void {
    this.loss[flow] = reason + 1
  }

  /** The ledger's reason for the last loss of a flow that goes on trying to connect; undefined of others, and where nothing was lost. */
  lossOf(flow: FlowIndex): number | undefined {
    const isTrying = this.establishedPs[flow] === NEVER && this.failure[flow] === 0
    return isTrying && this.loss[flow] !== 0 ? this.loss[flow]! - 1 : undefined
  }

  /** Books the answer to a refused packet under that packet's flow: RST is one of its packets, an ICMP error is not. */
  onAnswer(packet: PacketHandle): void {
    const flow = this.packets.flow[packet]!
    if (flow === NO_FLOW) return
    const answered = isIcmp(this.packets.protocol[packet]!) ? this.answers : this.packetsOriginated
    answered[flow]!++
  }

  private resize(capacity: number): void {
    const ints = (from: Int32Array | undefined) => copied(from, new Int32Array(capacity))
    const ports = (from: Uint16Array | undefined) => copied(from, new Uint16Array(capacity))
    const doubles = (from: Float64Array | undefined) => copied(from, new Float64Array(capacity))
    this.traffic = ints(this.traffic)
    this.source = ints(this.source)
    this.destination = ints(this.destination)
    this.endpoint = ints(this.endpoint)
    this.endpointPort = ports(this.endpointPort)
    this.sourcePort = ports(this.sourcePort)
    this.destinationPort = ports(this.destinationPort)
    this.bytes = doubles(this.bytes)
    this.responseBytes = doubles(this.responseBytes)
    this.holdPs = doubles(this.holdPs)
    this.startPs = doubles(this.startPs)
    this.establishedPs = doubles(this.establishedPs)
    this.completedPs = doubles(this.completedPs)
    this.bytesDelivered = doubles(this.bytesDelivered)
    this.retransmissions = ints(this.retransmissions)
    this.timeouts = ints(this.timeouts)
    this.packetsOriginated = doubles(this.packetsOriginated)
    this.packetsDelivered = doubles(this.packetsDelivered)
    this.packetsDropped = doubles(this.packetsDropped)
    this.answers = doubles(this.answers)
    this.answersDropped = doubles(this.answersDropped)
    this.refusals = doubles(this.refusals)
    this.loss = ints(this.loss)
    this.leg = copied(this.leg, new Uint8Array(capacity))
    this.failure = copied(this.failure, new Uint8Array(capacity))
    this.capacity = capacity
  }
}

function copied<Column extends { set(from: Column): void }>(from: Column | undefined, to: Column): Column {
  if (from !== undefined) to.set(from)
  return to
}
