import type { PacketClock, Transmitter } from '@weft/fabric'
import { InstantLog } from './instant-log.ts'

/** One direction of a link, and where it stands in the topology. */
export interface Direction {
  readonly transmitter: Transmitter
  /** Index of the link in the topology. */
  readonly link: number
  readonly from: string
  readonly to: string
}

/** Counters of one direction at an instant. */
export interface LinkCounts {
  readonly packets: number
  readonly wireBytes: number
  readonly marked: number
  readonly busyPs: number
}

export interface LinkRecorderOptions {
  /** Windows to make room for at first; more are made room for as they come. */
  readonly windows: number
  /** Also the most bytes that waited. */
  readonly recordsBytes: boolean
}

const COUNTERS = 4

/**
 * Every direction's utilisation and deepest queue, window by window, read between events. Takes 8 bytes for each
 * direction and window, 12 where bytes are recorded, and 32 for each direction and marked instant.
 */
export class LinkRecorder {
  readonly directions: readonly Direction[]
  /** Windows recorded so far. */
  windows = 0
  #capacity: number
  /** A row per direction, a column per window. */
  #utilization: Float32Array[]
  #peakPackets: Uint32Array[]
  #peakBytes: Uint32Array[]
  readonly #busyPs: Float64Array
  /** Four counters of each direction. */
  readonly #counts = new InstantLog<Float64Array>()

  constructor(clock: PacketClock, { windows, recordsBytes }: LinkRecorderOptions) {
    const { topology } = clock.network
    this.directions = clock.transmitters.flatMap((pair, link) =>
      pair.map((transmitter, end) => {
        const [a, b] = topology.links[link]!.ends
        return { transmitter, link, from: end === 0 ? a : b, to: end === 0 ? b : a }
      }),
    )
    this.#capacity = windows
    this.#utilization = this.directions.map(() => new Float32Array(windows))
    this.#peakPackets = this.directions.map(() => new Uint32Array(windows))
    this.#peakBytes = recordsBytes ? this.directions.map(() => new Uint32Array(windows)) : []
    if (recordsBytes) for (const { transmitter } of this.directions) transmitter.recordBytes()
    this.#busyPs = new Float64Array(this.directions.length)
  }

  /** Keeps the counters of this instant, for `countsBetween`. */
  markInstant(atPs: number): void {
    const counts = new Float64Array(this.directions.length * COUNTERS)
    this.directions.forEach(({ transmitter: { packetsSent, wireBytesSent, packetsMarked, busyPs } }, i) => {
      counts.set([packetsSent, wireBytesSent, packetsMarked, busyPs], i * COUNTERS)
    })
    this.#counts.mark(atPs, counts)
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
    if (this.windows === this.#capacity) this.#grow()
    const window = this.windows++
    this.directions.forEach(({ transmitter }, i) => {
      const { busyPs } = transmitter
      this.#utilization[i]![window] = (busyPs - this.#busyPs[i]!) / windowPs
      this.#busyPs[i] = busyPs
      this.#peakPackets[i]![window] = transmitter.takePeakWaiting()
      if (this.#peakBytes.length > 0) this.#peakBytes[i]![window] = transmitter.takePeakWaitingBytes()
    })
  }

  /** Busy share of every window. */
  utilization(direction: number): Float32Array {
    return this.#utilization[direction]!.subarray(0, this.windows)
  }

  /** Most packets that waited in every window. */
  peakPackets(direction: number): Uint32Array {
    return this.#peakPackets[direction]!.subarray(0, this.windows)
  }

  /** Most IP bytes that waited in every window; only where bytes are recorded. */
  peakBytes(direction: number): Uint32Array {
    return this.#peakBytes[direction]!.subarray(0, this.windows)
  }

  /** What a direction did between two marked instants; one that was not reached counts as the last that was. */
  countsBetween(direction: number, fromPs: number, toPs: number): LinkCounts {
    const before = this.#counts.at(fromPs)!
    const after = this.#counts.at(toPs)!
    const [packets, wireBytes, marked, busyPs] = Array.from({ length: COUNTERS }, (_, counter) => {
      const index = direction * COUNTERS + counter
      return after[index]! - before[index]!
    }) as [number, number, number, number]
    return { packets, wireBytes, marked, busyPs }
  }

  #grow(): void {
    this.#capacity *= 2
    const longer = <Column extends Float32Array | Uint32Array>(column: Column, grown: Column): Column => {
      grown.set(column)
      return grown
    }
    this.#utilization = this.#utilization.map((column) => longer(column, new Float32Array(this.#capacity)))
    this.#peakPackets = this.#peakPackets.map((column) => longer(column, new Uint32Array(this.#capacity)))
    this.#peakBytes = this.#peakBytes.map((column) => longer(column, new Uint32Array(this.#capacity)))
  }
}
