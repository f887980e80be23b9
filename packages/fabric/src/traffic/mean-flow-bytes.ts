import type { OfferedBlueprint } from '../blueprint/traffic.ts'
import { meanSegments } from './expected-segments.ts'

/** Mean payload of a traffic's flows, there and back; Infinity for streams, 0 for a list of none. */
export function meanFlowBytes(offered: OfferedBlueprint): number {
  if (offered.kind === 'stream') return Number.POSITIVE_INFINITY
  if (offered.kind === 'burst') return offered.bytes
  if (offered.kind === 'flows') {
    const { sizes, response } = offered
    return meanSegments(sizes, 1) + (response === undefined ? 0 : meanSegments(response, 1))
  }
  const { flows } = offered
  return flows.length === 0 ? 0 : flows.reduce((sum, { bytes }) => sum + bytes, 0) / flows.length
}

/** Mean time that a traffic's connections stay open at least; 0 where none is given. */
export function meanHoldPs(offered: OfferedBlueprint): number {
  if (offered.kind !== 'flows' || offered.hold === undefined) return 0
  return offered.hold.kind === 'constant' ? offered.hold.ps : offered.hold.meanPs
}
