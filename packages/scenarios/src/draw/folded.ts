import type { DrawableChange, DrawableLoad, DrawableNetwork, DrawableNode } from './network.ts'

/** What a drawing shows. */
export interface Drawable {
  readonly network: DrawableNetwork
  readonly loads: readonly DrawableLoad[]
  readonly changes: readonly DrawableChange[]
}

const INTERNET = 'internet'

/**
 * A network as it is drawn: a server with its virtual switch and what runs on it is one host, and the internet with everybody on
 * it one box. What fails inside is told of the server.
 */
export function folded({ network, loads, changes }: Drawable): Drawable {
  const into = foldings(network)
  if (into.size === 0) return { network, loads, changes }
  const nameOf = (name: string) => into.get(name)?.name ?? name
  const nodes = new Map<string, DrawableNode>()
  for (const node of network.nodes) {
    const shown = into.get(node.name) ?? node
    nodes.set(shown.name, shown)
  }
  const links = network.links.flatMap((link) => {
    const [a, b] = link.ends.map(nameOf) as [string, string]
    return a === b ? [] : [{ ...link, ends: [a, b] as const }]
  })
  const drawn = new Set(links.map(({ name }) => name))
  return {
    network: { nodes: [...nodes.values()], links },
    loads: loads.flatMap((load) => (drawn.has(load.link) ? [{ ...load, from: nameOf(load.from) }] : [])),
    changes: changes.map((change) => ({ ...change, target: nameOf(change.target) })),
  }
}

/** By name: the node that one is drawn in. */
function foldings({ nodes, links }: DrawableNetwork): Map<string, DrawableNode> {
  const kinds = new Map(nodes.map((node) => [node.name, node]))
  const into = new Map<string, DrawableNode>()
  for (const { name, kind } of nodes)
    if (kind === 'vswitch') into.set(name, { name: name.slice(0, name.lastIndexOf('/')), kind: 'host' })
  for (const { ends } of links) {
    for (const [near, far] of [ends, [ends[1], ends[0]]] as const) {
      if (kinds.get(near)?.kind !== 'host') continue
      const at = kinds.get(far)
      if (at?.kind === 'vswitch') into.set(near, into.get(far)!)
      else if (far === INTERNET && at?.tier === INTERNET) into.set(near, at)
    }
  }
  return into
}
