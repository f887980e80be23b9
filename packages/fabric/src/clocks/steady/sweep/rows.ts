/** No class, no stage. */
export const NOWHERE = -1

/** Demands in groups: those of group g are the rows from `start[g]` up to `start[g + 1]`. Bit/s on the wire, and IP bit/s. */
export interface Rows {
  readonly start: Int32Array
  readonly key: Int32Array
  readonly wire: Float64Array
  readonly ip: Float64Array
}

export function emptyRows(groups: number, rows: number): Rows {
  return {
    start: new Int32Array(groups + 1),
    key: new Int32Array(rows),
    wire: new Float64Array(rows),
    ip: new Float64Array(rows),
  }
}

/** Turns counts that stand one place behind their group into the groups' starts. */
export function accumulate(start: Int32Array): Int32Array {
  for (let i = 1; i < start.length; i++) start[i]! += start[i - 1]!
  return start.slice()
}

/** Sums by key, such as a switch, of one group after another, put behind each other. */
export class RowSums {
  readonly keys: number[] = []
  readonly wires: number[] = []
  readonly ips: number[] = []
  readonly #wire: Float64Array
  readonly #ip: Float64Array
  readonly #listed: Uint8Array
  #first = 0

  constructor(keys: number) {
    this.#wire = new Float64Array(keys)
    this.#ip = new Float64Array(keys)
    this.#listed = new Uint8Array(keys)
  }

  add(key: number, wireBps: number, ipBps: number): void {
    if (this.#listed[key] === 0) this.keys.push(key)
    this.#listed[key] = 1
    this.#wire[key]! += wireBps
    this.#ip[key]! += ipBps
  }

  /** Ends a group, and answers how many rows there are. */
  close(): number {
    for (let k = this.#first; k < this.keys.length; k++) {
      const key = this.keys[k]!
      this.wires.push(this.#wire[key]!)
      this.ips.push(this.#ip[key]!)
      this.#listed[key] = 0
      this.#wire[key] = 0
      this.#ip[key] = 0
    }
    this.#first = this.keys.length
    return this.#first
  }
}
