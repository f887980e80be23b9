import type { ConnectionLimitBlueprint, NetworkBlueprint, NodeBlueprint } from '@weft/fabric'
import type { ConnectionsInput } from '../../schema/connections.ts'
import type { RegionInput } from '../../schema/region.ts'
import { HostIndex } from '../selectors/hosts.ts'
import type { Path, Problems } from '../problems.ts'

type LimitInput = Exclude<ConnectionsInput, readonly unknown[]>

/** The nodes with the limits of the connections that their regions' hosts accept. */
export function limitConnections(
  network: NetworkBlueprint,
  regions: Readonly<Record<string, RegionInput>>,
  problems: Problems,
): readonly NodeBlueprint[] {
  const limits = new Map<string, ConnectionLimitBlueprint>()
  for (const [region, { fabric }] of Object.entries(regions)) {
    const { connections } = fabric
    if (connections === undefined) continue
    const own = network.nodes.filter(({ name }) => name.startsWith(`${region}/`))
    const hosts = new HostIndex({ ...network, nodes: own })
    const path: Path = ['regions', region, 'fabric', 'connections']
    if (!Array.isArray(connections)) {
      for (const host of hosts.names) limits.set(host, limitOf(connections))
      continue
    }
    connections.forEach(({ hosts: selector, ...input }, index) => {
      for (const host of hosts.select(selector, [...path, index, 'hosts'], problems))
        limits.set(host, limitOf(input))
    })
  }
  if (limits.size === 0) return network.nodes
  return network.nodes.map((node) => {
    const connections = node.kind === 'host' ? limits.get(node.name) : undefined
    return connections === undefined ? node : { ...node, connections }
  })
}

const limitOf = ({ max, whenFull = 'drop', holding }: LimitInput): ConnectionLimitBlueprint => ({
  max,
  whenFull,
  ...(holding !== undefined && { holdingPs: holding }),
})
