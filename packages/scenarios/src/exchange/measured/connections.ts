import type { FlowRecords } from './read-flows.ts'

/** A connection: who opened it to whom, by number of the pair, and when. */
export interface Opening {
  readonly pair: number
  readonly atS: number
}

/** Records of one five-tuple that are further apart are of different connections. */
const APART_S = 60

/**
 * Connections in flow records: those of one five-tuple, in both directions, are one as long as none of them begins more
 * than a minute after all before it have ended. The sender of the first one has opened it. Undefined where records do not
 * tell: without ports, or of sampled packets, which miss most short connections.
 */
export function openings({ pair, tuple, startS, endS, isSampled }: FlowRecords): Opening[] | undefined {
  if (tuple === undefined || isSampled) return undefined
  const order = [...tuple.keys()].sort((a, b) => tuple[a]! - tuple[b]! || startS[a]! - startS[b]! || a - b)
  const found: Opening[] = []
  let current = -1
  let untilS = -Infinity
  for (const record of order) {
    if (tuple[record] !== current) untilS = -Infinity
    current = tuple[record]!
    if (startS[record]! > untilS + APART_S) found.push({ pair: pair[record]!, atS: startS[record]! })
    untilS = Math.max(untilS, endS[record]!)
  }
  return found
}
