import type { Ledger } from '../../model/ledger.ts'
import { NO_PACKET } from '../../model/packet-table.ts'
import { PsPerByte } from '../../model/ps-per-byte.ts'
import type { TransmitterConfig } from './transmitter-config.ts'
import {
  DOUBLES_LOG2,
  WORDS_LOG2,
  BUSY_UNTIL,
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
  CAPACITY_PACKETS,
  ECN_PACKETS,
  FLAGS,
  OVERHEAD_SHIFT,
  SLOT_BYTES_MIN,
  FAR_NODE,
  INGRESS,
  UP,
  FOLLOWS_DEQUEUE,
  MARKS_AT_DEQUEUE,
  INEXACT,
  PADDED,
  LOSSY,
  NO_LIMIT,
} from './transmitter-row.ts'

/** Rows that a new table has room for. */
const ROWS_MIN = 16

/** Where transmitters keep their state: a row each, what is seldom needed in lists beside; and what can be read of it. */
export class TransmitterRows {
  readonly ledger: Ledger
  protected doubles = new Float64Array(0)
  protected words = new Int32Array(0)
  protected readonly configs: TransmitterConfig[] = []
  protected readonly places: number[] = []
  protected readonly carries: PsPerByte[] = []

  constructor(ledger: Ledger) {
    this.ledger = ledger
    this.resize(ROWS_MIN)
  }

  /** The row of a new transmitter, up and empty; what arrives is for this node and its port `ingress`. */
  add(config: TransmitterConfig, node: number, ingress: number): number {
    const row = this.configs.push(config) - 1
    if (row << DOUBLES_LOG2 === this.doubles.length) this.resize(row * 2)
    this.places.push(this.ledger.place(config.name))
    const transmission = new PsPerByte(config.rateBps)
    this.carries.push(transmission)
    const doubles = row << DOUBLES_LOG2
    const words = row << WORDS_LOG2
    this.doubles[doubles | PS_PER_BYTE] = transmission.whole
    this.doubles[doubles | DELAY_PS] = config.delayPs
    this.words[words | HEAD] = NO_PACKET
    this.words[words | TAIL] = NO_PACKET
    this.words[words | WAITING] = NO_PACKET
    this.words[words | CAPACITY_PACKETS] = Math.min(config.capacityPackets, NO_LIMIT)
    this.words[words | ECN_PACKETS] = Math.min(config.ecnPackets, NO_LIMIT)
    this.words[words | SLOT_BYTES_MIN] = config.slotBytesMin
    this.words[words | FAR_NODE] = node
    this.words[words | INGRESS] = ingress
    this.words[words | FLAGS] = flagsOf(config, transmission)
    return row
  }

  isUp(row: number): boolean {
    return (this.words[(row << WORDS_LOG2) | FLAGS]! & UP) !== 0
  }

  placeOf(row: number): number {
    return this.places[row]!
  }

  packetsSent(row: number): number {
    return this.doubles[(row << DOUBLES_LOG2) | PACKETS]!
  }

  wireBytesSent(row: number): number {
    const d = row << DOUBLES_LOG2
    if ((this.words[(row << WORDS_LOG2) | FLAGS]! & INEXACT) !== 0) return this.doubles[d | WIRE_BYTES]!
    const wholePs = this.doubles[d | BUSY_UNTIL]! - this.doubles[d | IDLE_PS]! - this.doubles[d | CUT_PS]!
    return wholePs / this.doubles[d | PS_PER_BYTE]!
  }

  packetsMarked(row: number): number {
    return this.doubles[(row << DOUBLES_LOG2) | MARKED]!
  }

  private resize(rows: number): void {
    const buffer = new ArrayBuffer(rows << (DOUBLES_LOG2 + 3))
    const doubles = new Float64Array(buffer)
    doubles.set(this.doubles)
    this.doubles = doubles
    this.words = new Int32Array(buffer)
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
    (config.loss === undefined ? 0 : LOSSY) |
    (config.overheadBytes << OVERHEAD_SHIFT)
  )
}
