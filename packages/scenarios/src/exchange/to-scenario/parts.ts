import type { ExchangeLink, ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'

/**
 * The network without what cannot be reached: hosts without a link, and if the caller wants so, all but its largest
 * connected part. Otherwise a network in several parts is refused.
 */
export function connectedPart(
  network: ExchangeNetwork,
  largestPart: boolean,
  source: Source,
  notes: Notes,
): ExchangeNetwork {
  const linked = new Set(network.links.flatMap(({ ends }) => ends))
  const nodes = network.nodes.filter((node) => {
    if (linked.has(node.id)) return true
    const element = elementOf(node)
    if (node.kind === 'host') notes.add('host', element, 'without a link', 'left out')
    else notes.add('switch', element, 'without a link', 'kept, without a host')
    return node.kind === 'switch'
  })
  const [largest, ...others] = partsOf(nodes, network.links, linked)
  if (others.length === 0) return { ...network, nodes }
  if (!largestPart) refuseParts(largest!, others, source)
  const gone = new Set(others.flat())
  for (const node of gone)
    notes.add('node', elementOf(node), 'not connected with the largest part', 'left out')
  const goneIds = new Set([...gone].map(({ id }) => id))
  return {
    ...network,
    nodes: nodes.filter(({ id }) => !goneIds.has(id)),
    links: network.links.filter(({ ends }) => !goneIds.has(ends[0])),
  }
}

export const elementOf = ({ id, label, line }: ExchangeNode) => ({
  name: label ?? id,
  ...(line !== undefined && { line }),
})

function refuseParts(
  largest: readonly ExchangeNode[],
  others: readonly ExchangeNode[][],
  source: Source,
): never {
  const nameOf = (node: ExchangeNode | undefined) => JSON.stringify(node?.label ?? node?.id)
  const [other] = others
  return source.fail(
    other![0]!.line ?? 1,
    `the network is in ${others.length + 1} parts: no path leads from ${nameOf(other![0])} (${other!.length} nodes) to ` +
      `${nameOf(largest[0])} (${largest.length} nodes); take the largest part alone with --largest-part`,
  )
}

/** Connected parts of the nodes that have links, the largest first. */
function partsOf(
  nodes: readonly ExchangeNode[],
  links: readonly ExchangeLink[],
  linked: ReadonlySet<string>,
): ExchangeNode[][] {
  const neighbours = new Map<string, string[]>(nodes.map(({ id }) => [id, []]))
  for (const { ends } of links) {
    neighbours.get(ends[0])!.push(ends[1])
    neighbours.get(ends[1])!.push(ends[0])
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const seen = new Set<string>()
  const parts: ExchangeNode[][] = []
  for (const { id } of nodes) {
    if (seen.has(id) || !linked.has(id)) continue
    seen.add(id)
    const part = [id]
    for (const next of part) {
      for (const neighbour of neighbours.get(next)!) {
        if (seen.has(neighbour)) continue
        seen.add(neighbour)
        part.push(neighbour)
      }
    }
    parts.push(part.map((each) => byId.get(each)!))
  }
  return parts.sort((a, b) => b.length - a.length)
}
