import { noteLosses } from '../losses.ts'
import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import { Ports } from '../ports.ts'

/** Batfish's layer-1 topology, every link as its two directions. */
export function writeBatfish(network: ExchangeNetwork, notes: Notes): string {
  noteLosses(network, { links: [], nodes: false, demands: false }, notes)
  const linked = new Set(network.links.flatMap(({ ends }) => ends))
  for (const { id } of network.nodes)
    if (!linked.has(id)) notes.add('node', { name: id }, 'without a link', 'left out')
  const names = hostnames(network, notes)
  const ports = new Ports()
  const edges = network.links.flatMap(({ ends }) => {
    const [a, b] = ends.map((end) => ({ hostname: names.get(end)!, interfaceName: ports.next(end) }))
    return [
      { node1: a, node2: b },
      { node1: b, node2: a },
    ]
  })
  const lines = edges.map((edge) => `    ${JSON.stringify(edge)}`)
  return `{\n  "edges": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Batfish has host names in lower case alone. */
function hostnames({ nodes }: ExchangeNetwork, notes: Notes): Map<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const { id } of nodes) {
    const lower = id.toLowerCase()
    let name = lower
    for (let number = 2; taken.has(name); number++) name = `${lower}-${number}`
    taken.add(name)
    names.set(id, name)
    if (name !== id)
      notes.add('node', { name: `${id} as ${name}` }, 'host names are in lower case here', 'renamed')
  }
  return names
}
