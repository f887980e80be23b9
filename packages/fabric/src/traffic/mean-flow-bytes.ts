import type { OfferedBlueprint } from '../blueprint/traffic.ts'
import { meanSegments } from './expected-segments.ts'

/** Mean payload of a traffic's flows; Infinity for streams, 0 for a list of none. */
export function meanFlowBytes(offered: OfferedBlueprint): number {
  if (offered.kind === 'stream') return Number.POSITIVE_INFINITY
  if (offered.kind === 'burst') return offered.bytes
  if (offered.kind === 'flows') return meanSegments(offered.sizes, 1)
  const { flows } = offered
  return flows.length === 0 ? 0 : flows.reduce((sum, { bytes }) => sum + bytes, 0) / flows.length
}
