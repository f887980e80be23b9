import { type Document, Lexer, LineCounter, parseAllDocuments, type YAMLError } from 'yaml'
import type { LocatedIssue } from './located.ts'

/** Pieces of YAML (keys, values, punctuation, blanks) in one file; bounds the time that nonsense can take. */
const LEXEMES_MAX = 100_000
/** Each wrong escape costs the YAML library a few microseconds. */
const ESCAPES_MAX = 10_000

export interface YamlDocument {
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

export type YamlParsed =
  | { readonly ok: true; readonly value: YamlDocument }
  | { readonly ok: false; readonly issues: LocatedIssue[] }

/** One YAML 1.2 document, or everything that keeps the text from being one. */
export function parseYamlDocument(text: string): YamlParsed {
  const tooMuch = excess(text)
  if (tooMuch !== undefined) return refused(tooMuch, 1, 1)
  const { documents, lines } = parseYamlDocuments(text)
  const at = (offset: number, message: string): LocatedIssue => ({
    path: [],
    message,
    ...positionAt(lines, offset),
  })
  const problems = documents.flatMap((each) => [...each.errors, ...each.warnings])
  if (problems.length > 0) return { ok: false, issues: yamlIssues(problems, lines) }
  const [document, second] = documents
  if (document === undefined || document.contents === null) {
    return refused('the file is empty; weft init writes a scenario to start from', 1, 1)
  }
  if (second !== undefined)
    return {
      ok: false,
      issues: [at(second.range[0], 'a second document begins here; a file holds one scenario')],
    }
  if (document.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
    return refused(
      `the file says %YAML ${document.directives.yaml.version}; Weft reads YAML 1.2, so remove that line`,
      1,
      1,
    )
  }
  return { ok: true, value: { document, lines } }
}

/** All documents of a text, each with what is wrong with it; so many lines of its file stand before the text. */
export function parseYamlDocuments(
  text: string,
  linesBefore = 0,
): {
  documents: readonly Document.Parsed[]
  lines: LineCounter
} {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.2',
    // whatever a directive says
    schema: 'core',
  })
  if (linesBefore > 0) {
    const { linePos } = lines
    lines.linePos = (offset) => {
      const { line, col } = linePos(offset)
      return { line: line + linesBefore, col }
    }
  }
  return { documents: Array.isArray(parsed) ? parsed : [], lines }
}

/** What the YAML library says of a document, in plain words and with places. */
export const yamlIssues = (problems: readonly YAMLError[], lines: LineCounter): LocatedIssue[] =>
  distinct(
    problems.map((each) => ({ path: [], message: plainWords(each), ...positionAt(lines, each.pos[0]) })),
  )

export function positionAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

const refused = (message: string, line: number, column: number): YamlParsed => {
  return { ok: false, issues: [{ path: [], message, line, column }] }
}

function excess(text: string): string | undefined {
  let escapes = 0
  for (let index = text.indexOf('\\'); index >= 0; index = text.indexOf('\\', index + 1)) escapes++
  if (escapes > ESCAPES_MAX)
    return `the file has ${escapes} backslashes; a scenario has at most ${ESCAPES_MAX}`
  let lexemes = 0
  for (const _ of new Lexer().lex(text)) {
    if (++lexemes > LEXEMES_MAX) {
      return `the file has more than ${LEXEMES_MAX} keys, values and marks; that is no scenario that Weft can read`
    }
  }
  return undefined
}

/** One slip often gets several of the library's messages, which are one in plain words. */
function distinct(issues: readonly LocatedIssue[]): LocatedIssue[] {
  const key = ({ line, column, message }: LocatedIssue) => `${line}:${column} ${message}`
  return [...new Map(issues.map((issue) => [key(issue), issue])).values()]
}

/** The commonest slips in plain words; the rest as the YAML library says it. */
function plainWords({ code, message }: { code: string; message: string }): string {
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML takes spaces alone'
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!name) are not used in scenarios; remove it'
  if (code === 'RESOURCE_EXHAUSTION') return 'values are nested too deeply'
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'MULTILINE_IMPLICIT_KEY')
    return 'the indentation is wrong here or on the next line; the keys of one map begin in the same column'
  const sentence = message.split('\n')[0]!.replace(/[.:]$/, '')
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
