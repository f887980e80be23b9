import type { ExchangeLink, ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import { type JsonNode, kindOf, membersOf, readJson } from './json-source.ts'

interface Interface {
  readonly host: string
  readonly port: string
}

interface Edge {
  readonly ends: readonly [Interface, Interface]
  readonly line: number
}

/**
 * Batfish's layer-1 topology, `layer1_topology.json`: a list of edges between interfaces. An edge and its opposite are
 * one link. Host names are compared without regard to case, as Batfish does.
 */
export function readBatfish(source: Source, notes: Notes): ExchangeNetwork {
  const root = membersOf(readJson(source)) ?? source.fail(1, 'expected a map with "edges"')
  const list = root.get('edges')
  if (list?.type !== 'array')
    source.fail(
      list === undefined ? 1 : source.lineOf(list.offset),
      `edges: expected a list, got ${kindOf(list)}`,
    )
  for (const [key, { offset }] of root)
    if (key !== 'edges')
      notes.add('key', { name: key, line: source.lineOf(offset) }, 'no place for it in a scenario')
  const edges = (list.children ?? []).flatMap((edge) => readEdge(edge, source, notes))
  source.check()
  const nodes = new Map<string, ExchangeNode>()
  for (const { ends, line } of edges)
    for (const { host } of ends) if (!nodes.has(host)) nodes.set(host, { id: host, kind: 'switch', line })
  return { nodes: [...nodes.values()], links: linksOf(edges, notes), demands: [] }
}

function readEdge(edge: JsonNode, source: Source, notes: Notes): Edge[] {
  const { line, column } = source.placeOf(edge.offset)
  const members = membersOf(edge)
  if (members === undefined) {
    source.refuse(line, `expected an edge with node1 and node2, got ${kindOf(edge)}`, column)
    return []
  }
  const ends = (['node1', 'node2'] as const).map((key) => readInterface(key, members.get(key), edge, source))
  const [a, b] = ends
  if (a === undefined || b === undefined) return []
  const element = { name: `${textOf(a)} - ${textOf(b)}`, line }
  for (const key of members.keys())
    if (key !== 'node1' && key !== 'node2')
      notes.add('edge', element, `setting ${key}, which has no place in a scenario`)
  return [{ ends: [a, b], line }]
}

function readInterface(
  key: string,
  node: JsonNode | undefined,
  edge: JsonNode,
  source: Source,
): Interface | undefined {
  const { line, column } = source.placeOf((node ?? edge).offset)
  const members = membersOf(node)
  if (members === undefined) {
    source.refuse(line, `${key}: expected a map with hostname and interfaceName, got ${kindOf(node)}`, column)
    return undefined
  }
  const text = (name: string): string | undefined => {
    const value = members.get(name)
    if (value?.type === 'string' && value.value !== '') return value.value as string
    source.refuse(line, `${key}.${name}: expected text, got ${kindOf(value)}`, column)
    return undefined
  }
  const [host, port] = [text('hostname'), text('interfaceName')]
  return host === undefined || port === undefined ? undefined : { host: host.toLowerCase(), port }
}

const textOf = ({ host, port }: Interface) => `${host}[${port}]`

function linksOf(edges: readonly Edge[], notes: Notes): ExchangeLink[] {
  const seen = new Map<string, string>()
  const peers = new Map<string, Set<string>>()
  return edges.flatMap(({ ends, line }): ExchangeLink[] => {
    const [a, b] = ends.map(textOf) as [string, string]
    const element = { name: `${a} - ${b}`, line }
    const key = [a, b].sort().join(' - ')
    const first = seen.get(key)
    if (first !== undefined) {
      if (first === a) notes.add('edge', element, 'listed twice', 'one link')
      return []
    }
    seen.set(key, a)
    if (ends[0].host === ends[1].host) {
      notes.add('edge', element, 'from a node to itself', 'left out')
      return []
    }
    notes.add('link', element, 'names of interfaces', 'links are named by their ends in a scenario')
    noteSegment(a, b, peers, line, notes)
    noteSegment(b, a, peers, line, notes)
    return [{ ends: [ends[0].host, ends[1].host], line }]
  })
}

/** One interface with several peers is a shared segment. */
function noteSegment(
  own: string,
  peer: string,
  peers: Map<string, Set<string>>,
  line: number,
  notes: Notes,
): void {
  const known = peers.get(own) ?? new Set()
  peers.set(own, known.add(peer))
  if (known.size > 1)
    notes.add(
      'interface',
      { name: own, line },
      'several peers, as on a shared segment',
      'each is a link of its own',
    )
}
