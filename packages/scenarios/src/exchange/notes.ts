import { given } from './given.ts'

/** Something that stood in the file and has no place in what was made of it, or was missing there. */
export interface Note {
  readonly file: string
  /** `link`, `node attribute` ... */
  readonly kind: string
  readonly elements: readonly NotedElement[]
  /** What is lost or missing. */
  readonly what: string
  /** What stands in its place. */
  readonly instead?: string
}

export interface NotedElement {
  readonly name: string
  readonly line?: number
}

/** Collects notes; those that say the same of several elements become one. */
export class Notes {
  readonly #file: string
  readonly #notes = new Map<string, Note & { readonly elements: NotedElement[] }>()

  constructor(file: string) {
    this.#file = file
  }

  add(kind: string, element: NotedElement, what: string, instead?: string): void {
    const key = JSON.stringify([kind, what, instead])
    const known = this.#notes.get(key)
    if (known === undefined)
      this.#notes.set(key, { file: this.#file, kind, elements: [element], what, ...given({ instead }) })
    else known.elements.push(element)
  }

  get all(): readonly Note[] {
    return [...this.#notes.values()]
  }
}

const ELEMENTS_SHOWN_MAX = 3
const NAME_SHOWN_MAX = 60

/** `abilene.graphml:12  14 links (a - b, c - d, e - f ...): no rate; 10Gbps assumed`. */
export function formatNote({ file, kind, elements, what, instead }: Note): string {
  const lines = elements.flatMap(({ line }) => (line === undefined ? [] : [line]))
  const place = lines.length === 0 ? file : `${file}:${Math.min(...lines.slice(0, ELEMENTS_SHOWN_MAX))}`
  const names = elements.slice(0, ELEMENTS_SHOWN_MAX).map(({ name }) => shown(name))
  const list = `${names.join(', ')}${elements.length > names.length ? ' ...' : ''}`
  const subject = elements.length === 1 ? `${kind} ${list}` : `${elements.length} ${plural(kind)} (${list})`
  return `${place}  ${subject}: ${what}${instead === undefined ? '' : `; ${instead}`}`
}

const plural = (kind: string) =>
  kind === 'switch' ? 'switches' : kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`

function shown(name: string): string {
  // Names come from the file: nothing of them may steer a terminal.
  const clean = name.replace(/\p{Cc}+/gu, ' ')
  return clean.length > NAME_SHOWN_MAX ? `${clean.slice(0, NAME_SHOWN_MAX)}...` : clean
}
