import type { EventHandler, Simulation } from '@weft/core'
import type { Receiver } from '../../model/component.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import { PsPerByte } from './ps-per-byte.ts'
import type { TransmitterConfig } from './transmitter.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CE, NO_PACKET, NOT_ECT } = packetTable

/*
 * One transmitter is a row of 128 bytes, two cache lines, seen as doubles and as 32-bit words. What every packet touches
 * shares a line: spread over objects, the same fields cost three times as long to reach.
 */
const DOUBLES_LOG2 = 4
const WORDS_LOG2 = 5

/** When the last accepted packet will have left. */
const BUSY_UNTIL = 0
/** When the first waiting packet begins: the departure of the one before it. */
const NEXT_START = 1
/** Time without anything to send, up to BUSY_UNTIL: what is left of that is the transmission time of all accepted. */
const IDLE_PS = 2
const PS_PER_BYTE = 3
const PACKETS = 8
const MARKED = 9
const DELAY_PS = 10
/** Time spent on packets that a failure cut off while they were sent. */
const CUT_PS = 11
/** Wire bytes; kept where they do not follow from the time spent. */
const WIRE_BYTES = 12

/** Every packet from acceptance to arrival, linked by the packet table's `next`. */
const HEAD = 8
const TAIL = 9
/** The first that waits; the packets after it wait too. */
const WAITING = 10
const WAITING_COUNT = 11
const PEAK_WAITING = 12
const CAPACITY_PACKETS = 13
const ECN_PACKETS = 14
const FLAGS = 15
const OVERHEAD_BYTES = 26
const SLOT_BYTES_MIN = 27
const WAITING_BYTES = 28
const PEAK_WAITING_BYTES = 29
/** The node at the far end and its port there. */
const FAR_NODE = 30
const INGRESS = 31

const UP = 1
/** Waiting bytes are kept: something is limited, marked or recorded by them, or marking happens at dequeue. */
const FOLLOWS_DEQUEUE = 2
const MARKS_AT_DEQUEUE = 4
/** A byte does not take a whole number of picoseconds. */
const INEXACT = 8
/** Packets may take more than their bytes on the wire: short ones are padded. */
const PADDED = 16
/** Packets may be corrupted on the wire. */
const LOSSY = 32
/** A failure has cut off packets, so an event may find that its packet is gone. */
const INTERRUPTED = 64
const CHECKED_ON_ARRIVAL = LOSSY | INTERRUPTED

const NO_LIMIT = 0x7fff_ffff

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
export class TransmitterTable implements EventHandler {
  readonly name = 'links'
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly #handler: number
  readonly #queueFull: number
  readonly #linkDown: number
  readonly #bitError: number
  readonly #configs: TransmitterConfig[] = []
  readonly #receiver: Receiver
  readonly #places: number[] = []
  readonly #carries: PsPerByte[] = []
  #doubles!: Float64Array
  #words!: Int32Array

  constructor(sim: Simulation, packets: PacketTable, ledger: Ledger, receiver: Receiver) {
    this.sim = sim
    this.packets = packets
    this.ledger = ledger
    this.#receiver = receiver
    this.#handler = sim.register(this)
    this.#queueFull = ledger.reason('queue-full')
    this.#linkDown = ledger.reason('link-down')
    this.#bitError = ledger.reason('bit-error')
    this.#resize(16)
  }

  /** The row of a new transmitter, up and empty; what arrives is for this node and its port `ingress`. */
  add(config: TransmitterConfig, node: number, ingress: number): number {
    const row = this.#configs.push(config) - 1
    if (row << DOUBLES_LOG2 === this.#doubles.length) this.#resize(row * 2)
    this.#places.push(this.ledger.place(config.name))
    const transmission = new PsPerByte(config.rateBps)
    this.#carries.push(transmission)
    const doubles = row << DOUBLES_LOG2
    const words = row << WORDS_LOG2
    this.#doubles[doubles + PS_PER_BYTE] = transmission.whole
    this.#doubles[doubles + DELAY_PS] = config.delayPs
    this.#words[words + HEAD] = NO_PACKET
    this.#words[words + TAIL] = NO_PACKET
    this.#words[words + WAITING] = NO_PACKET
    this.#words[words + CAPACITY_PACKETS] = Math.min(config.capacityPackets, NO_LIMIT)
    this.#words[words + ECN_PACKETS] = Math.min(config.ecnPackets, NO_LIMIT)
    this.#words[words + OVERHEAD_BYTES] = config.overheadBytes
    this.#words[words + SLOT_BYTES_MIN] = config.slotBytesMin
    this.#words[words + FAR_NODE] = node
    this.#words[words + INGRESS] = ingress
    this.#words[words + FLAGS] = flagsOf(config, transmission)
    return row
  }

  send(row: number, packet: PacketHandle): void {
    const { packets } = this
    const doubles = this.#doubles
    const words = this.#words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    if (packets.checked) packets.assertAlive(packet)
    const flags = words[w + FLAGS]!
    if ((flags & UP) === 0) {
      this.ledger.drop(packet, this.#linkDown, this.#places[row]!)
      return
    }
    const { now } = this.sim
    if (words[w + WAITING_COUNT]! > 0 && doubles[d + NEXT_START]! <= now) this.#serve(row)
    const size = packets.sizeBytes[packet]!
    const busyUntil = doubles[d + BUSY_UNTIL]!
    let start = now
    if (busyUntil > now) {
      if (!this.#admit(row, packet, size)) return
      start = busyUntil
    } else {
      doubles[d + IDLE_PS]! += now - busyUntil
    }
    let wire = size + words[w + OVERHEAD_BYTES]!
    if ((flags & PADDED) !== 0) wire = Math.max(wire, words[w + SLOT_BYTES_MIN]!)
    let depart = start + doubles[d + PS_PER_BYTE]! * wire
    if ((flags & INEXACT) !== 0) {
      depart += this.#carries[row]!.carry(wire)
      doubles[d + WIRE_BYTES]! += wire
    }
    doubles[d + BUSY_UNTIL] = depart
    doubles[d + PACKETS]!++
    packets.departPs[packet] = depart
    const tail = words[w + TAIL]!
    words[w + TAIL] = packet
    if (words[w + HEAD] !== NO_PACKET) {
      packets.next[tail] = packet
    } else {
      words[w + HEAD] = packet
      this.#arm(row, packet)
    }
  }

  /** The head of this row's list arrives at the far end. */
  onEvent(row: number): void {
    const { packets } = this
    const words = this.#words
    const w = row << WORDS_LOG2
    const packet = words[w + HEAD]!
    const isChecked = (words[w + FLAGS]! & CHECKED_ON_ARRIVAL) !== 0
    if (isChecked && !this.#isDue(row, packet)) return
    // begun long ago, but perhaps nobody has looked since
    if (packet === words[w + WAITING]) this.#serve(row)
    if (packet === words[w + TAIL]) {
      words[w + HEAD] = NO_PACKET
    } else {
      const next = packets.next[packet]!
      words[w + HEAD] = next
      this.#arm(row, next)
    }
    if (isChecked && this.#isCorrupted(row, packet)) {
      this.ledger.drop(packet, this.#bitError, this.#places[row]!)
      return
    }
    this.#receiver.receive(packet, words[w + FAR_NODE]!, words[w + INGRESS]!)
  }

  /** An event whose packet a failure has cut off finds no packet that arrives now. */
  #isDue(row: number, packet: PacketHandle): boolean {
    if (packet === NO_PACKET) return false
    return this.packets.departPs[packet]! + this.#doubles[(row << DOUBLES_LOG2) + DELAY_PS]! === this.sim.now
  }

  #isCorrupted(row: number, packet: PacketHandle): boolean {
    return this.#configs[row]!.loss?.corrupts(this.packets.sizeBytes[packet]!) === true
  }

  isUp(row: number): boolean {
    return (this.#words[(row << WORDS_LOG2) + FLAGS]! & UP) !== 0
  }

  /** Down: what has not left whole is lost as `link-down`; what is on the wire arrives. */
  setUp(row: number, up: boolean): void {
    if (up === this.isUp(row)) return
    this.#words[(row << WORDS_LOG2) + FLAGS]! ^= UP
    if (!up) this.#cutOff(row)
  }

  placeOf(row: number): number {
    return this.#places[row]!
  }

  packetsSent(row: number): number {
    return this.#doubles[(row << DOUBLES_LOG2) + PACKETS]!
  }

  wireBytesSent(row: number): number {
    const d = row << DOUBLES_LOG2
    if ((this.#words[(row << WORDS_LOG2) + FLAGS]! & INEXACT) !== 0) return this.#doubles[d + WIRE_BYTES]!
    const wholePs = this.#doubles[d + BUSY_UNTIL]! - this.#doubles[d + IDLE_PS]! - this.#doubles[d + CUT_PS]!
    return wholePs / this.#doubles[d + PS_PER_BYTE]!
  }

  packetsMarked(row: number): number {
    return this.#doubles[(row << DOUBLES_LOG2) + MARKED]!
  }

  /** Time spent sending up to now, exact at every instant. */
  busyPs(row: number): number {
    const d = row << DOUBLES_LOG2
    return Math.min(this.#doubles[d + BUSY_UNTIL]!, this.sim.now) - this.#doubles[d + IDLE_PS]!
  }

  waitingPackets(row: number): number {
    this.#serve(row)
    return this.#words[(row << WORDS_LOG2) + WAITING_COUNT]!
  }

  /** IP bytes. */
  waitingBytes(row: number): number {
    this.#serve(row)
    const w = row << WORDS_LOG2
    let bytes = 0
    let packet = this.#words[w + WAITING]!
    for (let count = this.#words[w + WAITING_COUNT]!; count > 0; count--, packet = this.packets.next[packet]!) {
      bytes += this.packets.sizeBytes[packet]!
    }
    return bytes
  }

  /** Most packets that waited since the last call. */
  takePeakWaiting(row: number): number {
    const w = row << WORDS_LOG2
    const peak = this.#words[w + PEAK_WAITING]!
    this.#words[w + PEAK_WAITING] = this.waitingPackets(row)
    return peak
  }

  /** Keeps waiting bytes from now on, for `takePeakWaitingBytes`; before any packet is sent. */
  recordBytes(row: number): void {
    this.#words[(row << WORDS_LOG2) + FLAGS]! |= FOLLOWS_DEQUEUE
  }

  /** Most IP bytes that waited since the last call; 0 unless `recordBytes` was called. */
  takePeakWaitingBytes(row: number): number {
    const w = row << WORDS_LOG2
    const peak = this.#words[w + PEAK_WAITING_BYTES]!
    this.#serve(row)
    this.#words[w + PEAK_WAITING_BYTES] = this.#words[w + WAITING_BYTES]!
    return peak
  }

  #arm(row: number, packet: PacketHandle): void {
    const { queue } = this.sim
    queue.due = this.packets.departPs[packet]! + this.#doubles[(row << DOUBLES_LOG2) + DELAY_PS]!
    queue.push(this.#handler, row, 0)
  }

  /** Moves `waiting` past every packet whose transmission has begun. */
  #serve(row: number): void {
    const { packets } = this
    const words = this.#words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const { now } = this.sim
    const followsDequeue = (words[w + FLAGS]! & FOLLOWS_DEQUEUE) !== 0
    let count = words[w + WAITING_COUNT]!
    let packet = words[w + WAITING]!
    let start = this.#doubles[d + NEXT_START]!
    while (count > 0 && start <= now) {
      count--
      start = packets.departPs[packet]!
      if (followsDequeue) this.#dequeue(row, packet, count)
      packet = packets.next[packet]!
    }
    words[w + WAITING_COUNT] = count
    words[w + WAITING] = packet
    this.#doubles[d + NEXT_START] = start
  }

  /** A packet's transmission begins, with `behind` others still waiting. */
  #dequeue(row: number, packet: PacketHandle, behind: number): void {
    const w = row << WORDS_LOG2
    this.#words[w + WAITING_BYTES]! -= this.packets.sizeBytes[packet]!
    if ((this.#words[w + FLAGS]! & MARKS_AT_DEQUEUE) !== 0) this.#markIfCongested(row, packet, behind)
  }

  /** Queues behind a busy transmitter: false and dropped when there is no room. */
  #admit(row: number, packet: PacketHandle, size: number): boolean {
    const words = this.#words
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const waiting = words[w + WAITING_COUNT]!
    const flags = words[w + FLAGS]!
    const follows = (flags & FOLLOWS_DEQUEUE) !== 0
    if (
      waiting >= words[w + CAPACITY_PACKETS]! ||
      (follows && words[w + WAITING_BYTES]! + size > this.#configs[row]!.capacityBytes)
    ) {
      this.ledger.drop(packet, this.#queueFull, this.#places[row]!)
      return false
    }
    if ((flags & MARKS_AT_DEQUEUE) === 0) this.#markIfCongested(row, packet, waiting)
    if (follows) {
      const bytes = words[w + WAITING_BYTES]! + size
      words[w + WAITING_BYTES] = bytes
      if (bytes > words[w + PEAK_WAITING_BYTES]!) words[w + PEAK_WAITING_BYTES] = bytes
    }
    if (waiting === 0) {
      words[w + WAITING] = packet
      this.#doubles[d + NEXT_START] = this.#doubles[d + BUSY_UNTIL]!
    }
    words[w + WAITING_COUNT] = waiting + 1
    if (waiting >= words[w + PEAK_WAITING]!) words[w + PEAK_WAITING] = waiting + 1
    return true
  }

  #markIfCongested(row: number, packet: PacketHandle, waiting: number): void {
    const w = row << WORDS_LOG2
    const follows = (this.#words[w + FLAGS]! & FOLLOWS_DEQUEUE) !== 0
    const byPackets = waiting >= this.#words[w + ECN_PACKETS]!
    if (!byPackets && !(follows && this.#words[w + WAITING_BYTES]! >= this.#configs[row]!.ecnBytes)) return
    const { ecn } = this.packets
    if (ecn[packet] === NOT_ECT || ecn[packet] === CE) return
    ecn[packet] = CE
    this.#doubles[(row << DOUBLES_LOG2) + MARKED]!++
  }

  #cutOff(row: number): void {
    this.#serve(row)
    const { packets } = this
    const words = this.#words
    const doubles = this.#doubles
    const d = row << DOUBLES_LOG2
    const w = row << WORDS_LOG2
    const { now } = this.sim
    const end = words[w + TAIL]!
    let last = NO_PACKET
    let packet = words[w + HEAD]!
    // what departs in time stays: the list is in order of departure
    while (packet !== NO_PACKET && packets.departPs[packet]! <= now) {
      last = packet
      packet = packet === end ? NO_PACKET : packets.next[packet]!
    }
    if (packet === NO_PACKET) return
    words[w + FLAGS]! |= INTERRUPTED
    if (last === NO_PACKET) words[w + HEAD] = NO_PACKET
    else words[w + TAIL] = last
    // the first was being sent: a part of it took its time and counts for no bytes
    doubles[d + CUT_PS]! += now - (packets.departPs[packet]! - doubles[d + PS_PER_BYTE]! * this.#wireBytes(row, packet))
    while (packet !== NO_PACKET) {
      const next = packet === end ? NO_PACKET : packets.next[packet]!
      this.#discard(row, packet)
      packet = next
    }
    words[w + WAITING_COUNT] = 0
    words[w + WAITING_BYTES] = 0
    doubles[d + BUSY_UNTIL] = now
  }

  /** Takes an accepted packet back out of the counters and drops it. */
  #discard(row: number, packet: PacketHandle): void {
    const d = row << DOUBLES_LOG2
    this.#doubles[d + PACKETS]!--
    this.#doubles[d + WIRE_BYTES]! -= this.#wireBytes(row, packet)
    this.ledger.drop(packet, this.#linkDown, this.#places[row]!)
  }

  #wireBytes(row: number, packet: PacketHandle): number {
    const { overheadBytes, slotBytesMin } = this.#configs[row]!
    return Math.max(this.packets.sizeBytes[packet]! + overheadBytes, slotBytesMin)
  }

  #resize(rows: number): void {
    const buffer = new ArrayBuffer(rows << (DOUBLES_LOG2 + 3))
    const doubles = new Float64Array(buffer)
    if (this.#doubles !== undefined) doubles.set(this.#doubles)
    this.#doubles = doubles
    this.#words = new Int32Array(buffer)
  }
}

function flagsOf(config: TransmitterConfig, transmission: PsPerByte): number {
  const limitsBytes = config.capacityBytes !== Infinity || config.ecnBytes !== Infinity
  return (
    UP |
    (limitsBytes || config.markAtDequeue ? FOLLOWS_DEQUEUE : 0) |
    (config.markAtDequeue ? MARKS_AT_DEQUEUE : 0) |
    (transmission.exact ? 0 : INEXACT) |
    (config.slotBytesMin > 0 ? PADDED : 0) |
    (config.loss === undefined ? 0 : LOSSY)
  )
}
