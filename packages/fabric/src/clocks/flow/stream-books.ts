/** What streams have carried and lost, by direction; fractions of packets, since streams count with mean rates. */
export class StreamBooks {
  /** Wire bits. */
  readonly carriedBits: Float64Array
  /** Packets that did not fit, and those that met a dead link. */
  readonly overflow: Float64Array
  readonly cut: Float64Array
  readonly #isUsable: Uint8Array

  /** `isUsable`: 1 for every link that carries now, kept by its owner. */
  constructor(directions: number, isUsable: Uint8Array) {
    this.carriedBits = new Float64Array(directions)
    this.overflow = new Float64Array(directions)
    this.cut = new Float64Array(directions)
    this.#isUsable = isUsable
  }

  /** Enters packets that a direction has lost. */
  lose(direction: number, packets: number): void {
    const lost = this.#isUsable[direction >> 1] === 1 ? this.overflow : this.cut
    lost[direction]! += packets
  }
}
