import { type Alias, type Document, isCollection, isScalar, type Node, visit } from 'yaml'

const known = new WeakMap<Document, Map<string, Node[]>>()

/** What an alias stands for: what bore its name last before it. Looks through the document once, not for every alias. */
export function anchored(alias: Alias, document: Document): Node | undefined {
  const at = alias.range?.[0] ?? 0
  return anchorsOf(document)
    .get(alias.source)
    ?.filter((node) => (node.range?.[0] ?? 0) < at)
    .at(-1)
}

function anchorsOf(document: Document): Map<string, Node[]> {
  const cached = known.get(document)
  if (cached !== undefined) return cached
  const anchors = new Map<string, Node[]>()
  visit(document, {
    Node(_key, node) {
      const name = isScalar(node) || isCollection(node) ? node.anchor : undefined
      if (name !== undefined) anchors.set(name, [...(anchors.get(name) ?? []), node])
    },
  })
  known.set(document, anchors)
  return anchors
}
