import type { FlowIndex } from '../../transport/flow-table.ts'
import type { Directions } from './directions.ts'
import type { Stream } from './inelastic.ts'
import { type Death, NO_CROSSING, type Path } from './path.ts'
import type { StreamBooks } from './stream-books.ts'

/** An open-loop stream: on and off periods and random gaps count with their mean rate. */
export interface StreamPlan {
  /** Mean IP bit rate. */
  readonly rateBps: number
  readonly packetBytes: number
  readonly startPs: number
  readonly stopPs: number
}

/** Packets that took as long: links crossed, store and forward, without waiting. */
export interface Arrivals {
  readonly delayPs: number
  packets: number
}

const PS_PER_SECOND = 1e12

/** A stream on its path, and its books. */
export class LiveStream implements Stream {
  readonly flow: FlowIndex
  readonly plan: StreamPlan
  isOn = false
  directions = new Int32Array(0)
  previous = new Int32Array(0)
  offered = new Float64Array(0)
  survival = new Float64Array(0)
  /** Packets sent and received up to the last `book`; mean rates make no whole ones. */
  packetsSent = 0
  packetsReceived = 0
  /** The received ones by their delay from sender to receiver. */
  readonly arrivals: Arrivals[] = []
  #shares = new Float64Array(0)
  #delivered = new Float64Array(0)
  #isLocal = false
  #deaths: readonly Death[] = []
  /** By crossing: where its packets are counted; undefined where none are delivered. */
  #arrivals: (Arrivals | undefined)[] = []
  #bookedPs = 0

  constructor(flow: FlowIndex, plan: StreamPlan) {
    this.flow = flow
    this.plan = plan
  }

  /** Takes this path from now on. */
  route(path: Path, directions: Directions): void {
    const { rateBps, packetBytes } = this.plan
    const packetsPerPs = rateBps / (8 * packetBytes) / PS_PER_SECOND
    this.directions = path.directions.slice(0, path.length)
    this.previous = path.previous.slice(0, path.length)
    this.#shares = path.shares.slice(0, path.length)
    this.#delivered = path.delivered.slice(0, path.length)
    this.#isLocal = path.length === 0 && path.died === undefined
    this.#deaths = [...path.deaths]
    this.survival = new Float64Array(path.length).fill(1)
    this.offered = Float64Array.from(this.directions, (direction, i) => {
      return path.shares[i]! * packetsPerPs * 8 * directions.wireBytes(direction, packetBytes)
    })
    const delaysPs = new Float64Array(path.length)
    this.#arrivals = Array.from(this.directions, (direction, i) => {
      const before = this.previous[i] === NO_CROSSING ? 0 : delaysPs[this.previous[i]!]!
      delaysPs[i] =
        before + directions.delayPs[direction]! + directions.transmissionPs(direction, packetBytes)
      return this.#delivered[i]! > 0 ? this.#arrivalsAfter(delaysPs[i]!) : undefined
    })
  }

  /** Enters what was sent, received, carried and lost since the last time. */
  book(nowPs: number, books: StreamBooks): void {
    const { rateBps, packetBytes } = this.plan
    const lastedPs = nowPs - this.#bookedPs
    this.#bookedPs = nowPs
    if (!this.isOn || lastedPs <= 0) return
    const packets = (lastedPs * rateBps) / (8 * packetBytes) / PS_PER_SECOND
    this.packetsSent += packets
    if (this.#isLocal) this.packetsReceived += packets
    for (const { reason, node, crossing, share } of this.#deaths) {
      const arriving = crossing === NO_CROSSING ? 1 : this.survival[crossing]!
      books.drop(reason, node, packets * share * arriving)
    }
    for (let i = 0; i < this.directions.length; i++) {
      const direction = this.directions[i]!
      const before = this.previous[i] === NO_CROSSING ? 1 : this.survival[this.previous[i]!]!
      const after = this.survival[i]!
      books.carriedBits[direction]! += this.offered[i]! * after * lastedPs
      if (after < before) books.lose(direction, packets * this.#shares[i]! * (before - after))
      const arrivals = this.#arrivals[i]
      if (arrivals === undefined) continue
      const received = packets * this.#delivered[i]! * after
      this.packetsReceived += received
      arrivals.packets += received
    }
  }

  #arrivalsAfter(delayPs: number): Arrivals {
    let arrivals = this.arrivals.find((each) => each.delayPs === delayPs)
    if (arrivals === undefined) {
      arrivals = { delayPs, packets: 0 }
      this.arrivals.push(arrivals)
    }
    return arrivals
  }
}
