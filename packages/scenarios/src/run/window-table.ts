type Column = Float32Array | Uint32Array

/** A value per row and window; makes room for more windows as they come. */
export class WindowTable<Values extends Column> {
  readonly #make: (length: number) => Values
  #rows: Values[]
  #windows = 0

  /** Room for `windows` at first. */
  constructor(rows: number, windows: number, make: (length: number) => Values) {
    this.#make = make
    this.#rows = Array.from({ length: rows }, () => make(windows))
  }

  /** Adds a window with these values, by row. */
  add(valueIn: (row: number) => number): void {
    const window = this.#windows++
    if (window === this.#rows[0]?.length) this.#grow(2 * window)
    this.#rows.forEach((values, row) => {
      values[window] = valueIn(row)
    })
  }

  /** The values of all windows so far. */
  row(row: number): Values {
    return this.#rows[row]!.subarray(0, this.#windows) as Values
  }

  #grow(length: number): void {
    this.#rows = this.#rows.map((values) => {
      const longer = this.#make(length)
      longer.set(values)
      return longer
    })
  }
}
