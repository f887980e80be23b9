import { type NetworkBlueprint, remembersClients } from '@weft/fabric'
import type { RegionInput } from '../../schema/region.ts'
import type { Problems } from '../problems.ts'

/** The network with what regions say of the tables of clients where services are balanced. */
export function compileSessionAffinity(
  network: NetworkBlueprint,
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): NetworkBlueprint {
  const capacities = new Map<string, number>()
  for (const [region, { sessionAffinity }] of Object.entries(regions)) {
    if (sessionAffinity === undefined) continue
    if (!remembersClients(network, region))
      problems.refuse(
        ['regions', region, 'sessionAffinity'],
        `no service that ${region} balances has sessionAffinity: ClientIP in its manifest, so that nothing would be in such a table`,
      )
    const { capacity } = sessionAffinity
    if (capacity !== undefined) capacities.set(region, capacity)
  }
  if (capacities.size === 0) return network
  const { interfaces, edges, nodes } = network
  const affinityOf = [...capacities].map(([region, capacity]) => ({
    hosts: nodes.flatMap((node) =>
      node.kind === 'vswitch' && node.host.startsWith(`${region}/`) ? [node.host] : [],
    ),
    capacity,
  }))
  return {
    ...network,
    ...(interfaces !== undefined && { interfaces: { ...interfaces, affinityOf } }),
    ...(edges !== undefined && {
      edges: edges.map((edge) => {
        const affinityCapacity = capacities.get(edge.region)
        return affinityCapacity === undefined ? edge : { ...edge, affinityCapacity }
      }),
    }),
  }
}
