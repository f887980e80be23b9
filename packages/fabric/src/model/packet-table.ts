import { InvariantError } from '@weft/core'

/** IANA protocol numbers. */
export const PROTOCOL_TCP = 6
export const PROTOCOL_UDP = 17

/** ECN field, RFC 3168 §5. */
export const NOT_ECT = 0
export const ECT0 = 2
export const CE = 3

/** SACK blocks that fit beside no other option (RFC 2018 §3); each is two numbers in `sackEdges`. */
export const SACK_BLOCKS_MAX = 4
const SACK_STRIDE = 2 * SACK_BLOCKS_MAX

/** No packet: the end of a list. */
export const NO_PACKET = -1

/** Names one live packet; recycled once it is freed. */
export type PacketHandle = number

export interface PacketTableOptions {
  /** Catch use after free: freed handles rest in quarantine and their columns are poisoned. */
  checked?: boolean
  capacity?: number
}

/** Handles that rest before they are used again when `checked`. */
const QUARANTINE = 1024
const POISON = -0x5a5a

/**
 * All packets of a simulation, a column per header field. A handle is a row number.
 * Columns are replaced when the table grows: read them from the table each time, never keep one.
 */
export class PacketTable {
  /** Interned addresses, see AddressTable. */
  source!: Int32Array
  destination!: Int32Array
  sourcePort!: Uint16Array
  destinationPort!: Uint16Array
  protocol!: Uint8Array
  ttl!: Uint8Array
  ecn!: Uint8Array
  dscp!: Uint8Array
  /** Traffic class 0 to 7. */
  priority!: Uint8Array
  /** IP bytes, headers included. */
  sizeBytes!: Int32Array
  payloadBytes!: Int32Array
  /** Hash of the five-tuple; whoever rewrites the tuple rewrites this. */
  tupleHash!: Int32Array
  /** Row of the flow that this packet belongs to, for accounting alone: nothing forwards by it. */
  flow!: Int32Array
  /** Control bits and the options of a SYN, see tcp-flags.ts. */
  tcpFlags!: Uint16Array
  /** The MSS option, RFC 9293 §3.7.1; written and read in a SYN alone. */
  mssBytes!: Uint16Array
  /** Sequence numbers count from 0 and do not wrap. */
  sequence!: Float64Array
  acknowledgement!: Float64Array
  windowBytes!: Float64Array
  /** TCP timestamps in picoseconds, RFC 7323. */
  timestampValue!: Float64Array
  timestampEcho!: Float64Array
  sackCount!: Uint8Array
  /** Left and right edges, SACK_BLOCKS_MAX pairs a row. */
  sackEdges!: Float64Array

  /** The packet behind this one in the queue that holds it, and when this one leaves that queue's transmitter. */
  next!: Int32Array
  departPs!: Float64Array

  capacity = 0
  /** Packets allocated and not yet freed. */
  live = 0
  readonly checked: boolean
  private freeHandles!: Int32Array
  private freeCount = 0
  private alive!: Uint8Array
  private readonly quarantine: number[] = []

  constructor(options: PacketTableOptions = {}) {
    this.checked = options.checked ?? false
    this.resize(options.capacity ?? 256)
  }

  /** A row whose columns hold what its last packet left: the caller writes every field that its protocol reads. */
  allocate(): PacketHandle {
    if (this.freeCount === 0) this.resize(this.capacity * 2)
    const handle = this.freeHandles[--this.freeCount]!
    this.alive[handle] = 1
    this.live++
    return handle
  }

  free(handle: PacketHandle): void {
    if (this.alive[handle] !== 1) throw new InvariantError(`packet ${handle} freed twice`)
    this.alive[handle] = 0
    this.live--
    if (this.checked) handle = this.poison(handle)
    if (handle >= 0) this.freeHandles[this.freeCount++] = handle
  }

  /** Throws when the handle names no live packet. */
  assertAlive(handle: PacketHandle): void {
    if (this.alive[handle] !== 1) throw new InvariantError(`packet ${handle} used after it was freed`)
  }

  isAlive(handle: PacketHandle): boolean {
    return this.alive[handle] === 1
  }

  /** Copies every column: what flooding and the walk's scratch packets are made with. */
  copy(from: PacketHandle): PacketHandle {
    const to = this.allocate()
    for (const column of this.columns()) column[to] = column[from]!
    const edges = this.sackEdges
    edges.copyWithin(to * SACK_STRIDE, from * SACK_STRIDE, (from + 1) * SACK_STRIDE)
    return to
  }

  private poison(handle: PacketHandle): PacketHandle {
    for (const column of this.columns()) column[handle] = POISON
    this.quarantine.push(handle)
    return this.quarantine.length > QUARANTINE ? this.quarantine.shift()! : -1
  }

  private columns() {
    return [
      this.source,
      this.destination,
      this.sourcePort,
      this.destinationPort,
      this.protocol,
      this.ttl,
      this.ecn,
      this.dscp,
      this.priority,
      this.sizeBytes,
      this.payloadBytes,
      this.tupleHash,
      this.flow,
      this.tcpFlags,
      this.mssBytes,
      this.sequence,
      this.acknowledgement,
      this.windowBytes,
      this.timestampValue,
      this.timestampEcho,
      this.sackCount,
    ]
  }

  private resize(capacity: number): void {
    this.source = grown(this.source, new Int32Array(capacity))
    this.destination = grown(this.destination, new Int32Array(capacity))
    this.sourcePort = grown(this.sourcePort, new Uint16Array(capacity))
    this.destinationPort = grown(this.destinationPort, new Uint16Array(capacity))
    this.protocol = grown(this.protocol, new Uint8Array(capacity))
    this.ttl = grown(this.ttl, new Uint8Array(capacity))
    this.ecn = grown(this.ecn, new Uint8Array(capacity))
    this.dscp = grown(this.dscp, new Uint8Array(capacity))
    this.priority = grown(this.priority, new Uint8Array(capacity))
    this.sizeBytes = grown(this.sizeBytes, new Int32Array(capacity))
    this.payloadBytes = grown(this.payloadBytes, new Int32Array(capacity))
    this.tupleHash = grown(this.tupleHash, new Int32Array(capacity))
    this.flow = grown(this.flow, new Int32Array(capacity))
    this.tcpFlags = grown(this.tcpFlags, new Uint16Array(capacity))
    this.mssBytes = grown(this.mssBytes, new Uint16Array(capacity))
    this.sequence = grown(this.sequence, new Float64Array(capacity))
    this.acknowledgement = grown(this.acknowledgement, new Float64Array(capacity))
    this.windowBytes = grown(this.windowBytes, new Float64Array(capacity))
    this.timestampValue = grown(this.timestampValue, new Float64Array(capacity))
    this.timestampEcho = grown(this.timestampEcho, new Float64Array(capacity))
    this.sackCount = grown(this.sackCount, new Uint8Array(capacity))
    this.sackEdges = grown(this.sackEdges, new Float64Array(capacity * SACK_STRIDE))
    this.next = grown(this.next, new Int32Array(capacity))
    this.departPs = grown(this.departPs, new Float64Array(capacity))
    this.alive = grown(this.alive, new Uint8Array(capacity))
    this.freeHandles = grown(this.freeHandles, new Int32Array(capacity))
    // lowest handles on top of the stack, so that few packets stay in few cache lines
    for (let handle = capacity - 1; handle >= this.capacity; handle--)
      this.freeHandles[this.freeCount++] = handle
    this.capacity = capacity
  }
}

function grown<Column extends { set(from: Column): void }>(from: Column | undefined, to: Column): Column {
  if (from !== undefined) to.set(from)
  return to
}
