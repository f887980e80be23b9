/** Corrections of few of many loads, by direction, bit/s on the wire. */
export class LoadExtras {
  /** 0 where there is none. */
  readonly values: Float64Array
  /** Directions that have one, `count` of them. */
  readonly directions: Int32Array
  count = 0
  readonly #listed: Uint8Array

  constructor(directions: number) {
    this.values = new Float64Array(directions)
    this.directions = new Int32Array(directions)
    this.#listed = new Uint8Array(directions)
  }

  add(direction: number, bps: number): void {
    this.values[direction]! += bps
    if (this.#listed[direction] === 1) return
    this.#listed[direction] = 1
    this.directions[this.count++] = direction
  }

  set(direction: number, bps: number): void {
    this.add(direction, 0)
    this.values[direction] = bps
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) {
      const direction = this.directions[i]!
      this.values[direction] = 0
      this.#listed[direction] = 0
    }
    this.count = 0
  }
}
