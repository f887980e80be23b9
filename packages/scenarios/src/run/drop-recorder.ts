import type { DropListener, Network } from '@weft/fabric'

/** One packet lost. */
export interface DropRow {
  readonly atPs: number
  readonly reason: string
  readonly place: string
  readonly flow: number
}

/** Rows kept one by one; beyond them drops are still counted by reason, place and window. */
const ROWS_MAX = 2_000_000

/** Every drop with its instant, so that any window can be asked about exactly. */
export class DropRecorder implements DropListener {
  readonly #network: Network
  #atPs = new Float64Array(1024)
  #reason = new Uint16Array(1024)
  #place = new Uint32Array(1024)
  #flow = new Int32Array(1024)
  /** Totals by place, made when asked for, and the ledger's total at that time. */
  #byPlace: Map<string, number> | undefined
  #byPlaceOf = -1
  size = 0
  /** Drops that came after ROWS_MAX. */
  unrecorded = 0

  constructor(network: Network) {
    this.#network = network
    network.ledger.addDropListener(this)
  }

  onDrop(packet: number, reason: number, place: number): void {
    if (this.size === ROWS_MAX) {
      this.unrecorded++
      return
    }
    if (this.size === this.#atPs.length) this.#grow()
    const row = this.size++
    this.#atPs[row] = this.#network.sim.now
    this.#reason[row] = reason
    this.#place[row] = place
    this.#flow[row] = this.#network.packets.flow[packet]!
  }

  /** Drops at one place, from the ledger: complete however many there were. */
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

  *rows(): Generator<DropRow> {
    const { ledger } = this.#network
    for (let row = 0; row < this.size; row++) {
      yield {
        atPs: this.#atPs[row]!,
        reason: ledger.reasonName(this.#reason[row]!),
        place: ledger.placeName(this.#place[row]!),
        flow: this.#flow[row]!,
      }
    }
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
