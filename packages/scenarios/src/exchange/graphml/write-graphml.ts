import { linkAttributes, nodeAttributes } from '../attributes.ts'
import { ALL_OF_LINKS, noteLosses } from '../losses.ts'
import type { ExchangeLink, ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import { element, type XmlOut, writeXml } from '../xml/write-xml.ts'

const NAMESPACE = 'http://graphml.graphdrawing.org/xmlns'

type Values = Readonly<Record<string, string>>

/** GraphML with the Topology Zoo's keys, and with keys of our own for the rest. */
export function writeGraphml(network: ExchangeNetwork, notes: Notes): string {
  noteLosses(network, { links: ALL_OF_LINKS, nodes: true, demands: false }, notes)
  const keys = new Keys()
  const ids = new Map(network.nodes.map(({ id }, index) => [id, String(index)]))
  const nodes = network.nodes.map((node) =>
    element(
      'node',
      { id: ids.get(node.id)! },
      keys.data('node', { label: node.id, ...nodeAttributes(node) }),
    ),
  )
  const edges = network.links.map((link) => {
    const [source, target] = link.ends.map((end) => ids.get(end)!) as [string, string]
    return element('edge', { source, target }, keys.data('edge', edgeValues(link)))
  })
  const about = keys.data('graph', { Network: network.name ?? 'net' })
  const graph = element('graph', { edgedefault: 'undirected' }, [...about, ...nodes, ...edges])
  return writeXml(element('graphml', { xmlns: NAMESPACE }, [...keys.declarations, graph]))
}

function edgeValues(link: ExchangeLink): Values {
  return { ...(link.rateBps !== undefined && speedValues(link.rateBps)), ...linkAttributes(link) }
}

const UNITS = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['K', 1e3],
] as const

function speedValues(rateBps: number): Values {
  const [unit, factor] = UNITS.find(([, bps]) => rateBps >= bps) ?? ['', 1]
  const speed = String(rateBps / factor)
  return {
    LinkSpeedRaw: String(rateBps),
    LinkSpeed: speed,
    LinkSpeedUnits: unit,
    LinkLabel: `${speed} ${unit}bps`,
  }
}

/** Numbers keys in the order of their use, and declares them. */
class Keys {
  readonly #ids = new Map<string, string>()
  readonly declarations: XmlOut[] = []

  data(domain: 'graph' | 'node' | 'edge', values: Values): XmlOut[] {
    return Object.entries(values).map(([name, value]) =>
      element('data', { key: this.#id(domain, name) }, value),
    )
  }

  #id(domain: string, name: string): string {
    const known = this.#ids.get(`${domain} ${name}`)
    if (known !== undefined) return known
    const id = `d${this.#ids.size}`
    this.#ids.set(`${domain} ${name}`, id)
    const type = name === 'LinkSpeedRaw' ? 'double' : 'string'
    this.declarations.push(element('key', { id, for: domain, 'attr.name': name, 'attr.type': type }))
    return id
  }
}
