import type { Source } from '../source.ts'

export interface Token {
  /** `(`, `)` or a word. */
  readonly text: string
  readonly line: number
  readonly column: number
}

const END: Token = { text: '', line: 0, column: 1 }

/** Reads parentheses and words one by one; `#` begins a comment. The header's line is skipped. */
export class Tokens {
  readonly #source: Source
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(source: Source, headerLine: number) {
    this.#source = source
    this.#tokens = tokensOf(source.text, headerLine)
  }

  /** The next one, left where it is; its text is empty at the end. */
  get next(): Token {
    return this.#tokens[this.#next] ?? { ...END, line: this.#lastLine }
  }

  get #lastLine(): number {
    return this.#tokens[this.#tokens.length - 1]?.line ?? 1
  }

  take(): Token {
    const token = this.next
    this.#next++
    return token
  }

  is(text: string): boolean {
    return this.next.text === text
  }

  expect(text: string, where: string): Token {
    if (!this.is(text)) this.fail(`${JSON.stringify(text)} ${where}`)
    return this.take()
  }

  /** A word that is no parenthesis. */
  word(what: string): Token {
    const { text } = this.next
    if (text === '' || text === '(' || text === ')') this.fail(what)
    return this.take()
  }

  number(what: string): number {
    const token = this.word(what)
    const value = Number(token.text)
    if (!Number.isFinite(value)) this.fail(what, token)
    return value
  }

  /** Past everything up to the parenthesis that closes the one before; the first token within, if there is one. */
  skip(): Token | undefined {
    const first = this.is(')') ? undefined : this.next
    for (let depth = 1; depth > 0; ) {
      const token = this.take()
      if (token.text === '') this.fail('")"', token)
      depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0
    }
    return first
  }

  fail(expected: string, found = this.next): never {
    const shown = found.text === '' ? 'the file ends' : `found ${JSON.stringify(found.text.slice(0, 60))}`
    return this.#source.fail(found.line, `expected ${expected}; ${shown}`, found.column)
  }
}

function tokensOf(text: string, headerLine: number): Token[] {
  const tokens: Token[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1 === headerLine ? '' : raw.replace(/#.*/s, '')
    for (const match of line.matchAll(/[()]|[^\s()]+/g))
      tokens.push({ text: match[0], line: index + 1, column: match.index + 1 })
  }
  return tokens
}
