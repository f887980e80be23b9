import { ATTRIBUTE_PREFIX, type Attribute } from '../attributes.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import { childOf, childrenOf, type XmlElement } from '../xml/read-xml.ts'

interface Key {
  readonly name: string
  readonly domain: string
  readonly fallback: Attribute | undefined
}

/** What the `<key>` elements declare, by id. */
export function readKeys(root: XmlElement, source: Source): ReadonlyMap<string, Key> {
  const keys = new Map<string, Key>()
  for (const element of childrenOf(root, 'key')) {
    const id = element.attributes.get('id')
    if (id === undefined) {
      source.refuse(element.line, 'this key has no id')
      continue
    }
    const value = childOf(element, 'default')
    keys.set(id, {
      name: element.attributes.get('attr.name') ?? id,
      domain: element.attributes.get('for') ?? 'all',
      fallback: value === undefined ? undefined : { value: value.text, line: value.line },
    })
  }
  return keys
}

/** The `<data>` of one element, by the names of their keys, taken one by one; what nobody takes is noted. */
export class Data {
  readonly #values = new Map<string, Attribute>()
  readonly #domain: 'graph' | 'node' | 'edge'

  constructor(
    element: XmlElement,
    keys: ReadonlyMap<string, Key>,
    domain: 'graph' | 'node' | 'edge',
    source: Source,
  ) {
    this.#domain = domain
    for (const { name, domain: of, fallback } of keys.values())
      if (fallback !== undefined && (of === 'all' || of === domain)) this.#values.set(name, fallback)
    for (const data of childrenOf(element, 'data')) {
      const id = data.attributes.get('key')
      const key = id === undefined ? undefined : keys.get(id)
      if (key !== undefined) this.#values.set(key.name, { value: data.text, line: data.line })
      else if (id === undefined) source.refuse(data.line, 'this data has no key')
      else source.refuse(data.line, `key ${JSON.stringify(id)} is declared by no <key>`)
    }
  }

  /** The value, or undefined where it is absent or empty. */
  take(name: string): Attribute | undefined {
    const found = this.#values.get(name)
    this.#values.delete(name)
    return found === undefined || found.value === '' ? undefined : found
  }

  /** All that begin with `weft.`. */
  takeOurs(): Map<string, Attribute> {
    const ours = new Map([...this.#values].filter(([name]) => name.startsWith(ATTRIBUTE_PREFIX)))
    for (const name of ours.keys()) this.#values.delete(name)
    return ours
  }

  /** Notes what nobody took; `owner` is what people call the element. */
  noteRest(owner: string, notes: Notes): void {
    for (const [name, { value, line }] of this.#values) {
      if (value === '') continue
      const kind = this.#domain === 'graph' ? 'graph attribute' : this.#domain
      const element = this.#domain === 'graph' ? { name, line } : { name: owner, line }
      const what =
        this.#domain === 'graph'
          ? 'no place for it in a scenario'
          : `attribute ${name}, which has no place in a scenario`
      notes.add(kind, element, what)
    }
  }
}
