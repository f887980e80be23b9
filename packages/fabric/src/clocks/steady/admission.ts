import type { TrafficBlueprint } from '../../blueprint/traffic.ts'
import { tcpPackets } from '../../traffic/expected-packets.ts'
import { resolveTcpOptions } from '../../transport/tcp/options.ts'
import type { TrafficPart } from './traffic-parts.ts'

/** What of an entry of a demand finds no place somewhere: a port, room in a table. */
export interface SteadyRefusal {
  /** Index of the demand, and entry of its matrix. */
  readonly part: number
  readonly entry: number
  readonly node: number
  readonly reason: string
  /** SYNs that are lost there; of streams none. */
  readonly perSecond: number
  /** Of the entry's connections or streams: what gets no further. */
  readonly share: number
}

/** What of a demand finds places, and where the rest ends. */
export interface Admission {
  /** By entry of its matrix. */
  readonly shares: Float64Array
  /** Its own; of what comes back none. */
  readonly refusals: readonly SteadyRefusal[]
  /** Of a lost SYN. */
  readonly synBytes: number
}

/** By part: undefined where everything finds its place. What comes back is of the connections that came about. */
export function admissionsOf(
  refusals: readonly SteadyRefusal[],
  parts: readonly TrafficPart[],
  traffic: readonly TrafficBlueprint[],
): (Admission | undefined)[] {
  const own = new Map<number, SteadyRefusal[]>()
  for (const each of refusals) {
    const known = own.get(each.part)
    if (known === undefined) own.set(each.part, [each])
    else known.push(each)
  }
  const byTraffic = new Map<number, Admission>()
  for (const [part, all] of own) {
    const { traffic: of, demand } = parts[part]!
    byTraffic.set(of, admissionOf(all, demand.source.length, synBytesOf(traffic[of]!)))
  }
  return parts.map(({ traffic: of }, part) => {
    const admission = byTraffic.get(of)
    return own.has(part) || admission === undefined ? admission : { ...admission, refusals: [] }
  })
}

function admissionOf(refusals: readonly SteadyRefusal[], entries: number, synBytes: number): Admission {
  const shares = new Float64Array(entries).fill(1)
  for (const { entry, share } of refusals) shares[entry] = Math.max(0, shares[entry]! - share)
  return { shares, refusals, synBytes }
}

function synBytesOf({ transport, family }: TrafficBlueprint): number {
  if (transport.kind !== 'tcp') return 0
  const none = { bytes: 0, segments: 1, acknowledgements: 0 }
  return tcpPackets(none, resolveTcpOptions(transport.options), family).forward[0]!.sizeBytes
}
