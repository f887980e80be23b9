import { SECOND } from '@weft/core'
import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import { IPV4_HEADER_BYTES, IPV6_HEADER_BYTES } from '../../model/address-table.ts'
import { type DemandMatrix, demandOfClasses } from '../../traffic/demand/demand-matrix.ts'
import { meanSegments } from '../../traffic/expected-segments.ts'
import { UDP_HEADER_BYTES } from '../../transport/udp/source.ts'

/** One direction of what a traffic sends. */
export interface TrafficPart {
  /** Index of the traffic. */
  readonly traffic: number
  /** What comes back from receivers: acknowledgements, and answers. */
  readonly isBack: boolean
  readonly demand: DemandMatrix
  /** Of its IP bits those that are payload, which arrives once. */
  readonly payloadShare: number
}

/** Takes what `demandOfTraffic` answers apart again: two parts for flows, there and back, one for streams. */
export function splitByTraffic(
  demand: DemandMatrix,
  traffic: readonly TrafficBlueprint[],
  forPs: number,
): TrafficPart[] {
  const entries = demand.classes.map((): number[] => [])
  for (const [entry, of] of demand.classOf.entries()) entries[of]!.push(entry)
  let next = 0
  const take = () => {
    const first = next++
    const { classes } = demand
    // one for each address that is called by the same name
    while (classes[next]?.name === classes[first]!.name) next++
    return demandOfClasses(demand, first, next - first, entries.slice(first, next).flat())
  }
  return traffic.flatMap((each, index) => {
    const there = take()
    const forward = {
      traffic: index,
      isBack: false,
      demand: there,
      payloadShare: payloadShareOf(each, there, forPs),
    }
    if (each.offered.kind === 'stream') return [forward]
    const back = take()
    const payloadShare = answerShareOf(each, back, sum(there.connectionsPerSecond))
    return [forward, { traffic: index, isBack: true, demand: back, payloadShare }]
  })
}

const sum = (column: Float64Array) => column.reduce((total, value) => total + value, 0)

/** Of what comes back of so many flows per second. */
function answerShareOf(
  { offered }: TrafficBlueprint,
  { ipBps }: DemandMatrix,
  flowsPerSecond: number,
): number {
  if (offered.kind !== 'flows' || offered.response === undefined) return 0
  const backBps = sum(ipBps)
  return backBps === 0 ? 0 : (8 * meanSegments(offered.response, 1) * flowsPerSecond) / backBps
}

function payloadShareOf(
  { offered, family }: TrafficBlueprint,
  { ipBps, connectionsPerSecond }: DemandMatrix,
  forPs: number,
): number {
  if (offered.kind === 'stream') {
    const headerBytes = UDP_HEADER_BYTES + (family === 'ipv4' ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES)
    return (offered.packetBytes - headerBytes) / offered.packetBytes
  }
  const sentBps = sum(ipBps)
  if (sentBps === 0) return 0
  if (offered.kind === 'list') {
    const bytes = offered.flows.reduce((total, flow) => total + flow.bytes, 0)
    return (8 * bytes * SECOND) / forPs / sentBps
  }
  const flowBytes = offered.kind === 'burst' ? offered.bytes : meanSegments(offered.sizes, 1)
  return (8 * flowBytes * sum(connectionsPerSecond)) / sentBps
}
