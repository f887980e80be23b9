import { InvariantError } from '@weft/core'
import type { PacketHandle, PacketTable } from './packet-table.ts'

/** One kind of loss at one place. */
export interface DropCount {
  readonly reason: string
  readonly place: string
  readonly packets: number
}

/**
 * The books of a run. Every packet is originated once and ends once: delivered, or dropped for a named reason
 * at a named place. Reasons and places get their numbers at construction, in wiring order.
 */
export class Ledger {
  originated = 0
  delivered = 0
  dropped = 0
  private readonly packets: PacketTable
  private readonly reasons: string[] = []
  private readonly places: string[] = []
  /** Packets dropped, by place and reason. */
  private readonly dropCounts: (Float64Array | undefined)[] = []
  private readonly listeners: DropListener[] = []
  private readonly answerListeners: AnswerListener[] = []

  constructor(packets: PacketTable) {
    this.packets = packets
  }

  /** The number of a reason; the same name always gives the same number. */
  reason(name: string): number {
    const known = this.reasons.indexOf(name)
    return known >= 0 ? known : this.reasons.push(name) - 1
  }

  /** The number of a reason that some component has entered; -1 of others. */
  numberOf(name: string): number {
    return this.reasons.indexOf(name)
  }

  reasonName(reason: number): string {
    return this.reasons[reason]!
  }

  place(name: string): number {
    return this.places.push(name) - 1
  }

  placeName(place: number): string {
    return this.places[place]!
  }

  /** The listener is told of every drop, before the packet is freed. */
  addDropListener(listener: DropListener): void {
    this.listeners.push(listener)
  }

  /** The listener is told of every answer to a refused packet. */
  addAnswerListener(listener: AnswerListener): void {
    this.answerListeners.push(listener)
  }

  /** The network answers a packet that it refuses by this one, which is originated next. */
  answer(packet: PacketHandle): void {
    for (const listener of this.answerListeners) listener.onAnswer(packet)
  }

  /** Ends a packet: counts it and frees its handle. */
  drop(packet: PacketHandle, reason: number, place: number): void {
    this.dropped++
    let counts = this.dropCounts[place]
    if (counts === undefined || reason >= counts.length) {
      const grown = new Float64Array(this.reasons.length)
      if (counts !== undefined) grown.set(counts)
      counts = this.dropCounts[place] = grown
    }
    counts[reason]!++
    for (const listener of this.listeners) listener.onDrop(packet, reason, place)
    this.packets.free(packet)
  }

  deliver(packet: PacketHandle): void {
    this.delivered++
    this.packets.free(packet)
  }

  /** Every non-zero count, ordered by place, then reason. */
  drops(): DropCount[] {
    const rows: DropCount[] = []
    for (const [place, counts] of this.dropCounts.entries()) {
      // places where nothing was dropped have no counts
      counts?.forEach((packets, reason) => {
        if (packets > 0) rows.push({ reason: this.reasons[reason]!, place: this.places[place]!, packets })
      })
    }
    return rows
  }

  droppedFor(reasonName: string): number {
    return this.drops().reduce((sum, row) => (row.reason === reasonName ? sum + row.packets : sum), 0)
  }

  /** Throws unless originated = delivered + dropped + in flight. */
  assertConserved(): void {
    const inFlight = this.packets.live
    if (this.originated !== this.delivered + this.dropped + inFlight) {
      throw new InvariantError(
        `packets are not conserved: originated ${this.originated}, delivered ${this.delivered}, ` +
          `dropped ${this.dropped}, in flight ${inFlight}`,
      )
    }
  }
}

/** Told of every answer that the network itself gives to a packet that it refuses, before it is originated. */
export interface AnswerListener {
  onAnswer(packet: PacketHandle): void
}

export interface DropListener {
  onDrop(packet: PacketHandle, reason: number, place: number): void
}
