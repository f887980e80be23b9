import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { Source } from '../../exchange/source.ts'
import type { LocatedIssue } from '../../parse/located.ts'
import { PROTO_KEY, tooDeep } from '../../schema/words.ts'
import type { SourceDocument } from './source-document.ts'
import { DEPTH_MAX } from './yaml-source.ts'

type Path = readonly (string | number)[]

/** The values of a JSON text, which may hold several one after another. */
export function jsonDocuments(file: string, text: string): SourceDocument[] {
  const source = new Source(file, text)
  return piecesOf(text).map((piece) => jsonDocument(source, piece))
}

/** A value at the outermost level: from where to where, and where it is nested too deeply. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly tooDeepAt: number | undefined
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let start = -1
  let depth = 0
  let tooDeepAt: number | undefined
  let isQuoted = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (isQuoted) {
      if (character === '\\') index++
      else if (character === '"') isQuoted = false
      continue
    }
    if (start < 0 && /\S/.test(character)) start = index
    if (character === '"') isQuoted = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    if (depth > DEPTH_MAX) tooDeepAt ??= index
    const isEnd = (character === '}' || character === ']') && depth <= 0
    if (isEnd) {
      pieces.push({ start, end: index + 1, tooDeepAt })
      start = -1
      depth = 0
      tooDeepAt = undefined
    }
  }
  return start < 0 ? pieces : [...pieces, { start, end: text.length, tooDeepAt }]
}

function jsonDocument(source: Source, { start, end, tooDeepAt }: Piece): SourceDocument {
  const at = (offset: number) => source.placeOf(start + offset)
  const issue = (offset: number, message: string): LocatedIssue => ({ path: [], message, ...at(offset) })
  const errors: ParseError[] = []
  const text = source.text.slice(start, end)
  const root = tooDeepAt === undefined ? parseTree(text, errors, { disallowComments: true }) : undefined
  const [error] = errors
  const textIssues =
    tooDeepAt !== undefined
      ? [issue(tooDeepAt - start, tooDeep(DEPTH_MAX))]
      : error === undefined
        ? []
        : [issue(error.offset, `this is no JSON: ${plainWords(printParseErrorCode(error.error))}`)]
  return {
    head: {
      apiVersion: textAt(root, 'apiVersion'),
      kind: textAt(root, 'kind'),
      type: textAt(root, 'type'),
    },
    start: at(0),
    textIssues,
    read() {
      const issues: LocatedIssue[] = []
      return {
        data:
          root === undefined
            ? null
            : plain(root, (node, message) => issues.push(issue(node.offset, message))),
        issues,
      }
    },
    place: (path, about) => at(offsetOf(root, path, about)),
  }
}

/** `CommaExpected` as `comma expected`. */
const plainWords = (code: string) => code.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase()

function textAt(node: Node | undefined, key: string): string | undefined {
  const value = node?.type === 'object' ? memberOf(node, key)?.children?.[1]?.value : undefined
  return typeof value === 'string' ? value : undefined
}

const memberOf = (node: Node, key: string) =>
  node.children?.find(({ children }) => children?.[0]?.value === key)

function plain(node: Node, refuse: (node: Node, message: string) => void): unknown {
  if (node.type === 'array') return (node.children ?? []).map((child) => plain(child, refuse))
  if (node.type !== 'object') return node.value
  const result: Record<string, unknown> = {}
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? []
    if (key === undefined || value === undefined) continue
    const name = String(key.value)
    if (name === '__proto__') refuse(key, PROTO_KEY)
    else if (Object.hasOwn(result, name)) refuse(key, `duplicate key ${JSON.stringify(name)}`)
    else result[name] = plain(value, refuse)
  }
  return result
}

function offsetOf(root: Node | undefined, path: Path, about: 'key' | 'value'): number {
  let node = root
  let offset = root?.offset ?? 0
  for (const [index, part] of path.entries()) {
    if (node?.type === 'array' && typeof part === 'number') {
      const item: Node | undefined = node.children?.[part]
      if (item === undefined) break
      node = item
      offset = item.offset
    } else if (node?.type === 'object') {
      const member = memberOf(node, String(part))
      const [key, value] = member?.children ?? []
      if (key === undefined || value === undefined) break
      node = value
      const isLast = index === path.length - 1
      offset = isLast && about === 'value' ? value.offset : key.offset
    } else break
  }
  return offset
}
