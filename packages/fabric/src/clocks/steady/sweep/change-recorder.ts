import type { PartChange } from './part-change.ts'

/** Writes down where the traffic of one class after another changes, while it is spread. */
export class ChangeRecorder {
  readonly #visited: Int32Array
  readonly #changed: Int32Array
  readonly #moved: Int32Array
  /** By cell; only of `visited` ones. */
  readonly #delta: Float64Array
  readonly #rerouted: Uint8Array
  readonly #fresh = new Set<number>()

  constructor(classes: number, switches: number) {
    const words = (classes * switches + 31) >> 5
    this.#visited = new Int32Array(words)
    this.#changed = new Int32Array(words)
    this.#moved = new Int32Array(words)
    this.#delta = new Float64Array(classes * switches)
    this.#rerouted = new Uint8Array(classes)
  }

  begin(): void {
    for (const column of [this.#visited, this.#changed, this.#moved, this.#rerouted]) column.fill(0)
    this.#fresh.clear()
  }

  visit(cell: number, delta: number): void {
    this.#visited[cell >> 5]! |= 1 << (cell & 31)
    this.#delta[cell] = delta
  }

  change(cell: number): void {
    this.#changed[cell >> 5]! |= 1 << (cell & 31)
  }

  /** `inflow` is what came in and does not any more. */
  move(cell: number, inflow: number): void {
    this.visit(cell, -inflow)
    this.change(cell)
    this.#moved[cell >> 5]! |= 1 << (cell & 31)
  }

  reroute(classId: number): void {
    this.#rerouted[classId] = 1
  }

  useFresh(link: number): void {
    this.#fresh.add(link)
  }

  /** What was written down since `begin`. */
  take(): Omit<PartChange, 'links' | 'endpoints' | 'loads' | 'rises' | 'lostIp'> {
    const cells: number[] = []
    this.#visited.forEach((word, at) => {
      for (let bits = word; bits !== 0; bits &= bits - 1)
        cells.push((at << 5) + 31 - Math.clz32(bits & -bits))
    })
    return {
      visited: this.#visited.slice(),
      changed: this.#changed.slice(),
      moved: this.#moved.slice(),
      cells: Int32Array.from(cells),
      deltas: Float64Array.from(cells, (cell) => this.#delta[cell]!),
      rerouted: this.#rerouted.slice(),
      fresh: Int32Array.from(this.#fresh),
    }
  }
}
