import { InvariantError } from '@weft/core'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'

/** A row as numbers: addresses, place, event and reason by their ids. */
export interface RawTraceRow {
  readonly atPs: number
  readonly packet: number
  readonly event: number
  readonly place: number
  /** -1 for none. */
  readonly reason: number
  readonly source: number
  readonly destination: number
  readonly sourcePort: number
  readonly destinationPort: number
  readonly protocol: number
  readonly flow: number
  readonly sequence: number
  readonly sizeBytes: number
  readonly ttl: number
  readonly ecn: number
}

/** Doubles of a row: time, packet number, sequence. */
const DOUBLES = 3
/** Words of a row, in the order in which `push` writes them. */
const WORDS = 12

/** The latest rows of a packet trace, in typed arrays of a fixed size. */
export class PacketTraceRing {
  private readonly capacity: number
  private readonly doubles: Float64Array
  private readonly words: Int32Array
  private pushed = 0

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new InvariantError(`a packet trace keeps 1 row or more, got a capacity of ${capacity}`)
    }
    this.capacity = capacity
    this.doubles = new Float64Array(capacity * DOUBLES)
    this.words = new Int32Array(capacity * WORDS)
  }

  get size(): number {
    return Math.min(this.pushed, this.capacity)
  }

  get overwritten(): number {
    return this.pushed - this.size
  }

  push(
    atPs: number,
    packets: PacketTable,
    packet: PacketHandle,
    number: number,
    event: number,
    place: number,
    reason: number,
  ): void {
    const slot = this.pushed++ % this.capacity
    const doubles = this.doubles
    doubles[slot * DOUBLES] = atPs
    doubles[slot * DOUBLES + 1] = number
    doubles[slot * DOUBLES + 2] = packets.sequence[packet]!
    const words = this.words
    let at = slot * WORDS
    words[at++] = event
    words[at++] = place
    words[at++] = reason
    words[at++] = packets.source[packet]!
    words[at++] = packets.destination[packet]!
    words[at++] = packets.sourcePort[packet]!
    words[at++] = packets.destinationPort[packet]!
    words[at++] = packets.protocol[packet]!
    words[at++] = packets.flow[packet]!
    words[at++] = packets.sizeBytes[packet]!
    words[at++] = packets.ttl[packet]!
    words[at] = packets.ecn[packet]!
  }

  /** The row of this index among those held, the oldest being 0. */
  at(index: number): RawTraceRow {
    const slot = (this.overwritten + index) % this.capacity
    const [atPs, packet, sequence] = this.doubles.subarray(
      slot * DOUBLES,
      (slot + 1) * DOUBLES,
    ) as unknown as number[]
    const words = this.words.subarray(slot * WORDS, (slot + 1) * WORDS) as unknown as number[]
    const [event, place, reason, source, destination, sourcePort, destinationPort, protocol, flow] = words
    return {
      atPs: atPs!,
      packet: packet!,
      event: event!,
      place: place!,
      reason: reason!,
      source: source!,
      destination: destination!,
      sourcePort: sourcePort!,
      destinationPort: destinationPort!,
      protocol: protocol!,
      flow: flow!,
      sequence: sequence!,
      sizeBytes: words[9]!,
      ttl: words[10]!,
      ecn: words[11]!,
    }
  }
}
