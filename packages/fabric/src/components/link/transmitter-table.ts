import type { EventHandler, Simulation } from '@weft/core'
import type { Receiver } from '../../model/component.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import * as transmitterRow from './transmitter-row.ts'
import type { TransmitterConfig } from './transmitter-config.ts'
import { TransmitterRows } from './transmitter-rows.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CE, NO_PACKET, NOT_ECT } = packetTable
const {
  DOUBLES_LOG2,
  WORDS_LOG2,
  BUSY_UNTIL,
  NEXT_START,
  IDLE_PS,
  PS_PER_BYTE,
  PACKETS,
  MARKED,
  DELAY_PS,
  CUT_PS,
  WIRE_BYTES,
  HEAD,
  TAIL,
  WAITING,
  WAITING_COUNT,
  PEAK_WAITING,
  CAPACITY_PACKETS,
  ECN_PACKETS,
  FLAGS,
  OVERHEAD_SHIFT,
  SLOT_BYTES_MIN,
  WAITING_BYTES,
  PEAK_WAITING_BYTES,
  EVENT,
  FAR_NODE,
  INGRESS,
  UP,
  FOLLOWS_DEQUEUE,
  MARKS_AT_DEQUEUE,
  INEXACT,
  PADDED,
  INTERRUPTED,
  CHECKED_ON_ARRIVAL,
} = transmitterRow

/**
 * All transmitters of a simulation: FIFO queues, each with a server of a fixed rate and the propagation behind it.
 *
 * Since service is first come first served, a packet's departure is known when it is accepted. So one list holds
 * every packet from acceptance to arrival, and one event stands for its head alone:
 *
 *     head                              waiting         tail
 *     | on the wire ..., in service    | waiting ...    |
 *
 * `waiting` follows lazily: a packet begins when the one before it departs.
 */
export class TransmitterTable extends TransmitterRows implements EventHandler {
  readonly name = 'links'
  readonly sim: Simulation
  readonly packets: PacketTable
  private readonly handler: number
  private readonly queueFull: number
  private readonly linkDown: number
  private readonly bitError: number
  private readonly receiver: Receiver

  constructor(sim: Simulation, packets: PacketTable, ledger: Ledger, receiver: Receiver) {
    super(ledger)
    this.sim = sim
    this.packets = packets
    this.receiver = receiver
    this.handler = sim.register(this)
    this.queueFull = ledger.reason('queue-full')
    this.linkDown = ledger.reason('link-down')
    this.bitError = ledger.reason('bit-error')
  }

  override add(config: TransmitterConfig, node: number, ingress: number): number {
    const row = super.add(config, node, ingress)
    this.reserve(row)
    return row
  }

  send(row: number, packet: PacketHandle): void {
    const { packets } = this
    const doubles = this.doubles
    const words = this.words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    if (packets.checked) packets.assertAlive(packet)
    const flags = words[w | FLAGS]!
    if ((flags & UP) === 0) {
      this.ledger.drop(packet, this.linkDown, this.places[row]!)
      return
    }
    const { now } = this.sim
    if (words[w | WAITING_COUNT]! > 0 && doubles[d | NEXT_START]! <= now) this.serve(row)
    const size = packets.sizeBytes[packet]!
    const busyUntil = doubles[d | BUSY_UNTIL]!
    let start = now
    if (busyUntil > now) {
      if (!this.admit(row, packet, size)) return
      start = busyUntil
    } else {
      doubles[d | IDLE_PS]! += now - busyUntil
    }
    let wire = size + (flags >> OVERHEAD_SHIFT)
    if ((flags & PADDED) !== 0) wire = Math.max(wire, words[w | SLOT_BYTES_MIN]!)
    let depart = start + doubles[d | PS_PER_BYTE]! * wire
    if ((flags & INEXACT) !== 0) {
      depart += this.carries[row]!.carry(wire)
      doubles[d | WIRE_BYTES]! += wire
    }
    doubles[d | BUSY_UNTIL] = depart
    doubles[d | PACKETS]!++
    packets.departPs[packet] = depart
    const tail = words[w | TAIL]!
    words[w | TAIL] = packet
    if (words[w | HEAD] !== NO_PACKET) {
      packets.next[tail] = packet
    } else {
      words[w | HEAD] = packet
      this.arm(row, packet)
    }
  }

  /** The head of this row's list arrives at the far end. */
  onEvent(row: number): void {
    const { packets } = this
    const words = this.words
    const w = row << WORDS_LOG2
    const packet = words[w | HEAD]!
    const isChecked = (words[w | FLAGS]! & CHECKED_ON_ARRIVAL) !== 0
    if (isChecked && !this.isDue(row, packet)) return
    // begun long ago, but perhaps nobody has looked since
    if (packet === words[w | WAITING]) this.serve(row)
    if (packet === words[w | TAIL]) {
      words[w | HEAD] = NO_PACKET
    } else {
      const next = packets.next[packet]!
      words[w | HEAD] = next
      this.arm(row, next)
    }
    if (isChecked && this.isCorrupted(row, packet)) {
      this.ledger.drop(packet, this.bitError, this.places[row]!)
      return
    }
    this.receiver.receive(packet, words[w | FAR_NODE]!, words[w | INGRESS]!)
  }

  /** An event whose packet a failure has cut off finds no packet that arrives now. */
  private isDue(row: number, packet: PacketHandle): boolean {
    if (packet === NO_PACKET) return false
    return this.packets.departPs[packet]! + this.doubles[(row << DOUBLES_LOG2) | DELAY_PS]! === this.sim.now
  }

  private isCorrupted(row: number, packet: PacketHandle): boolean {
    return this.configs[row]!.loss?.corrupts(this.packets.sizeBytes[packet]!) === true
  }

  /** Down: what has not left whole is lost as `link-down`; what is on the wire arrives. */
  setUp(row: number, up: boolean): void {
    if (up === this.isUp(row)) return
    this.words[(row << WORDS_LOG2) | FLAGS]! ^= UP
    if (!up) this.cutOff(row)
  }

  /** Time spent sending up to now, exact at every instant. */
  busyPs(row: number): number {
    const d = row << DOUBLES_LOG2
    return Math.min(this.doubles[d | BUSY_UNTIL]!, this.sim.now) - this.doubles[d | IDLE_PS]!
  }

  waitingPackets(row: number): number {
    this.serve(row)
    return this.words[(row << WORDS_LOG2) | WAITING_COUNT]!
  }

  /** IP bytes. */
  waitingBytes(row: number): number {
    this.serve(row)
    const w = row << WORDS_LOG2
    let bytes = 0
    let packet = this.words[w | WAITING]!
    for (
      let count = this.words[w | WAITING_COUNT]!;
      count > 0;
      count--, packet = this.packets.next[packet]!
    ) {
      bytes += this.packets.sizeBytes[packet]!
    }
    return bytes
  }

  /** Most packets that waited since the last call. */
  takePeakWaiting(row: number): number {
    const w = row << WORDS_LOG2
    const peak = this.words[w | PEAK_WAITING]!
    this.words[w | PEAK_WAITING] = this.waitingPackets(row)
    return peak
  }

  /** Keeps waiting bytes from now on, for `takePeakWaitingBytes`; before any packet is sent. */
  recordBytes(row: number): void {
    this.words[(row << WORDS_LOG2) | FLAGS]! |= FOLLOWS_DEQUEUE
  }

  /** Most IP bytes that waited since the last call; 0 unless `recordBytes` was called. */
  takePeakWaitingBytes(row: number): number {
    const w = row << WORDS_LOG2
    const peak = this.words[w | PEAK_WAITING_BYTES]!
    this.serve(row)
    this.words[w | PEAK_WAITING_BYTES] = this.words[w | WAITING_BYTES]!
    return peak
  }

  private reserve(row: number): void {
    this.words[(row << WORDS_LOG2) | EVENT] = this.sim.queue.reserve(this.handler, row, 0)
  }

  private arm(row: number, packet: PacketHandle): void {
    const { queue } = this.sim
    queue.due = this.packets.departPs[packet]! + this.doubles[(row << DOUBLES_LOG2) | DELAY_PS]!
    queue.arm(this.words[(row << WORDS_LOG2) | EVENT]!)
  }

  /** Moves `waiting` past every packet whose transmission has begun. */
  private serve(row: number): void {
    const { packets } = this
    const words = this.words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const { now } = this.sim
    const followsDequeue = (words[w | FLAGS]! & FOLLOWS_DEQUEUE) !== 0
    let count = words[w | WAITING_COUNT]!
    let packet = words[w | WAITING]!
    let start = this.doubles[d | NEXT_START]!
    while (count > 0 && start <= now) {
      count--
      start = packets.departPs[packet]!
      if (followsDequeue) this.dequeue(row, packet, count)
      packet = packets.next[packet]!
    }
    words[w | WAITING_COUNT] = count
    words[w | WAITING] = packet
    this.doubles[d | NEXT_START] = start
  }

  /** A packet's transmission begins, with `behind` others still waiting. */
  private dequeue(row: number, packet: PacketHandle, behind: number): void {
    const w = row << WORDS_LOG2
    this.words[w | WAITING_BYTES]! -= this.packets.sizeBytes[packet]!
    if ((this.words[w | FLAGS]! & MARKS_AT_DEQUEUE) !== 0) this.markIfCongested(row, packet, behind)
  }

  /** Queues behind a busy transmitter: false and dropped when there is no room. */
  private admit(row: number, packet: PacketHandle, size: number): boolean {
    const words = this.words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const waiting = words[w | WAITING_COUNT]!
    const flags = words[w | FLAGS]!
    const follows = (flags & FOLLOWS_DEQUEUE) !== 0
    if (
      waiting >= words[w | CAPACITY_PACKETS]! ||
      (follows && words[w | WAITING_BYTES]! + size > this.configs[row]!.capacityBytes)
    ) {
      this.ledger.drop(packet, this.queueFull, this.places[row]!)
      return false
    }
    if ((flags & MARKS_AT_DEQUEUE) === 0) this.markIfCongested(row, packet, waiting)
    if (follows) {
      const bytes = words[w | WAITING_BYTES]! + size
      words[w | WAITING_BYTES] = bytes
      if (bytes > words[w | PEAK_WAITING_BYTES]!) words[w | PEAK_WAITING_BYTES] = bytes
    }
    if (waiting === 0) {
      words[w | WAITING] = packet
      this.doubles[d | NEXT_START] = this.doubles[d | BUSY_UNTIL]!
    }
    words[w | WAITING_COUNT] = waiting + 1
    if (waiting >= words[w | PEAK_WAITING]!) words[w | PEAK_WAITING] = waiting + 1
    return true
  }

  private markIfCongested(row: number, packet: PacketHandle, waiting: number): void {
    const w = row << WORDS_LOG2
    const follows = (this.words[w | FLAGS]! & FOLLOWS_DEQUEUE) !== 0
    const byPackets = waiting >= this.words[w | ECN_PACKETS]!
    if (!byPackets && !(follows && this.words[w | WAITING_BYTES]! >= this.configs[row]!.ecnBytes)) return
    const { ecn } = this.packets
    if (ecn[packet] === NOT_ECT || ecn[packet] === CE) return
    ecn[packet] = CE
    this.doubles[(row << DOUBLES_LOG2) | MARKED]!++
  }

  private cutOff(row: number): void {
    this.serve(row)
    const { packets } = this
    const words = this.words
    const doubles = this.doubles
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const { now } = this.sim
    const end = words[w | TAIL]!
    let last = NO_PACKET
    let packet = words[w | HEAD]!
    // what departs in time stays: the list is in order of departure
    while (packet !== NO_PACKET && packets.departPs[packet]! <= now) {
      last = packet
      packet = packet === end ? NO_PACKET : packets.next[packet]!
    }
    if (packet === NO_PACKET) return
    words[w | FLAGS]! |= INTERRUPTED
    if (last === NO_PACKET) {
      words[w | HEAD] = NO_PACKET
      this.sim.queue.abandon(words[w | EVENT]!)
      this.reserve(row)
    } else {
      words[w | TAIL] = last
    }
    // the first was being sent: a part of it took its time and counts for no bytes
    doubles[d | CUT_PS]! +=
      now - (packets.departPs[packet]! - doubles[d | PS_PER_BYTE]! * this.wireBytes(row, packet))
    while (packet !== NO_PACKET) {
      const next = packet === end ? NO_PACKET : packets.next[packet]!
      this.discard(row, packet)
      packet = next
    }
    words[w | WAITING_COUNT] = 0
    words[w | WAITING_BYTES] = 0
    doubles[d | BUSY_UNTIL] = now
  }

  /** Takes an accepted packet back out of the counters and drops it. */
  private discard(row: number, packet: PacketHandle): void {
    const d = row << DOUBLES_LOG2
    this.doubles[d | PACKETS]!--
    this.doubles[d | WIRE_BYTES]! -= this.wireBytes(row, packet)
    this.ledger.drop(packet, this.linkDown, this.places[row]!)
  }

  private wireBytes(row: number, packet: PacketHandle): number {
    const { overheadBytes, slotBytesMin } = this.configs[row]!
    return Math.max(this.packets.sizeBytes[packet]! + overheadBytes, slotBytesMin)
  }
}
