import type { ConnectionLimitBlueprint, NodeBlueprint } from '../blueprint/network.ts'
import type { Pool } from './pool.ts'
import type { Pools } from './pools.ts'

/** The connections that a host accepts at once, and what becomes of one more. */
export interface ConnectionLimit extends ConnectionLimitBlueprint {
  readonly pool: Pool
}

/** What a network's limits are looked up in. */
export interface LimitedNetwork {
  readonly pools: Pools
  readonly topology: { readonly nodes: readonly NodeBlueprint[] }
}

/** By node index; undefined for nodes without a limit, and altogether where no host has one. */
export function connectionLimits({
  pools,
  topology,
}: LimitedNetwork): readonly (ConnectionLimit | undefined)[] | undefined {
  if (!pools.has('connections')) return undefined
  return topology.nodes.map((node) => {
    if (node.kind !== 'host' || node.connections === undefined) return undefined
    return { ...node.connections, pool: pools.find(node.name, 'connections')! }
  })
}
