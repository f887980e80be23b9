import type { EventHandler, Simulation } from '@weft/core'
import type { Receiver, Resource } from '../../model/component.ts'
import type { Ledger } from '../../model/ledger.ts'
import { CE, NOT_ECT, type PacketHandle, type PacketTable } from '../../model/packet-table.ts'
import type { LossModel } from './bit-errors.ts'
import { PsPerByte } from './ps-per-byte.ts'

export interface TransmitterConfig {
  readonly name: string
  readonly rateBps: number
  readonly delayPs: number
  /** Wire bytes beyond the IP bytes, and the least that a packet occupies. */
  readonly overheadBytes: number
  readonly slotBytesMin: number
  /** Waiting packets and IP bytes allowed behind the one in service; Infinity for no limit. */
  readonly capacityPackets: number
  readonly capacityBytes: number
  /** Waiting packets and IP bytes from which CE is set; Infinity for never. */
  readonly ecnPackets: number
  readonly ecnBytes: number
  readonly markAtDequeue: boolean
  readonly loss?: LossModel
}

/** What the transmitters of one simulation share. */
export interface TransmitterContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
}

const RING_MIN = 8

/**
 * One direction of a link: a FIFO queue, a transmitter of a fixed rate and the propagation behind it.
 *
 * Since service is first come first served, a packet's departure is known when it is accepted. So one ring
 * holds every packet from acceptance to arrival, with its departure time, and one event stands for the ring's
 * head alone:
 *
 *     head            waiting          tail
 *     | on the wire, in service | waiting |
 *
 * `waiting` follows lazily: a packet begins when the one before it departs.
 */
export class Transmitter implements Resource, EventHandler {
  readonly name: string
  readonly config: TransmitterConfig
  readonly place: number

  /** Packets and wire bytes accepted for transmission, less those that a failure cut off. */
  packetsSent = 0
  wireBytesSent = 0
  packetsMarked = 0
  /** Most packets that waited since the reader last set it to 0. */
  peakWaiting = 0

  readonly #sim: Simulation
  readonly #packets: PacketTable
  readonly #ledger: Ledger
  readonly #handler: number
  readonly #receiver: Receiver
  readonly #ingress: number
  readonly #queueFull: number
  readonly #linkDown: number
  readonly #bitError: number

  readonly #delayPs: number
  readonly #overheadBytes: number
  readonly #slotBytesMin: number
  readonly #capacityPackets: number
  readonly #countsBytes: boolean
  readonly #ecnPackets: number
  readonly #markAtDequeue: boolean
  readonly #transmission: PsPerByte

  #up = true
  /** Events of an older epoch were overtaken by a failure. */
  #epoch = 0
  #busyUntil = 0
  /** Transmission time of everything accepted so far. */
  #busyPs = 0
  #waitingBytes = 0

  #ring = new Int32Array(RING_MIN)
  #departs = new Float64Array(RING_MIN)
  #mask = RING_MIN - 1
  #head = 0
  #waiting = 0
  #tail = 0

  constructor(config: TransmitterConfig, context: TransmitterContext, receiver: Receiver, ingress: number) {
    this.name = config.name
    this.config = config
    this.#sim = context.sim
    this.#packets = context.packets
    this.#ledger = context.ledger
    this.#receiver = receiver
    this.#ingress = ingress
    this.#handler = context.sim.register(this)
    this.place = context.ledger.place(config.name)
    this.#queueFull = context.ledger.reason('queue-full')
    this.#linkDown = context.ledger.reason('link-down')
    this.#bitError = context.ledger.reason('bit-error')
    this.#delayPs = config.delayPs
    this.#overheadBytes = config.overheadBytes
    this.#slotBytesMin = config.slotBytesMin
    this.#capacityPackets = config.capacityPackets
    this.#countsBytes = config.capacityBytes !== Infinity || config.ecnBytes !== Infinity
    this.#ecnPackets = config.ecnPackets
    this.#markAtDequeue = config.markAtDequeue
    this.#transmission = new PsPerByte(config.rateBps)
  }

  get up(): boolean {
    return this.#up
  }

  /** Packets waiting behind the one in service. */
  get waitingPackets(): number {
    this.#serve()
    return this.#tail - this.#waiting
  }

  /** IP bytes waiting behind the one in service. */
  get waitingBytes(): number {
    this.#serve()
    let bytes = 0
    for (let i = this.#waiting; i < this.#tail; i++) bytes += this.#packets.sizeBytes[this.#ring[i & this.#mask]!]!
    return bytes
  }

  /** Time spent sending up to now, exact at every instant. */
  get busyPs(): number {
    return this.#busyPs - Math.max(0, this.#busyUntil - this.#sim.now)
  }

  send(packet: PacketHandle): void {
    const packets = this.#packets
    if (packets.checked) packets.assertAlive(packet)
    if (!this.#up) {
      this.#ledger.drop(packet, this.#linkDown, this.place)
      return
    }
    this.#serve()
    const now = this.#sim.now
    const size = packets.sizeBytes[packet]!
    let start = now
    if (this.#busyUntil > now) {
      start = this.#busyUntil
      if (!this.#admit(packet, size)) return
    }
    const wire = Math.max(size + this.#overheadBytes, this.#slotBytesMin)
    const transmission = this.#transmission
    const duration = transmission.whole * wire + (transmission.exact ? 0 : transmission.carry(wire))
    const depart = start + duration
    this.packetsSent++
    this.wireBytesSent += wire
    this.#busyPs += duration
    this.#busyUntil = depart
    const tail = this.#tail
    if (tail - this.#head > this.#mask) this.#grow()
    this.#ring[tail & this.#mask] = packet
    this.#departs[tail & this.#mask] = depart
    this.#tail = tail + 1
    if (start === now) this.#waiting = tail + 1
    if (tail === this.#head) this.#arm()
  }

  /** The ring's head arrives at the far end. */
  onEvent(epoch: number): void {
    if (epoch !== this.#epoch) return
    const head = this.#head
    if (this.#waiting <= head + 1) this.#serve()
    const packet = this.#ring[head & this.#mask]!
    this.#head = head + 1
    if (head + 1 < this.#tail) this.#arm()
    const loss = this.config.loss
    if (loss?.corrupts(this.#packets.sizeBytes[packet]!)) {
      this.#ledger.drop(packet, this.#bitError, this.place)
      return
    }
    this.#receiver.receive(packet, this.#ingress)
  }

  /** Down: what has not left whole is lost as `link-down`; what is on the wire arrives. */
  setUp(up: boolean): void {
    if (up === this.#up) return
    this.#up = up
    if (!up) this.#cutOff()
  }

  #arm(): void {
    const queue = this.#sim.queue
    const slot = this.#head & this.#mask
    queue.due = this.#departs[slot]! + this.#delayPs
    // the tuple's hash goes into the run digest
    queue.push(this.#handler, this.#epoch, this.#packets.tupleHash[this.#ring[slot]!]!)
  }

  /** Moves `waiting` past every packet whose transmission has begun. */
  #serve(): void {
    const { now } = this.#sim
    const tail = this.#tail
    let waiting = this.#waiting
    while (waiting < tail && this.#departs[(waiting - 1) & this.#mask]! <= now) {
      if (this.#countsBytes || this.#markAtDequeue) this.#dequeue(waiting)
      waiting++
    }
    this.#waiting = waiting
  }

  /** A packet's transmission begins, with everything after it in the ring still waiting. */
  #dequeue(index: number): void {
    const packet = this.#ring[index & this.#mask]!
    this.#waitingBytes -= this.#packets.sizeBytes[packet]!
    if (this.#markAtDequeue) this.#markIfCongested(packet, this.#tail - index - 1)
  }

  /** Queues behind a busy transmitter: false and dropped when there is no room. */
  #admit(packet: PacketHandle, size: number): boolean {
    const waiting = this.#tail - this.#waiting
    if (waiting >= this.#capacityPackets || this.#waitingBytes + size > this.config.capacityBytes) {
      this.#ledger.drop(packet, this.#queueFull, this.place)
      return false
    }
    if (!this.#markAtDequeue) this.#markIfCongested(packet, waiting)
    if (this.#countsBytes || this.#markAtDequeue) this.#waitingBytes += size
    if (waiting >= this.peakWaiting) this.peakWaiting = waiting + 1
    return true
  }

  #markIfCongested(packet: PacketHandle, waiting: number): void {
    if (waiting < this.#ecnPackets && !(this.#waitingBytes >= this.config.ecnBytes)) return
    const { ecn } = this.#packets
    if (ecn[packet] === NOT_ECT || ecn[packet] === CE) return
    ecn[packet] = CE
    this.packetsMarked++
  }

  #cutOff(): void {
    this.#serve()
    const { now } = this.#sim
    const kept = this.#departedEnd(now)
    for (let i = kept; i < this.#tail; i++) {
      const packet = this.#ring[i & this.#mask]!
      this.packetsSent--
      this.wireBytesSent -= Math.max(this.#packets.sizeBytes[packet]! + this.#overheadBytes, this.#slotBytesMin)
      this.#ledger.drop(packet, this.#linkDown, this.place)
    }
    this.#busyPs = this.busyPs
    this.#busyUntil = Math.min(this.#busyUntil, now)
    this.#tail = kept
    this.#waiting = kept
    this.#waitingBytes = 0
    // the armed event, if any, stands for a packet that is gone
    if (kept === this.#head) this.#epoch++
  }

  #departedEnd(now: number): number {
    let end = this.#head
    while (end < this.#tail && this.#departs[end & this.#mask]! <= now) end++
    return end
  }

  /** Doubles the ring; indices run on, so every entry moves to its place under the new mask. */
  #grow(): void {
    const oldMask = this.#mask
    const capacity = (oldMask + 1) * 2
    const ring = new Int32Array(capacity)
    const departs = new Float64Array(capacity)
    for (let i = this.#head; i < this.#tail; i++) {
      ring[i & (capacity - 1)] = this.#ring[i & oldMask]!
      departs[i & (capacity - 1)] = this.#departs[i & oldMask]!
    }
    this.#ring = ring
    this.#departs = departs
    this.#mask = capacity - 1
  }
}
