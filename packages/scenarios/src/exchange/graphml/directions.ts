import type { ExchangeLink, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'

/**
 * Links of a scenario carry both directions, edges of a directed graph one: opposite edges of the same rate are joined
 * in pairs, first with first. What finds no partner becomes a link all the same.
 */
export function joinDirections(
  edges: readonly ExchangeLink[],
  nodes: ReadonlyMap<string, ExchangeNode>,
  notes: Notes,
): ExchangeLink[] {
  const waiting = new Map<string, ExchangeLink[]>()
  const joined = new Set<ExchangeLink>()
  const links: ExchangeLink[] = []
  for (const edge of edges) {
    const [from, to] = edge.ends
    const partner = waiting.get(keyOf(to, from, edge))?.shift()
    if (partner !== undefined) {
      joined.add(partner)
      continue
    }
    links.push(edge)
    const key = keyOf(from, to, edge)
    const known = waiting.get(key)
    if (known === undefined) waiting.set(key, [edge])
    else known.push(edge)
  }
  for (const edge of links) {
    const name = edge.ends.map((end) => nodes.get(end)!.label ?? end).join(' -> ')
    const element = { name, line: edge.line! }
    if (joined.has(edge)) notes.add('edge', element, 'directed, with an opposite', 'the two are one link')
    else notes.add('edge', element, 'directed, without an opposite', 'a link of both directions')
  }
  return links
}

const keyOf = (from: string, to: string, { rateBps }: ExchangeLink) => JSON.stringify([from, to, rateBps])
