/** A flow as the oracle sees it. */
export interface OracleFlow {
  readonly weight: number
  readonly cap: number
  /** Resource and cost. */
  readonly path: readonly (readonly [number, number])[]
}

/**
 * Weighted max-min fair rates by progressive filling, from the definition and for tests alone: the levels of all flows
 * rise together; a flow stops at its cap, or where a resource on its path is full. All of it anew at every call.
 */
export function waterFill(capacities: readonly number[], flows: readonly OracleFlow[]): number[] {
  const levels = flows.map((): number | undefined => undefined)
  while (levels.includes(undefined)) {
    const resourceLevels = capacities.map((capacity, resource) => levelOf(resource, capacity, flows, levels))
    const ownLevels = flows.map(({ weight, cap, path }) =>
      Math.min(cap / weight, ...path.map(([resource]) => resourceLevels[resource]!)),
    )
    const lowest = Math.min(...ownLevels.filter((_, flow) => levels[flow] === undefined))
    flows.forEach((_, flow) => {
      if (levels[flow] === undefined && ownLevels[flow] === lowest) levels[flow] = lowest
    })
  }
  return flows.map(({ weight }, flow) => weight * levels[flow]!)
}

/** Where the resource is full if all flows that have not stopped go on rising, and none but them. */
function levelOf(
  resource: number,
  capacity: number,
  flows: readonly OracleFlow[],
  levels: readonly (number | undefined)[],
): number {
  let rest = capacity
  let shares = 0
  flows.forEach(({ weight, path }, flow) => {
    const level = levels[flow]
    for (const [crossed, cost] of path) {
      if (crossed !== resource) continue
      if (level === undefined) shares += cost * weight
      else rest -= cost * weight * level
    }
  })
  return shares === 0 ? Number.POSITIVE_INFINITY : Math.max(0, rest) / shares
}
