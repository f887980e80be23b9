import type { Branch } from './name-tree.ts'

/** How far a pattern may have been read: positions in it, ascending. */
type Positions = readonly number[]

const NOWHERE = 0

/**
 * Looks for a name of a `NameTree` that a pattern fits. Sets of positions up to which the pattern may have been read are
 * numbered as they come up; what a part makes of a set, and what branches hold nothing behind a set, is worked out once.
 */
export class PatternSearch {
  /** Literal characters, `*` and `**`. */
  readonly #tokens: readonly string[]
  readonly #parts: readonly string[]
  readonly #branches: readonly Branch[]
  readonly #sets: Positions[] = [[]]
  readonly #numbers = new Map<string, number>([['', NOWHERE]])
  /** By set, then part: the set behind it; -1 where that is not known yet. */
  readonly #behind: Int32Array[] = []
  /** Sets, times the number of branches, plus the branch behind which none of them comes to the pattern's end. */
  readonly #futile = new Set<number>()

  constructor(pattern: string, parts: readonly string[], branches: readonly Branch[]) {
    this.#tokens = (pattern.match(/\*+|[^*]/gs) ?? []).map((token) => (token.length > 1 ? '**' : token))
    this.#parts = parts
    this.#branches = branches
  }

  fitsBehind(branch: number): boolean {
    const start: number[] = []
    this.#add(0, start)
    return this.#fits(branch, this.#numberOf(start))
  }

  #fits(at: number, set: number): boolean {
    const key = set * this.#branches.length + at
    if (set === NOWHERE || this.#futile.has(key)) return false
    const { ends, parts, behind } = this.#branches[at]!
    for (const part of ends) if (this.#isWhole(this.#after(set, part))) return true
    for (let i = 0; i < parts.length; i++)
      if (this.#fits(behind[i]!, this.#after(set, parts[i]!))) return true
    this.#futile.add(key)
    return false
  }

  #isWhole(set: number): boolean {
    return this.#sets[set]!.at(-1) === this.#tokens.length
  }

  /** The set behind a part. */
  #after(set: number, part: number): number {
    this.#behind[set] ??= new Int32Array(this.#parts.length).fill(-1)
    const known = this.#behind[set]
    if (known[part] === -1) known[part] = this.#numberOf(this.#read(this.#sets[set]!, this.#parts[part]!))
    return known[part]!
  }

  #read(from: Positions, part: string): Positions {
    let positions = from
    for (let i = 0; i < part.length && positions.length > 0; i++) {
      const char = part[i]!
      const isBoundary = char === '/' || char === ':'
      const next: number[] = []
      for (const position of positions) {
        const token = this.#tokens[position]
        if (token === '**' || (token === '*' && !isBoundary)) this.#add(position, next)
        else if (token === char) this.#add(position + 1, next)
      }
      positions = next
    }
    return positions
  }

  /** Positions come in ascending order; stars may stand for nothing. */
  #add(position: number, positions: number[]): void {
    for (let at = position; ; at++) {
      if (positions.length === 0 || positions[positions.length - 1]! < at) positions.push(at)
      const token = this.#tokens[at]
      if (token !== '*' && token !== '**') return
    }
  }

  #numberOf(positions: Positions): number {
    const key = positions.join()
    let number = this.#numbers.get(key)
    if (number === undefined) {
      number = this.#sets.push(positions) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}
