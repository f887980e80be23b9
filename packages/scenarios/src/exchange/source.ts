import { nearest } from '@weft/core'
import { type LocatedIssue, ScenarioFileError } from '../parse/located.ts'
import { decodeText } from '../parse/text.ts'

/** The largest network of SNDlib is 2 MB of XML. */
export const NETWORK_BYTES_MAX = 4_000_000

/** More than anybody reads; a file that is wrong from end to end is not read to its end. */
const ISSUES_MAX = 1_000
/** Each hint is a look at all names. */
const HINTS_MAX = 10
const NAME_SHOWN_MAX = 80

/** A file's text, its places, and what is wrong with it. */
export class Source {
  readonly file: string
  readonly text: string
  readonly #issues: LocatedIssue[] = []
  #lineStarts: number[] | undefined
  #unknown = 0

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  /** Lines and columns count from 1. */
  placeOf(offset: number): { line: number; column: number } {
    this.#lineStarts ??= lineStarts(this.text)
    let low = 0
    for (let high = this.#lineStarts.length; high - low > 1; ) {
      const middle = (low + high) >> 1
      if (this.#lineStarts[middle]! <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - this.#lineStarts[low]! + 1 }
  }

  /** Without its end. */
  lineText(line: number): string {
    this.#lineStarts ??= lineStarts(this.text)
    return this.text.slice(this.#lineStarts[line - 1], this.#lineStarts[line]).replace(/\r?\n$/, '')
  }

  lineOf(offset: number): number {
    return this.placeOf(offset).line
  }

  refuse(line: number, message: string, column = 1): void {
    this.#issues.push({ path: [], message, line, column })
    if (this.#issues.length >= ISSUES_MAX) this.check()
  }

  /** Refuses a name that is none of the candidates, with the one that was probably meant. */
  refuseUnknown(
    line: number,
    what: string,
    name: string,
    candidates: Iterable<string>,
    expected: string,
  ): void {
    this.refuse(line, this.unknownName(what, name, candidates, expected))
  }

  /** What `refuseUnknown` says. */
  unknownName(what: string, name: string, candidates: Iterable<string>, expected: string): string {
    const meant = ++this.#unknown > HINTS_MAX ? undefined : nearest(name, candidates)
    const hint = meant === undefined ? expected : `did you mean ${JSON.stringify(meant)}?`
    return `unknown ${what} ${JSON.stringify(name.slice(0, NAME_SHOWN_MAX))}; ${hint}`
  }

  /** Throws if anything was refused. */
  check(): void {
    if (this.#issues.length > 0) throw new ScenarioFileError(this.file, this.#issues)
  }

  /** Refuses and throws: for what leaves nothing to read on with. */
  fail(line: number, message: string, column = 1): never {
    this.refuse(line, message, column)
    throw new ScenarioFileError(this.file, this.#issues)
  }
}

/** Throws a ScenarioFileError where the bytes are too many or no text. */
export function readSource(
  file: string,
  bytes: Uint8Array,
  bytesMax = NETWORK_BYTES_MAX,
  what = 'network',
): Source {
  const decoded = decodeText(bytes, bytesMax, what)
  if (decoded.ok) {
    const source = new Source(file, decoded.text)
    if (!/\S/.test(decoded.text)) source.fail(1, 'the file is empty')
    return source
  }
  const lines = decoded.before.split('\n')
  return new Source(file, '').fail(lines.length, decoded.message, lines[lines.length - 1]!.length + 1)
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
