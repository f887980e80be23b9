import type { Blueprint, EventBlueprint } from '../../src/blueprint/blueprint.ts'
import { graph } from '../../src/blueprint/generators/graph.ts'
import type { LinkOptions } from '../../src/blueprint/generators/parts.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { FlowBlueprint, TcpOptions, TrafficBlueprint } from '../../src/blueprint/traffic.ts'
import { networkOf } from './networks.ts'

const ECMP = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 0 } as const

/** Hosts `r/a` and `r/b` with switches between them, link by link. */
export function line(links: readonly LinkOptions[]): NetworkBlueprint {
  const names = ['a', ...links.slice(1).map((_, i) => `s${i}`), 'b']
  return networkOf(
    graph({
      region: 'r',
      switches: names.slice(1, -1).map((name) => ({ name, tier: 'any', ecmp: ECMP })),
      hosts: ['a', 'b'].map((name) => ({ name, bond: false })),
      links: links.map((options, i) => ({ between: [names[i]!, names[i + 1]!], options })),
    }),
  )
}

/** These very flows over TCP. */
export function flowsOver(
  network: NetworkBlueprint,
  flows: readonly FlowBlueprint[],
  options: Partial<TcpOptions> = {},
  events: readonly EventBlueprint[] = [],
): Blueprint {
  const traffic: TrafficBlueprint = {
    name: 'flows',
    pairs: { kind: 'all-to-all', hosts: hostsOf(network) },
    offered: { kind: 'list', flows },
    transport: { kind: 'tcp', options },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
  }
  return { name: 'flows', seed: 'flows', network, traffic: [traffic], events }
}

export function hostsOf(network: NetworkBlueprint): string[] {
  return network.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
}
