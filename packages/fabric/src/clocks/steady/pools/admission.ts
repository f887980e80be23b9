import type { TrafficBlueprint } from '../../../blueprint/traffic.ts'
import { tcpPackets } from '../../../traffic/expected-packets.ts'
import { resolveTcpOptions } from '../../../transport/tcp/options.ts'
import type { AnsweredPart } from '../request-parts.ts'
import type { RequestAnswers } from '../steady-ingress.ts'

/** What of an entry of a demand gets no further: policies, services or edges refuse it, or it finds no port, or no room in a table. */
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

/** What of a demand is let through and finds places, and where the rest ends. */
export interface Admission {
  /** By entry of its matrix. */
  readonly shares: Float64Array
  /** Its own; of what comes back none. */
  readonly refusals: readonly SteadyRefusal[]
  /** Of a lost SYN. */
  readonly synBytes: number
}

/**
 * By part: undefined where all of it gets there and is answered. What comes back is of the connections that came about, and what requests
 * send that are not served is of those.
 */
export function admissionsOf(
  refusals: readonly SteadyRefusal[],
  answers: RequestAnswers['byPart'],
  parts: readonly AnsweredPart[],
  traffic: readonly TrafficBlueprint[],
): (Admission | undefined)[] {
  const own = new Map<number, SteadyRefusal[]>()
  for (const each of refusals) {
    const known = own.get(each.part)
    if (known === undefined) own.set(each.part, [each])
    else known.push(each)
  }
  const firstOf = new Map<number, number>()
  for (const [part, { traffic: of }] of parts.entries()) if (!firstOf.has(of)) firstOf.set(of, part)
  return parts.map(({ traffic: of, answer, demand }, part) => {
    const first = firstOf.get(of)!
    const refused = own.get(first) ?? []
    const answered = answers.get(first)
    if (answer !== 'whole' && answered === undefined) return NOBODY
    if (refused.length === 0 && answered === undefined) return undefined
    const shares = placedShares(refused, demand.source.length).map((share, entry) => {
      const by = answered?.[entry]
      return share * (by === undefined ? (answer === 'whole' ? 1 : 0) : by[answer])
    })
    return { shares, refusals: part === first ? refused : [], synBytes: synBytesOf(traffic[of]!) }
  })
}

/** Of none of a demand. */
const NOBODY: Admission = { shares: new Float64Array(0), refusals: [], synBytes: 0 }

/** Whether any of it is sent. */
export const isAsked = (admission: Admission | undefined): boolean => admission !== NOBODY

/** By entry, what finds its places. */
function placedShares(refusals: readonly SteadyRefusal[], entries: number): Float64Array {
  const shares = new Float64Array(entries).fill(1)
  for (const { entry, share } of refusals) shares[entry] = Math.max(0, shares[entry]! - share)
  return shares
}

function synBytesOf({ transport, family }: TrafficBlueprint): number {
  if (transport.kind !== 'tcp') return 0
  const none = { bytes: 0, segments: 1, acknowledgements: 0 }
  return tcpPackets(none, resolveTcpOptions(transport.options), family).forward[0]!.sizeBytes
}
