/** Values read at a few instants of a run, in order. */
export class InstantLog<Value> {
  readonly #instants: number[] = []
  readonly #values: Value[] = []

  /** Instants must not fall; marking one again replaces its value. */
  mark(atPs: number, value: Value): void {
    if (this.#instants.at(-1) === atPs) this.#values.pop()
    else this.#instants.push(atPs)
    this.#values.push(value)
  }

  /** The value at the last marked instant up to this one; an instant that the run did not reach has the last of all. */
  at(atPs: number): Value | undefined {
    let last = this.#instants.length - 1
    while (last >= 0 && this.#instants[last]! > atPs) last--
    return this.#values[last]
  }
}
