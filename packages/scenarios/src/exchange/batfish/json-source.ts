import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Source } from '../source.ts'

export type JsonNode = Node

/** Deeper than any layer-1 topology; the parser would run out of stack. */
const DEPTH_MAX = 32

/** The document's root; throws where the text is no JSON. */
export function readJson(source: Source): JsonNode {
  checkDepth(source)
  const errors: ParseError[] = []
  const root = parseTree(source.text, errors, { disallowComments: true })
  const [error] = errors
  if (error !== undefined) {
    const { line, column } = source.placeOf(error.offset)
    source.fail(line, `this is no JSON: ${plainWords(printParseErrorCode(error.error))}`, column)
  }
  return root ?? source.fail(1, 'the file is empty')
}

/** `CommaExpected` as `comma expected`. */
const plainWords = (code: string) => code.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase()

function checkDepth(source: Source): void {
  const { text } = source
  let depth = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (isQuoted && character === '\\') index++
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if (depth <= DEPTH_MAX) continue
    const { line, column } = source.placeOf(index)
    source.fail(line, `values are nested more than ${DEPTH_MAX} deep`, column)
  }
}

/** Keys and values of a map; undefined where it is none. Of a key that comes twice the last counts, as in JSON. */
export function membersOf(node: JsonNode | undefined): Map<string, JsonNode> | undefined {
  if (node?.type !== 'object') return undefined
  const members = new Map<string, JsonNode>()
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? []
    if (key !== undefined && value !== undefined) members.set(String(key.value), value)
  }
  return members
}

export const kindOf = (node: JsonNode | undefined): string => {
  if (node === undefined) return 'nothing'
  if (node.type === 'object') return 'a map'
  return node.type === 'array' ? 'a list' : JSON.stringify(node.value)
}
