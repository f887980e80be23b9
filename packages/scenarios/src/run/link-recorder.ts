import type { PacketClock, Transmitter } from '@weft/fabric'

/** One direction of a link, and where it stands in the topology. */
export interface Direction {
  readonly transmitter: Transmitter
  /** Index of the link in the topology. */
  readonly link: number
  readonly from: string
  readonly to: string
}

/** Utilisation and peak queue of every direction in every window, read between events: it changes no digest. */
export class LinkRecorder {
  readonly directions: readonly Direction[]
  /** Windows recorded so far. */
  windows = 0
  /** Busy share, and most packets waiting; a row per direction, a column per window. */
  readonly #utilization: Float32Array[] = []
  readonly #peak: Uint32Array[] = []
  readonly #busyPs: Float64Array
  readonly #atWarmup: LinkCounts[] = []

  constructor(clock: PacketClock, windowsMax: number) {
    const { topology } = clock.network
    this.directions = clock.transmitters.flatMap((pair, link) =>
      pair.map((transmitter, end) => {
        const [from, to] = end === 0 ? topology.links[link]!.ends : [...topology.links[link]!.ends].reverse()
        return { transmitter, link, from: from!, to: to! }
      }),
    )
    for (let i = 0; i < this.directions.length; i++) {
      this.#utilization.push(new Float32Array(windowsMax))
      this.#peak.push(new Uint32Array(windowsMax))
    }
    this.#busyPs = new Float64Array(this.directions.length)
    this.markWarmup()
  }

  /** Counters are reported from here on. */
  markWarmup(): void {
    this.directions.forEach(({ transmitter }, i) => {
      this.#atWarmup[i] = countsOf(transmitter)
    })
  }

  /** Closes a window of this length that ends now. */
  sample(windowPs: number): void {
    const window = this.windows++
    this.directions.forEach(({ transmitter }, i) => {
      const { busyPs } = transmitter
      this.#utilization[i]![window] = (busyPs - this.#busyPs[i]!) / windowPs
      this.#busyPs[i] = busyPs
      this.#peak[i]![window] = transmitter.takePeakWaiting()
    })
  }

  utilization(direction: number): Float32Array {
    return this.#utilization[direction]!.subarray(0, this.windows)
  }

  peakPackets(direction: number): Uint32Array {
    return this.#peak[direction]!.subarray(0, this.windows)
  }

  /** What a direction did since the warm-up. */
  countsSinceWarmup(direction: number): LinkCounts {
    const now = countsOf(this.directions[direction]!.transmitter)
    const before = this.#atWarmup[direction]!
    return {
      packets: now.packets - before.packets,
      wireBytes: now.wireBytes - before.wireBytes,
      marked: now.marked - before.marked,
      busyPs: now.busyPs - before.busyPs,
    }
  }
}

export interface LinkCounts {
  readonly packets: number
  readonly wireBytes: number
  readonly marked: number
  readonly busyPs: number
}

function countsOf({ packetsSent, wireBytesSent, packetsMarked, busyPs }: Transmitter): LinkCounts {
  return { packets: packetsSent, wireBytes: wireBytesSent, marked: packetsMarked, busyPs }
}
