import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import { type DemandMatrix, emptyDemand } from '../../traffic/demand/demand-matrix.ts'

/** One direction of what a traffic sends. */
export interface TrafficPart {
  /** Index of the traffic. */
  readonly traffic: number
  /** What comes back from receivers: acknowledgements. */
  readonly isBack: boolean
  readonly demand: DemandMatrix
}

/** Takes what `demandOfTraffic` answers apart again: two parts for flows, there and back, one for streams. */
export function splitByTraffic(demand: DemandMatrix, traffic: readonly TrafficBlueprint[]): TrafficPart[] {
  const entries = demand.classes.map((): number[] => [])
  for (const [entry, of] of demand.classOf.entries()) entries[of]!.push(entry)
  let next = 0
  return traffic.flatMap(({ offered }, index) =>
    (offered.kind === 'stream' ? [false] : [false, true]).map((isBack) => {
      const of = next++
      return { traffic: index, isBack, demand: partOf(demand, of, entries[of]!) }
    }),
  )
}

function partOf(demand: DemandMatrix, of: number, entries: readonly number[]): DemandMatrix {
  const part = emptyDemand(entries.length, [demand.classes[of]!])
  for (const column of [
    'source',
    'destination',
    'ipBps',
    'packetsPerSecond',
    'connectionsPerSecond',
  ] as const) {
    const [from, to] = [demand[column], part[column]]
    entries.forEach((entry, i) => {
      to[i] = from[entry]!
    })
  }
  return part
}
