/** Something that this reader leaves to a whole one. */
class NotSimple extends Error {}

/** What stands behind a scalar that may be something else than text. */
export type ReadScalar = (source: string) => unknown

/** Plain data of a document that is written in a simple way, and where it begins. */
export interface SimpleDocument {
  readonly data: Readonly<Record<string, unknown>>
  /** Of the first key; lines from 0. */
  readonly line: number
}

interface Line {
  readonly number: number
  readonly indent: number
  /** Without spaces at its ends. */
  readonly text: string
}

const DEPTH_MAX = 100
const STRANGE = /[^\n\x20-\x7e]/
const KEY = /^([A-Za-z_][A-Za-z0-9_./-]*):(?: +|$)/
/** Keys that are no text, or not as they are written. */
const STRANGE_KEY = /^(?:__proto__|true|false|null)$/i
const PLAIN_BEGIN = /^[A-Za-z0-9_./$(+-]/
const QUOTED = /^(?:"([^"\\]*)"|'([^']*)')$/
/** Of flow collections: punctuation, or a scalar without anything that could mean more. */
const FLOW_TOKEN = / *(?:([{}[\],])|([A-Za-z0-9_./+-]+)(?=[ ,:\]}]|$)|"([^"\\]*)"|'([^']*)') */y

/**
 * Reads what nearly all manifests consist of: maps and lists in block style, scalars on one line, simple ones in braces and
 * brackets, literal blocks; ASCII alone. Undefined for everything else, and whatever may be wrong: a whole reader tells.
 */
export function readSimpleYaml(text: string, scalar: ReadScalar): SimpleDocument | undefined {
  if (STRANGE.test(text)) return undefined
  try {
    return new Reader(text, scalar).read()
  } catch (error) {
    if (error instanceof NotSimple) return undefined
    throw error
  }
}

class Reader {
  private readonly text: string
  private readonly scalar: ReadScalar
  /** Where the line after `line` begins. */
  private next = 0
  private number = -1
  /** The next that has content; undefined after the last. */
  private line: Line | undefined
  private depth = 0

  constructor(text: string, scalar: ReadScalar) {
    this.text = text
    this.scalar = scalar
  }

  read(): SimpleDocument | undefined {
    this.advance()
    const first = this.line
    if (first === undefined || first.indent > 0) return undefined
    const data = this.map(0, first.text)
    return this.line === undefined ? { data, line: first.number } : undefined
  }

  /** Goes on to the next line with content. */
  private advance(): void {
    const { text } = this
    while (this.next < text.length) {
      const begin = this.next
      const found = text.indexOf('\n', begin)
      const end = found < 0 ? text.length : found
      this.next = end + 1
      this.number++
      let at = begin
      while (at < end && text.charCodeAt(at) === 0x20) at++
      if (at === end || text.charCodeAt(at) === 0x23) continue
      this.line = { number: this.number, indent: at - begin, text: text.slice(at, end).trimEnd() }
      return
    }
    this.line = undefined
  }

  /** Entries at one indentation; `first` is that of the current line, which may begin after a dash. */
  private map(indent: number, first: string): Record<string, unknown> {
    if (++this.depth > DEPTH_MAX) throw new NotSimple()
    const result: Record<string, unknown> = {}
    let entry = first
    for (;;) {
      const match = KEY.exec(entry)
      if (match === null) throw new NotSimple()
      const key = match[1]!
      if (STRANGE_KEY.test(key) || Object.hasOwn(result, key)) throw new NotSimple()
      result[key] = this.value(entry.slice(match[0].length), indent, true)
      const { line } = this
      if (line === undefined || line.indent < indent) break
      if (line.indent > indent) throw new NotSimple()
      // after a list at the indentation of its key, or of a list around this map
      if (isEntry(line.text)) throw new NotSimple()
      entry = line.text
    }
    this.depth--
    return result
  }

  private list(indent: number): unknown[] {
    if (++this.depth > DEPTH_MAX) throw new NotSimple()
    const result: unknown[] = []
    for (;;) {
      const { line } = this
      if (line === undefined || line.indent < indent) break
      if (line.indent > indent) throw new NotSimple()
      if (!isEntry(line.text)) break
      const text = line.text.slice(1).trimStart()
      if (isEntry(text)) throw new NotSimple()
      if (KEY.test(text)) result.push(this.map(indent + line.text.length - text.length, text))
      else result.push(this.value(text, indent, false))
    }
    this.depth--
    return result
  }

  /** What stands behind a key or a dash at an indentation, on its line or those after it. */
  private value(text: string, indent: number, isOfKey: boolean): unknown {
    if (text === '|' || text === '|-') return this.literal(indent, text === '|')
    this.advance()
    if (text === '' || text.startsWith('#')) return this.block(indent, isOfKey)
    // a line further in goes on with what stands here
    if (this.line !== undefined && this.line.indent > indent) throw new NotSimple()
    return this.inline(text)
  }

  private block(indent: number, isOfKey: boolean): unknown {
    const { line } = this
    if (line === undefined || line.indent < indent) return null
    if (line.indent === indent) return isOfKey && isEntry(line.text) ? this.list(indent) : null
    return isEntry(line.text) ? this.list(line.indent) : this.map(line.indent, line.text)
  }

  private inline(text: string): unknown {
    const quoted = QUOTED.exec(text)
    if (quoted !== null) return quoted[1] ?? quoted[2]
    if (text.startsWith('{') || text.startsWith('[')) return new FlowReader(text, this.scalar).read()
    const comment = text.indexOf(' #')
    const plain = comment < 0 ? text : text.slice(0, comment).trimEnd()
    if (!PLAIN_BEGIN.test(plain) || isEntry(plain) || plain.includes(': ') || plain.endsWith(':'))
      throw new NotSimple()
    return this.scalar(plain)
  }

  /** Lines as they stand, from the indentation of the first. */
  private literal(indent: number, keepsEnd: boolean): string {
    const { text } = this
    const lines: string[] = []
    let own = -1
    while (this.next < text.length) {
      const found = text.indexOf('\n', this.next)
      if (found < 0) throw new NotSimple()
      const line = text.slice(this.next, found)
      const content = line.trimStart()
      const begin = line.length - content.length
      if (content === '') {
        if (line !== '' || own < 0) throw new NotSimple()
      } else if (begin <= indent) break
      else if (own < 0) own = begin
      else if (begin < own) throw new NotSimple()
      lines.push(content === '' ? '' : line.slice(own))
      this.next = found + 1
      this.number++
    }
    if (own < 0) throw new NotSimple()
    this.advance()
    while (lines.at(-1) === '') lines.pop()
    return keepsEnd ? `${lines.join('\n')}\n` : lines.join('\n')
  }
}

const isEntry = (text: string): boolean => text === '-' || text.startsWith('- ')

/** A collection in braces or brackets, on one line. */
class FlowReader {
  private readonly text: string
  private readonly scalar: ReadScalar
  private at = 0
  private depth = 0

  constructor(text: string, scalar: ReadScalar) {
    this.text = text
    this.scalar = scalar
  }

  read(): unknown {
    const value = this.value(this.token())
    if (this.at < this.text.length) throw new NotSimple()
    return value
  }

  private token(): RegExpExecArray {
    FLOW_TOKEN.lastIndex = this.at
    const match = FLOW_TOKEN.exec(this.text)
    if (match === null) throw new NotSimple()
    this.at = FLOW_TOKEN.lastIndex
    return match
  }

  private value(token: RegExpExecArray): unknown {
    const [, mark, plain, double, single] = token
    if (mark === '{') return this.map()
    if (mark === '[') return this.list()
    if (mark !== undefined) throw new NotSimple()
    if (plain === undefined) return double ?? single
    if (!PLAIN_BEGIN.test(plain) || plain === '-') throw new NotSimple()
    return this.scalar(plain)
  }

  private map(): Record<string, unknown> {
    if (++this.depth > DEPTH_MAX) throw new NotSimple()
    const result: Record<string, unknown> = {}
    for (let token = this.token(); token[1] !== '}'; ) {
      const key = token[2]
      const colon = this.text.startsWith(': ', this.at) && !token[0].endsWith(' ')
      if (key === undefined || !colon || !KEY.test(`${key}:`)) throw new NotSimple()
      if (STRANGE_KEY.test(key) || Object.hasOwn(result, key)) throw new NotSimple()
      this.at += 2
      result[key] = this.value(this.token())
      token = this.separator('}')
    }
    this.depth--
    return result
  }

  private list(): unknown[] {
    if (++this.depth > DEPTH_MAX) throw new NotSimple()
    const result: unknown[] = []
    for (let token = this.token(); token[1] !== ']'; ) {
      result.push(this.value(token))
      token = this.separator(']')
    }
    this.depth--
    return result
  }

  /** The end of a collection, or what stands behind a comma. */
  private separator(end: string): RegExpExecArray {
    const token = this.token()
    if (token[1] === end) return token
    if (token[1] !== ',') throw new NotSimple()
    const next = this.token()
    if (next[1] === end) throw new NotSimple()
    return next
  }
}
