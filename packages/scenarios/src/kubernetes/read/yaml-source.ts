import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { locate } from '../../parse/locate.ts'
import { PlainData, type YamlDialect } from '../../parse/plain-data.ts'
import { parseYamlDocuments, positionAt, type YamlDocument, yamlIssues } from '../../parse/yaml-document.ts'
import { readSimpleYaml, type SimpleDocument } from './simple-yaml.ts'
import type { SourceDocument } from './source-document.ts'
import { type YamlPiece, yamlPieces } from './yaml-pieces.ts'

/** Schemas of custom resources nest deeper than anything else. */
export const DEPTH_MAX = 200
/** Values beyond those that the text can hold come from aliases. */
const ALIASED_VALUES_MAX = 200_000

const dialectFor = (text: string): YamlDialect => ({
  what: 'manifests',
  valuesMax: ALIASED_VALUES_MAX + text.length,
  depthMax: DEPTH_MAX,
  takesMergeKeys: true,
  takesPlainKeys: true,
  plainScalar,
})

/**
 * The documents of a YAML text, without those that hold nothing. Those that are written in a simple way are read without the
 * library, which is asked for places alone, once something is wrong with one.
 */
export function yamlDocuments(text: string): SourceDocument[] {
  const pieces = yamlPieces(text)
  const documents: SourceDocument[] = []
  const scalar = scalarReader()
  for (const piece of pieces ?? []) {
    const simple = readSimpleYaml(piece.text, scalar)
    if (simple !== undefined && hasTextHead(simple)) {
      documents.push(simpleDocument(piece, simple))
      continue
    }
    const own = wholeDocuments(piece.text, piece.line)
    // the library says best in its own words what is wrong, with all of the file before it
    if (own.some(({ textIssues }) => textIssues.length > 0)) return wholeDocuments(text)
    documents.push(...own)
  }
  return pieces === undefined ? wholeDocuments(text) : documents
}

/** Whether what it says that it is is text, or missing. */
const hasTextHead = ({ data }: SimpleDocument): boolean =>
  ['apiVersion', 'kind'].every((key) => data[key] === undefined || typeof data[key] === 'string')

function simpleDocument(piece: YamlPiece, { data, line }: SimpleDocument): SourceDocument {
  let whole: SourceDocument | undefined
  const inFull = () => (whole ??= wholeDocuments(piece.text, piece.line)[0]!)
  const wordAt = (key: string) => (typeof data[key] === 'string' ? data[key] : undefined)
  return {
    head: { apiVersion: wordAt('apiVersion'), kind: wordAt('kind'), type: wordAt('type') },
    start: { line: piece.line + line + 1, column: 1 },
    textIssues: [],
    read: () => ({ data, issues: [] }),
    place: (path, about) => inFull().place(path, about),
    written: (path) => inFull().written!(path),
  }
}

/** The same by the library alone; the text begins on this line, from 0, of its file. */
export function wholeDocuments(text: string, line = 0): SourceDocument[] {
  const { documents, lines } = parseYamlDocuments(text, line)
  const dialect = dialectFor(text)
  return documents
    .filter(({ errors, contents }) => errors.length > 0 || !isNothing(contents as Node | null))
    .map((document): SourceDocument => {
      const source: YamlDocument = { document, lines }
      const contents = document.contents as Node | null
      return {
        head: {
          apiVersion: textAt(contents, 'apiVersion'),
          kind: textAt(contents, 'kind'),
          type: textAt(contents, 'type'),
        },
        start: positionAt(lines, contents?.range?.[0] ?? document.range[0]),
        textIssues: yamlIssues(document.errors, lines),
        read() {
          const plain = new PlainData(source, dialect)
          return { data: plain.read(), issues: plain.issues }
        },
        place: (path, about) => locate(source, path, about),
        written(path) {
          const node = document.getIn(path, true)
          return isScalar(node) ? node.source : undefined
        },
      }
    })
}

/** Text that means itself: no number, no word for a value. */
const WORD = /^[A-Za-z_/$(]/
const VALUE = /^(?:true|false|null)$/i
const REMEMBERED_MAX = 10_000

/** What the library makes of a plain scalar, remembered; words that mean themselves it need not be asked about. */
function scalarReader(): (source: string) => unknown {
  const known = new Map<string, unknown>()
  const ask = (source: string): unknown => {
    // in a list, where marks between documents are text
    const list = parseYamlDocuments(`- ${source}`).documents[0]?.contents as Node | null | undefined
    const [item] = isSeq(list) ? list.items : []
    return isScalar(item) ? item.value : source
  }
  return (source) => {
    if (WORD.test(source) && !VALUE.test(source)) return plainScalar(source, source)
    let value = known.get(source)
    if (value === undefined && !known.has(source)) {
      value = plainScalar(source, ask(source))
      if (known.size < REMEMBERED_MAX) known.set(source, value)
    }
    return value
  }
}

const isNothing = (node: Node | null) => node === null || (isScalar(node) && node.value === null)

/** The text at a key of a map; undefined where there is none. */
function textAt(node: Node | null, key: string): string | undefined {
  const value = isMap(node) ? node.get(key) : undefined
  return typeof value === 'string' ? value : undefined
}

const TRUE = /^(y|Y|yes|Yes|YES|on|On|ON)$/
const FALSE = /^(n|N|no|No|NO|off|Off|OFF)$/
const OCTAL = /^[-+]?0_*[0-7][0-7_]*$/
const GROUPED = /^[-+]?[0-9][0-9_]*$/

/**
 * What kubectl reads where nothing is quoted: YAML 1.1, with `yes` and `on` as booleans and `010` as an octal number,
 * and dates as text. Source: kubernetes-sigs/yaml goyaml.v2/resolve.go.
 */
function plainScalar(source: string, value: unknown): unknown {
  if (TRUE.test(source)) return true
  if (FALSE.test(source)) return false
  if (OCTAL.test(source)) return Number.parseInt(source.replaceAll('_', ''), 8)
  if (GROUPED.test(source)) return Number(source.replaceAll('_', ''))
  return value
}
