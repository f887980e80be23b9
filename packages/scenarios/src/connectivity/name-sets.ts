import { naturalCompare } from '@weft/fabric'

const NAMES_SHOWN = 4
const PARTS_SHOWN = 4
/** So many may be missing from a namespace that is named as a whole. */
const MISSING_MAX = 2

/** Names of workloads and sets of them, for people. */
export class NameSets {
  readonly #byNamespace = new Map<string, string[]>()
  readonly #namespaceOf: (name: string) => string
  readonly #count: number

  constructor(names: readonly string[], namespaceOf: (name: string) => string) {
    this.#namespaceOf = namespaceOf
    this.#count = names.length
    for (const name of names) {
      const known = this.#byNamespace.get(namespaceOf(name))
      if (known === undefined) this.#byNamespace.set(namespaceOf(name), [name])
      else known.push(name)
    }
  }

  /** In the order in which people count. */
  get namespaces(): readonly string[] {
    return [...this.#byNamespace.keys()].sort(naturalCompare)
  }

  namesIn(namespace: string): readonly string[] {
    return this.#byNamespace.get(namespace) ?? []
  }

  /** `everyone`, `shop/*`, `shop/* but cart`, `shop/cart, shop/search and 3 more`. */
  describe(names: readonly string[]): string {
    const own = new Set(names)
    if (own.size === this.#count && own.size > 1) return 'everyone'
    const missing = this.#missing(own)
    if (own.size > 3 && missing.length <= MISSING_MAX) return `everyone but ${missing.join(', ')}`
    const parts = this.namespaces
      .map((namespace) => this.#inNamespace(namespace, own))
      .filter((part) => part !== '')
    const more = parts.length - PARTS_SHOWN
    if (more <= 1) return parts.join(', ')
    return `${parts.slice(0, PARTS_SHOWN).join(', ')} and of ${more} more namespaces`
  }

  /** Names that are not there; of a namespace of which none of several is, all together. */
  #missing(own: ReadonlySet<string>): string[] {
    return [...this.#byNamespace].flatMap(([namespace, all]) => {
      const names = all.filter((name) => !own.has(name))
      return names.length === all.length && names.length > 1 ? [`${namespace}/*`] : names
    })
  }

  #inNamespace(namespace: string, own: ReadonlySet<string>): string {
    const all = this.namesIn(namespace)
    const names = all.filter((name) => own.has(name))
    if (names.length === 0) return ''
    if (names.length === 1) return names[0]!
    const missing = all.filter((name) => !own.has(name))
    if (missing.length === 0) return `${namespace}/*`
    const short = (name: string) => name.slice(this.#namespaceOf(name).length + 1)
    if (names.length > NAMES_SHOWN && missing.length <= MISSING_MAX)
      return `${namespace}/* but ${missing.map(short).join(', ')}`
    const shown = names.length > NAMES_SHOWN + 1 ? names.slice(0, NAMES_SHOWN) : names
    const more = names.length - shown.length
    return `${namespace}/{${shown.map(short).join(', ')}${more > 0 ? `, ${more} more` : ''}}`
  }
}
