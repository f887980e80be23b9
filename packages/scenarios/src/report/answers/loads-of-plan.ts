import type { Topology } from '@weft/fabric'
import type { DrawableLoad } from '../../draw/network.ts'
import type { CapacityPlan, ResourcePlan } from '../../planning/capacity-plan.ts'

/** What a plan says of every direction, by number: 2 × link + end of the sender. */
export function resourceByDirection(
  topology: Topology,
  { resources }: CapacityPlan,
): (ResourcePlan | undefined)[] {
  const byName = new Map(
    resources.flatMap((resource) => resource.names.map((name) => [name, resource] as const)),
  )
  return Array.from({ length: 2 * topology.links.length }, (_, direction) =>
    byName.get(topology.directionName(direction >> 1, (direction & 1) as 0 | 1)),
  )
}

/** Loads as a drawing of the network takes them. */
export function drawableLoads(
  topology: Topology,
  utilizationOf: (direction: number) => number,
): DrawableLoad[] {
  return topology.links.flatMap(({ name, ends }, link) =>
    ([0, 1] as const).map((end) => {
      const utilization = utilizationOf(2 * link + end)
      return { link: name, from: ends[end], utilization: { mean: utilization, max: utilization } }
    }),
  )
}
