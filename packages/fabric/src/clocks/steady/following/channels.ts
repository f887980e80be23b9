import type { Framing } from '../../../blueprint/network.ts'
import { framingBytes } from '../../../model/framing.ts'
import type { Topology } from '../../../routing/topology.ts'
import {
  type DemandClass,
  type DemandMatrix,
  meanPacketBytes,
} from '../../../traffic/demand/demand-matrix.ts'

/** Quantities that are followed side by side, since each is split as the traffic is. */
export const IP_BPS = 0
export const PACKETS = 1
export const CONNECTIONS = 2
/** From here on two for every framing: wire bits per second, and the sum of squared wire bits of a second's packets. */
const WIRE = 3

const ONE_SIZE = [{ sizeBytes: 1, share: 1 }]

/**
 * The quantities of a network's traffic. Bits on the wire are not in proportion to IP bits, since small packets carry
 * more framing and a minimum slot: each framing that occurs among the links has its own.
 */
export class Channels {
  readonly count: number
  /** The channel of wire bits of every link. */
  readonly wireOf: Int32Array
  readonly #framings: { readonly overheadBytes: number; readonly slotBytesMin: number }[] = []
  /** What `#measure` found last, and for what. */
  readonly #moments: Float64Array
  #measured: DemandClass | undefined
  #measuredBytes = 0

  constructor(topology: Topology) {
    const known = new Map<string, number>()
    this.wireOf = Int32Array.from(topology.links, ({ framing }) => this.#channelOf(framing, known))
    this.#moments = new Float64Array(2 * this.#framings.length)
    this.count = WIRE + this.#moments.length
  }

  /** Writes one demand's quantities to `into` from `at` on. */
  write(demands: DemandMatrix, entry: number, into: Float64Array, at: number): void {
    const ipBps = demands.ipBps[entry]!
    const packets = demands.packetsPerSecond[entry]!
    into[at + IP_BPS] = ipBps
    into[at + PACKETS] = packets
    into[at + CONNECTIONS] = demands.connectionsPerSecond[entry]!
    if (packets > 0) this.#measure(demands.classes[demands.classOf[entry]!]!, ipBps / (8 * packets))
    const moments = this.#moments
    for (let i = 0; i < moments.length; i++) into[at + WIRE + i] = packets * moments[i]!
  }

  /** Mean wire bits and squared wire bits of a packet by framing, for a class's sizes stretched to the demand's own mean. */
  #measure(of: DemandClass, meanBytes: number): void {
    if (of === this.#measured && meanBytes === this.#measuredBytes) return
    this.#measured = of
    this.#measuredBytes = meanBytes
    const stretch = of.packetSizes === undefined ? meanBytes : meanBytes / meanPacketBytes(of)
    const moments = this.#moments.fill(0)
    for (const { sizeBytes, share } of of.packetSizes ?? ONE_SIZE) {
      this.#framings.forEach(({ overheadBytes, slotBytesMin }, i) => {
        const bits = 8 * Math.max(sizeBytes * stretch + overheadBytes, slotBytesMin)
        moments[2 * i]! += share * bits
        moments[2 * i + 1]! += share * bits * bits
      })
    }
  }

  #channelOf(framing: Framing, known: Map<string, number>): number {
    const bytes = framingBytes(framing)
    const key = `${bytes.overheadBytes}/${bytes.slotBytesMin}`
    let channel = known.get(key)
    if (channel === undefined) {
      channel = WIRE + 2 * this.#framings.length
      known.set(key, channel)
      this.#framings.push(bytes)
    }
    return channel
  }
}
