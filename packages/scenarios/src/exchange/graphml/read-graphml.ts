import { given } from '../given.ts'
import { linkProperties, nodeProperties } from '../attributes.ts'
import type { ExchangeLink, ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import { childrenOf, readXml, type XmlElement } from '../xml/read-xml.ts'
import { Data, readKeys } from './data.ts'
import { joinDirections } from './directions.ts'
import { edgeRate } from './edge-rate.ts'
import { nodePlace } from './node-place.ts'

const LINK_IDS = 'links are named by their ends in a scenario'

/**
 * GraphML (http://graphml.graphdrawing.org), with the keys of the Internet Topology Zoo (Knight et al., IEEE JSAC 29(9),
 * 2011) where they are there, and with our own.
 */
export function readGraphml(source: Source, notes: Notes): ExchangeNetwork {
  const root = readXml(source)
  if (root.name !== 'graphml')
    source.fail(root.line, `the first element is <${root.name}>; expected <graphml>`)
  const [graph, ...others] = childrenOf(root, 'graph')
  if (graph === undefined) source.fail(root.line, 'there is no <graph> in this <graphml>')
  for (const { line, attributes } of others)
    notes.add('graph', { name: attributes.get('id') ?? 'without id', line }, 'only the first graph is read')
  const keys = readKeys(root, source)
  const about = new Data(graph, keys, 'graph', source)
  const name = about.take('Network')?.value ?? about.take('label')?.value ?? graph.attributes.get('id')
  about.noteRest('graph', notes)
  const elements = flatten(graph, notes)
  const nodes = readNodes(elements.nodes, keys, source, notes)
  const links = readEdges(elements.edges, nodes, keys, graph, source, notes)
  source.check()
  return given({ name, nodes: [...nodes.values()], links, demands: [] }) as ExchangeNetwork
}

/** Nodes and edges of the graph and of graphs within its nodes. */
function flatten(graph: XmlElement, notes: Notes) {
  const nodes: XmlElement[] = []
  const edges: XmlElement[] = []
  const visit = ({ children }: XmlElement) => {
    for (const child of children) {
      if (child.name === 'edge') edges.push(child)
      else if (child.name === 'hyperedge')
        notes.add(
          'hyperedge',
          { name: child.attributes.get('id') ?? 'without id', line: child.line },
          'left out',
        )
      else if (child.name === 'node') {
        nodes.push(child)
        for (const inner of childrenOf(child, 'graph')) {
          const element = { name: child.attributes.get('id') ?? 'without id', line: inner.line }
          notes.add('node', element, 'a graph within', 'its nodes and edges are taken as the others')
          visit(inner)
        }
      }
    }
  }
  visit(graph)
  return { nodes, edges }
}

type Keys = ReturnType<typeof readKeys>

function readNodes(elements: readonly XmlElement[], keys: Keys, source: Source, notes: Notes) {
  const nodes = new Map<string, ExchangeNode>()
  for (const element of elements) {
    const { line } = element
    const id = element.attributes.get('id')
    if (id === undefined || id === '') {
      source.refuse(line, 'this node has no id')
      continue
    }
    const known = nodes.get(id)
    if (known !== undefined) {
      source.refuse(line, `duplicate node id ${JSON.stringify(id)}; it stands on line ${known.line} already`)
      continue
    }
    const data = new Data(element, keys, 'node', source)
    const node = readNode(id, line, data, source, notes)
    nodes.set(id, node)
    data.noteRest(node.label ?? id, notes)
  }
  return nodes
}

function readNode(id: string, line: number, data: Data, source: Source, notes: Notes): ExchangeNode {
  const label = data.take('label')?.value
  const element = { name: label ?? id, line }
  if (data.take('Internal')?.value === '0')
    notes.add('node', element, 'of another network (Internal 0)', 'kept like the others')
  const isHub = data.take('hyperedge')?.value === '1'
  if (isHub) notes.add('node', element, 'a shared segment (hyperedge 1)', 'kept as a switch, without a host')
  const place = nodePlace(data, element, notes)
  const own = nodeProperties(data.takeOurs(), source)
  return {
    id,
    line,
    kind: 'switch',
    ...given({ label, place, endpoint: isHub ? false : undefined }),
    ...own,
  }
}

function readEdges(
  elements: readonly XmlElement[],
  nodes: ReadonlyMap<string, ExchangeNode>,
  keys: Keys,
  graph: XmlElement,
  source: Source,
  notes: Notes,
): ExchangeLink[] {
  const directed: ExchangeLink[] = []
  const links: ExchangeLink[] = []
  for (const element of elements) {
    const ends = endsOf(element, nodes, source)
    if (ends === undefined) continue
    const text = ends.map((end) => nodes.get(end)!.label ?? end).join(' - ')
    const data = new Data(element, keys, 'edge', source)
    const read = readEdge(element, ends, text, data, source, notes)
    data.noteRest(text, notes)
    if (read.length === 0) continue
    const isDirected =
      element.attributes.get('directed') ?? String(graph.attributes.get('edgedefault') === 'directed')
    ;(isDirected === 'true' ? directed : links).push(...read)
  }
  return [...links, ...joinDirections(directed, nodes, notes)].sort((a, b) => a.line! - b.line!)
}

function endsOf(
  { attributes, line }: XmlElement,
  nodes: ReadonlyMap<string, ExchangeNode>,
  source: Source,
): [string, string] | undefined {
  const ends = ['source', 'target'].map((key) => {
    const id = attributes.get(key)
    if (id !== undefined && nodes.has(id)) return id
    if (id === undefined) source.refuse(line, `this edge has no ${key}`)
    else source.refuseUnknown(line, 'node', id, nodes.keys(), 'expected the id of a node')
    return undefined
  })
  return ends[0] === undefined || ends[1] === undefined ? undefined : [ends[0], ends[1]]
}

function readEdge(
  { attributes, line }: XmlElement,
  ends: [string, string],
  text: string,
  data: Data,
  source: Source,
  notes: Notes,
): ExchangeLink[] {
  const element = { name: text, line }
  if (attributes.has('id')) notes.add('link', element, 'an id', LINK_IDS)
  for (const port of ['sourceport', 'targetport'])
    if (attributes.has(port)) notes.add('link', element, port, 'links have no ports in a scenario')
  const rate = edgeRate(data, element, notes)
  const own = linkProperties(data.takeOurs(), source)
  if (ends[0] === ends[1]) {
    notes.add('link', element, 'from a node to itself', 'left out')
    return []
  }
  const { count, ...rest } = rate
  if (count > 1) notes.add('link', element, `drawn once for ${count} links`, 'they are links of their own')
  return Array.from({ length: count }, () => ({ ends, line, ...rest, ...own }))
}
