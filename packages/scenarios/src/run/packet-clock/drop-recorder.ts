import { type DropListener, isIcmp, type Network, NO_FLOW } from '@weft/fabric'
import type { LossRow } from '../loss-records.ts'

/** Rows of 18 bytes that are kept one by one, 36 MB in all. */
const ROWS_MAX = 2_000_000

interface Sum {
  firstPs: number
  lastPs: number
  packets: number
}

/**
 * Every drop with its instant, so that any window can be asked about exactly. After the first `rowsMax`, drops are
 * summed up by reason, place and traffic, so that memory is bounded whatever is lost.
 */
export class DropRecorder implements DropListener {
  readonly #network: Network
  readonly #trafficOf: (flow: number) => number
  readonly #rowsMax: number
  #atPs = new Float64Array(1024)
  #reason = new Uint16Array(1024)
  #place = new Uint32Array(1024)
  #flow = new Int32Array(1024)
  /** By place, then reason and traffic. */
  readonly #sums = new Map<string, Sum>()
  /** Totals by place, made when asked for, and the ledger's total at that time. */
  #byPlace: Map<string, number> | undefined
  #byPlaceOf = -1
  /** Drops kept one by one. */
  size = 0
  /** Drops that came after these. */
  summed = 0

  constructor(network: Network, trafficOf: (flow: number) => number, rowsMax = ROWS_MAX) {
    this.#network = network
    this.#trafficOf = trafficOf
    this.#rowsMax = rowsMax
    network.ledger.addDropListener(this)
  }

  onDrop(packet: number, reason: number, place: number): void {
    const { packets } = this.#network
    // an ICMP error about a flow's packet is none that its traffic sent
    const flow = isIcmp(packets.protocol[packet]!) ? NO_FLOW : packets.flow[packet]!
    if (this.size === this.#rowsMax) {
      this.#sum(flow, reason, place)
      return
    }
    if (this.size === this.#atPs.length) this.#grow()
    const row = this.size++
    this.#atPs[row] = this.#network.sim.now
    this.#reason[row] = reason
    this.#place[row] = place
    this.#flow[row] = flow
  }

  /** Drops at one place, from the ledger. */
  droppedAt(place: string): number {
    if (this.#byPlace === undefined || this.#byPlaceOf !== this.#network.ledger.dropped) {
      this.#byPlace = new Map()
      for (const row of this.#network.ledger.drops()) {
        this.#byPlace.set(row.place, (this.#byPlace.get(row.place) ?? 0) + row.packets)
      }
      this.#byPlaceOf = this.#network.ledger.dropped
    }
    return this.#byPlace.get(place) ?? 0
  }

  /** All drops: those kept one by one in order of time, then the sums. */
  *rows(): Generator<LossRow> {
    for (let row = 0; row < this.size; row++) {
      const atPs = this.#atPs[row]!
      const traffic = this.#traffic(this.#flow[row]!)
      yield {
        firstPs: atPs,
        lastPs: atPs,
        ...this.#names(this.#reason[row]!, this.#place[row]!),
        traffic,
        packets: 1,
      }
    }
    for (const [key, sum] of this.#sums) {
      const [place, reason, traffic] = key.split(' ').map(Number) as [number, number, number]
      yield { ...sum, ...this.#names(reason, place), traffic }
    }
  }

  #names(reason: number, place: number): { reason: string; place: string } {
    const { ledger } = this.#network
    return { reason: ledger.reasonName(reason), place: ledger.placeName(place) }
  }

  #traffic(flow: number): number {
    return flow === NO_FLOW ? -1 : this.#trafficOf(flow)
  }

  #sum(flow: number, reason: number, place: number): void {
    this.summed++
    const { now } = this.#network.sim
    const key = `${place} ${reason} ${this.#traffic(flow)}`
    const sum = this.#sums.get(key)
    if (sum === undefined) {
      this.#sums.set(key, { firstPs: now, lastPs: now, packets: 1 })
      return
    }
    sum.lastPs = now
    sum.packets++
  }

  #grow(): void {
    const capacity = this.#atPs.length * 2
    const grown = <Column extends { set(from: Column): void }>(from: Column, to: Column) => {
      to.set(from)
      return to
    }
    this.#atPs = grown(this.#atPs, new Float64Array(capacity))
    this.#reason = grown(this.#reason, new Uint16Array(capacity))
    this.#place = grown(this.#place, new Uint32Array(capacity))
    this.#flow = grown(this.#flow, new Int32Array(capacity))
  }
}
