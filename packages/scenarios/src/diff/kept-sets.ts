/** A set that stands for those that are alike in both scenarios. */
export interface KeptSet<Row> {
  readonly members: readonly number[]
  readonly row: Row
  alike: number
}

/** The first of many sets in some order; those of one kind together, where they have a key. */
export class KeptSets<Row> {
  /** All of them, more than are kept. */
  sets = 0
  readonly #top: number
  readonly #compare: (a: Row, b: Row) => number
  readonly #kept: KeptSet<Row>[] = []
  readonly #kinds = new Map<string, KeptSet<Row>>()

  constructor(top: number, compare: (a: Row, b: Row) => number) {
    this.#top = top
    this.#compare = compare
  }

  add(members: readonly number[], key: string | undefined, row: Row): void {
    this.sets++
    const known = key === undefined ? undefined : this.#kinds.get(key)
    if (known !== undefined) {
      known.alike++
      return
    }
    const set = { members: [...members], row, alike: 1 }
    if (key !== undefined) this.#kinds.set(key, set)
    this.#kept.push(set)
    if (this.#kept.length >= 2 * this.#top + 100) this.#prune()
  }

  /** In order; equal ones as they came. */
  first(): readonly KeptSet<Row>[] {
    this.#prune()
    return this.#kept
  }

  #prune(): void {
    this.#kept.sort((a, b) => this.#compare(a.row, b.row))
    this.#kept.length = Math.min(this.#kept.length, this.#top)
  }
}
