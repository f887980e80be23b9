import { PatternSearch } from './pattern-search.ts'

/** What begins alike: numbers of the parts that end a name here, and of those that others follow. */
export interface Branch {
  readonly ends: readonly number[]
  readonly parts: readonly number[]
  /** Number of the branch behind each of `parts`. */
  readonly behind: readonly number[]
}

interface Draft {
  readonly ends: number[]
  readonly parts: Map<number, Draft>
}

/**
 * Very many names as a tree of their parts, each up to and including the next `/` or `:`, in which branches that go on
 * alike are one: hosts of the same names under every leaf are looked at once. Tells whether a pattern fits any name, in time
 * that grows with the different parts and hardly with the names.
 */
export class NameTree {
  readonly #parts: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #branches: Branch[] = []
  readonly #root: number

  constructor(names: Iterable<string>) {
    this.#root = this.#fold(this.#draft(names), new Map())
  }

  /** Whether a pattern, as `patternOf` takes it but in one spelling, fits a name. */
  fits(pattern: string): boolean {
    return new PatternSearch(pattern, this.#parts, this.#branches).fitsBehind(this.#root)
  }

  /** Names that follow each other mostly differ in their last parts alone, so that each begins where the one before ended. */
  #draft(names: Iterable<string>): Draft {
    const root: Draft = { ends: [], parts: new Map() }
    let prefix = ''
    let beside = root
    for (const name of names) {
      let draft = root
      let start = 0
      if (name.startsWith(prefix)) {
        draft = beside
        start = prefix.length
      }
      for (let end = endOfPart(name, start); end < name.length; end = endOfPart(name, start)) {
        draft = this.#draftBehind(draft, name.slice(start, end))
        start = end
      }
      draft.ends.push(this.#numberOf(name.slice(start)))
      if (draft === beside) continue
      beside = draft
      prefix = name.slice(0, start)
    }
    return root
  }

  #draftBehind({ parts }: Draft, part: string): Draft {
    const number = this.#numberOf(part)
    let draft = parts.get(number)
    if (draft === undefined) {
      draft = { ends: [], parts: new Map() }
      parts.set(number, draft)
    }
    return draft
  }

  #numberOf(part: string): number {
    let number = this.#numbers.get(part)
    if (number === undefined) {
      number = this.#parts.push(part) - 1
      this.#numbers.set(part, number)
    }
    return number
  }

  /** The number of a branch; of those that go on alike the same. */
  #fold(draft: Draft, known: Map<string, number>): number {
    const { ends } = draft
    const parts = [...draft.parts.keys()]
    const behind = [...draft.parts.values()].map((each) => this.#fold(each, known))
    const key = `${ends.join()} ${parts.join()} ${behind.join()}`
    let number = known.get(key)
    if (number === undefined) {
      number = this.#branches.push({ ends, parts, behind }) - 1
      known.set(key, number)
    }
    return number
  }
}

function endOfPart(name: string, start: number): number {
  for (let at = start; at < name.length; at++) if (name[at] === '/' || name[at] === ':') return at + 1
  return name.length
}
