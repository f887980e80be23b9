import { patternOf } from '../../compile/selectors/selectors.ts'
import type { ExchangeNetwork, ExchangeNode } from '../network.ts'
import { elementOf } from './parts.ts'
import type { Notes } from '../notes.ts'
import type { Source } from '../source.ts'
import type { ToScenarioOptions } from './options.ts'

/** The network with the nodes that match the patterns as hosts; a pattern that matches none is refused. */
export function withHostNodes(
  network: ExchangeNetwork,
  patterns: readonly string[],
  source: Source,
): ExchangeNetwork {
  if (patterns.length === 0) return network
  const tests = patterns.map(patternOf)
  const matches = (node: ExchangeNode, test: (name: string) => boolean) =>
    test(node.id) || (node.label !== undefined && test(node.label))
  patterns.forEach((pattern, index) => {
    if (network.nodes.some((node) => matches(node, tests[index]!))) return
    const example = JSON.stringify(network.nodes[0]?.label ?? network.nodes[0]?.id)
    source.fail(
      1,
      `--host-nodes: no node matches ${JSON.stringify(pattern)}; nodes are named as in ${example}`,
    )
  })
  const nodes = network.nodes.map((node) =>
    tests.some((test) => matches(node, test)) ? { ...node, kind: 'host' as const } : node,
  )
  return { ...network, nodes }
}

/** The switches that get a host of their own. */
export function switchesToHost(
  { nodes, links }: ExchangeNetwork,
  { hosts }: ToScenarioOptions,
  source: Source,
  notes: Notes,
): ExchangeNode[] {
  const own = nodes.filter(({ kind }) => kind === 'host').length
  const mode = hosts ?? (own > 0 ? 'own' : 'each')
  if (mode === 'own') {
    if (own === 0)
      source.fail(1, 'the network has no host, and traffic needs hosts; attach some with --hosts each')
    return []
  }
  const linked = new Set(links.flatMap(({ ends }) => ends))
  const chosen = nodes.filter(
    ({ id, kind, endpoint }) => kind === 'switch' && endpoint !== false && linked.has(id),
  )
  for (const node of chosen)
    notes.add('switch', elementOf(node), 'without a host', 'a host is attached (--hosts)')
  return chosen
}
