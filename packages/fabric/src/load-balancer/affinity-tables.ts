import type { Pools } from '../pools/pools.ts'
import { ClientAffinity } from './client-affinity.ts'
import type { ServiceBlueprint } from './service-blueprint.ts'

export interface AffinityContext {
  readonly sim: { readonly now: number }
  /** Where tables are entered. */
  readonly pools: Pools
}

/**
 * The table of a place that balances these services, made where one of them remembers its clients and there is none yet: a host has
 * one for all that it balances, whether for its own workloads or for clients from outside.
 */
export function affinityTable(
  place: string,
  services: readonly ServiceBlueprint[],
  capacity: number | undefined,
  { sim, pools }: AffinityContext,
): ClientAffinity | undefined {
  if (!services.some(({ affinityPs }) => affinityPs !== undefined)) return undefined
  const known = pools.find(place, 'session-affinity')
  if (known !== undefined) return known
  const table = new ClientAffinity(place, sim, capacity)
  pools.enter(table)
  return table
}
