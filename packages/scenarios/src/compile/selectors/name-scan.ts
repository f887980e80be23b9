import { NameTree } from './name-tree.ts'
import { patternOf, spellingsOf } from './selectors.ts'

/** Scans that fit nothing before a tree is made: it costs about as much as they do. */
const FUTILE_SCANS_MAX = 1
/** Fewer names are scanned at once. */
const TREE_NAMES_MIN = 1_000

/** Names to select from by one pattern after another. Of very many patterns that fit nothing, most are told by a tree. */
export class NameScan {
  readonly #names: readonly string[]
  #futileScans = 0
  #tree: NameTree | undefined

  constructor(names: readonly string[]) {
    this.#names = names
  }

  /** The names that a pattern fits, in their order. */
  select(pattern: string): string[] {
    if (this.#futileScans >= FUTILE_SCANS_MAX && this.#names.length >= TREE_NAMES_MIN) {
      this.#tree ??= new NameTree(this.#names)
      const tree = this.#tree
      if (!spellingsOf(pattern).some((spelling) => tree.fits(spelling))) return []
    }
    const found = this.#names.filter(patternOf(pattern))
    if (found.length === 0) this.#futileScans++
    return found
  }
}
