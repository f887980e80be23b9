import type { Transmitter } from '@weft/fabric'
import { InstantLog } from '../instant-log.ts'
import { WindowTable } from '../window-table.ts'

/** Packets of one direction in a time. */
export interface QueueCounts {
  readonly packets: number
  readonly marked: number
}

export interface QueueRecorderOptions {
  /** Windows to make room for at first. */
  readonly windows: number
  /** Also the most bytes that waited. */
  readonly recordsBytes: boolean
}

/**
 * Every direction's deepest queue, window by window, and what it sent and marked. Takes 4 bytes for each direction and
 * window, 8 where bytes are recorded, and 16 for each direction and marked instant.
 */
export class QueueRecorder {
  readonly #transmitters: readonly Transmitter[]
  readonly #peakPackets: WindowTable<Uint32Array>
  readonly #peakBytes: WindowTable<Uint32Array> | undefined
  /** Packets sent and packets marked of each direction. */
  readonly #counts = new InstantLog<Float64Array>()

  constructor(transmitters: readonly Transmitter[], { windows, recordsBytes }: QueueRecorderOptions) {
    this.#transmitters = transmitters
    const table = () => new WindowTable(transmitters.length, windows, (length) => new Uint32Array(length))
    this.#peakPackets = table()
    this.#peakBytes = recordsBytes ? table() : undefined
    if (recordsBytes) for (const transmitter of transmitters) transmitter.recordBytes()
  }

  /** Keeps the counters of this instant, for `countsBetween`. */
  markInstant(atPs: number): void {
    const counts = new Float64Array(this.#transmitters.length * 2)
    this.#transmitters.forEach(({ packetsSent, packetsMarked }, direction) => {
      counts.set([packetsSent, packetsMarked], 2 * direction)
    })
    this.#counts.mark(atPs, counts)
  }

  /** Closes a window that ends now. */
  sample(): void {
    this.#peakPackets.add((direction) => this.#transmitters[direction]!.takePeakWaiting())
    this.#peakBytes?.add((direction) => this.#transmitters[direction]!.takePeakWaitingBytes())
  }

  /** Most packets that waited in every window. */
  peakPackets(direction: number): Uint32Array {
    return this.#peakPackets.row(direction)
  }

  /** Most IP bytes that waited in every window; empty unless bytes are recorded. */
  peakBytes(direction: number): Uint32Array {
    return this.#peakBytes?.row(direction) ?? new Uint32Array(0)
  }

  /** What a direction did between two marked instants; one that was not reached counts as the last that was. */
  countsBetween(direction: number, fromPs: number, toPs: number): QueueCounts {
    const [before, after] = [this.#counts.at(fromPs)!, this.#counts.at(toPs)!]
    const between = (counter: number) => after[2 * direction + counter]! - before[2 * direction + counter]!
    return { packets: between(0), marked: between(1) }
  }
}
