import type { PacketClock, Transmitter } from '@weft/fabric'

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

/** Every direction's utilisation and deepest queue, window by window, read between events. */
export class LinkRecorder {
  readonly directions: readonly Direction[]
  /** Windows recorded so far. */
  windows = 0
  /** A row per direction, a column per window. */
  readonly #utilization: Float32Array[] = []
  readonly #peakPackets: Uint32Array[] = []
  readonly #peakBytes: Uint32Array[] = []
  readonly #busyPs: Float64Array
  readonly #instants = new Map<number, LinkCounts[]>()

  constructor(clock: PacketClock, windowsMax: number, recordsBytes: boolean) {
    const { topology } = clock.network
    this.directions = clock.transmitters.flatMap((pair, link) =>
      pair.map((transmitter, end) => {
        const [a, b] = topology.links[link]!.ends
        return { transmitter, link, from: end === 0 ? a : b, to: end === 0 ? b : a }
      }),
    )
    for (const { transmitter } of this.directions) {
      this.#utilization.push(new Float32Array(windowsMax))
      this.#peakPackets.push(new Uint32Array(windowsMax))
      if (!recordsBytes) continue
      transmitter.recordBytes()
      this.#peakBytes.push(new Uint32Array(windowsMax))
    }
    this.#busyPs = new Float64Array(this.directions.length)
  }

  /** Keeps the counters of this instant, for `countsBetween`. */
  markInstant(atPs: number): void {
    this.#instants.set(
      atPs,
      this.directions.map(({ transmitter: { packetsSent, wireBytesSent, packetsMarked, busyPs } }) => {
        return { packets: packetsSent, wireBytes: wireBytesSent, marked: packetsMarked, busyPs }
      }),
    )
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
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
    const before = this.#countsAt(direction, fromPs)
    const after = this.#countsAt(direction, toPs)
    return {
      packets: after.packets - before.packets,
      wireBytes: after.wireBytes - before.wireBytes,
      marked: after.marked - before.marked,
      busyPs: after.busyPs - before.busyPs,
    }
  }

  #countsAt(direction: number, atPs: number): LinkCounts {
    const exact = this.#instants.get(atPs)
    if (exact !== undefined) return exact[direction]!
    const latest = Math.max(...[...this.#instants.keys()].filter((instant) => instant <= atPs))
    return this.#instants.get(latest)![direction]!
  }
}
