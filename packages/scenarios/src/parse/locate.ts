import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { anchored } from './anchors.ts'
import { positionAt, type YamlDocument } from './yaml-document.ts'

type Position = { readonly line: number; readonly column: number }

/**
 * Where a path into the data stands in the text: the value, or the key where `wanted` says so or the value is a
 * map or list that has no place of its own to point at. A path that leads nowhere is placed at the last part that exists.
 */
export function locate(
  { document, lines }: YamlDocument,
  path: readonly (string | number)[],
  wanted: 'key' | 'value',
): Position {
  let node = document.contents as Node | null
  let offset = node?.range?.[0] ?? 0
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = anchored(node, document) ?? null
    if (isMap(node)) {
      const pair = (node.items as Pair<Node | null, Node | null>[]).find(
        ({ key }) => isScalar(key) && key.value === String(part),
      )
      if (pair === undefined) break
      node = pair.value
      const isLast = index === path.length - 1
      const isBlock = node !== null && (isMap(node) || isSeq(node)) && node.flow !== true
      const pointsAtKey = (isLast && wanted === 'key') || !isLast || isBlock || isEmpty(node)
      offset = (pointsAtKey ? pair.key?.range?.[0] : node?.range?.[0]) ?? offset
    } else if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
      node = node.items[part] as Node | null
      offset = node?.range?.[0] ?? offset
    } else break
  }
  return positionAt(lines, offset)
}

/** `leaves:` with nothing behind it: the value's place would be the next line. */
const isEmpty = (node: Node | null) => node === null || (isScalar(node) && node.source === '')
