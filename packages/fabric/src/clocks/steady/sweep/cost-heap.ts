/** A binary heap of switches by cost. A switch may be pushed again with a lower cost; the stale entry comes out too. */
export class CostHeap {
  readonly #cost: Float64Array
  readonly #item: Int32Array
  #size = 0

  constructor(capacity: number) {
    this.#cost = new Float64Array(capacity)
    this.#item = new Int32Array(capacity)
  }

  push(item: number, cost: number): void {
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#cost[parent]! <= cost) break
      this.#move(parent, at)
      at = parent
    }
    this.#cost[at] = cost
    this.#item[at] = item
  }

  /** The cheapest switch; -1 where there is none. */
  pop(): number {
    if (this.#size === 0) return -1
    const item = this.#item[0]!
    const last = --this.#size
    const cost = this.#cost[last]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= last) break
      if (child + 1 < last && this.#cost[child + 1]! < this.#cost[child]!) child++
      if (this.#cost[child]! >= cost) break
      this.#move(child, at)
      at = child
    }
    this.#cost[at] = cost
    this.#item[at] = this.#item[last]!
    return item
  }

  #move(from: number, to: number): void {
    this.#cost[to] = this.#cost[from]!
    this.#item[to] = this.#item[from]!
  }
}
