/** Packets that a node dropped for a reason that has a name. */
export interface DroppedPackets {
  readonly reason: string
  readonly node: number
  packets: number
}

/** What streams have carried and lost, by direction; fractions of packets, since streams count with mean rates. */
export class StreamBooks {
  /** Wire bits. */
  readonly carriedBits: Float64Array
  /** Packets that did not fit, and those that met a dead link. */
  readonly overflow: Float64Array
  readonly cut: Float64Array
  readonly #isUsable: Uint8Array
  /** By reason and node. */
  readonly #dropped = new Map<string, DroppedPackets>()

  /** `isUsable`: 1 for every link that carries now, kept by its owner. */
  constructor(directions: number, isUsable: Uint8Array) {
    this.carriedBits = new Float64Array(directions)
    this.overflow = new Float64Array(directions)
    this.cut = new Float64Array(directions)
    this.#isUsable = isUsable
  }

  /** What nodes have dropped. */
  get dropped(): readonly DroppedPackets[] {
    return [...this.#dropped.values()]
  }

  /** Enters packets that a node has dropped. */
  drop(reason: string, node: number, packets: number): void {
    const key = `${node} ${reason}`
    const dropped = this.#dropped.get(key)
    if (dropped === undefined) this.#dropped.set(key, { reason, node, packets })
    else dropped.packets += packets
  }

  /** Enters packets that a direction has lost. */
  lose(direction: number, packets: number): void {
    const lost = this.#isUsable[direction >> 1] === 1 ? this.overflow : this.cut
    lost[direction]! += packets
  }
}
