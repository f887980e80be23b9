import type { Network } from '../../build/network.ts'
import { framingBytes } from '../../model/framing.ts'
import { StoreAndForward } from '../../traffic/store-and-forward.ts'
import type { Path } from './path.ts'

const PS_PER_SECOND = 1e12

/** Every direction of every link, by `2 * link + end`: what it carries, what packets cost there, how long they take. */
export class Directions {
  readonly count: number
  /** Wire bits per picosecond. */
  readonly capacity: Float64Array
  readonly delayPs: Float64Array
  readonly #overheadBytes: Int32Array
  readonly #slotBytesMin: Int32Array
  readonly #burst = new StoreAndForward()

  constructor({ topology }: Network, headers: boolean) {
    const { links } = topology
    this.count = 2 * links.length
    this.capacity = new Float64Array(this.count)
    this.delayPs = new Float64Array(this.count)
    this.#overheadBytes = new Int32Array(this.count)
    this.#slotBytesMin = new Int32Array(this.count)
    for (let direction = 0; direction < this.count; direction++) {
      const { rateBps, delayPs, framing } = links[direction >> 1]!
      const { overheadBytes, slotBytesMin } = framingBytes(framing)
      this.capacity[direction] = rateBps / PS_PER_SECOND
      this.delayPs[direction] = delayPs
      this.#overheadBytes[direction] = headers ? overheadBytes : 0
      this.#slotBytesMin[direction] = headers ? slotBytesMin : 0
    }
  }

  /** The resource that acknowledgements have there; that of data is the direction itself. */
  acknowledgementsOn(direction: number): number {
    return this.count + direction
  }

  /** Bytes that a packet of this many IP bytes occupies there. */
  wireBytes(direction: number, sizeBytes: number): number {
    return Math.max(sizeBytes + this.#overheadBytes[direction]!, this.#slotBytesMin[direction]!)
  }

  /** From a packet's first bit sent to its last received, over an idle path. */
  transitPs(path: Path, sizeBytes: number): number {
    let sumPs = 0
    for (let i = 0; i < path.length; i++) {
      const direction = path.directions[i]!
      sumPs += path.shares[i]! * (this.delayPs[direction]! + this.transmissionPs(direction, sizeBytes))
    }
    return sumPs
  }

  /**
   * By how much the last of so many segments arrives later, on an idle path, than a fluid of the same wire bytes would
   * have left the narrowest link. Where the path branches: the mean over the branches, as if all segments were as long
   * as the last.
   */
  burstPs(path: Path, segments: number, fullBytes: number, lastBytes: number): number {
    const burst = this.#burst.begin(segments)
    let drainPs = 0
    let slowestPs = 0
    for (let i = 0; i < path.length; i++) {
      const direction = path.directions[i]!
      const fullPs = this.transmissionPs(direction, fullBytes)
      const lastPs = this.transmissionPs(direction, lastBytes)
      burst.cross(fullPs, lastPs, this.delayPs[direction]!)
      drainPs = Math.max(drainPs, (segments - 1) * fullPs + lastPs)
      slowestPs = Math.max(slowestPs, path.shares[i]! * lastPs)
    }
    if (!path.branches) return Math.max(0, burst.lastPs - drainPs)
    return Math.max(0, this.transitPs(path, lastBytes) - slowestPs)
  }

  /** By how much a small packet that goes ahead on an idle path puts off the first one behind it. */
  leadPs(path: Path, aheadBytes: number, firstBytes: number): number {
    let leadPs = 0
    let aheadPs = 0
    let firstPs = 0
    for (let i = 0; i < path.length; i++) {
      const direction = path.directions[i]!
      aheadPs += this.transmissionPs(direction, aheadBytes)
      leadPs = Math.max(leadPs, aheadPs - firstPs)
      firstPs += this.transmissionPs(direction, firstBytes)
    }
    return leadPs
  }

  transmissionPs(direction: number, sizeBytes: number): number {
    return (8 * this.wireBytes(direction, sizeBytes)) / this.capacity[direction]!
  }
}
