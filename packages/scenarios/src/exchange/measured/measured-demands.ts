import { writeDemandsCsv } from '../demands/write-csv.ts'
import { given } from '../given.ts'

/** Demands of a network as they were measured, in IP bit/s. */
export interface MeasuredDemands {
  /** Pairs of hosts that differ, in order of names; those that sent nothing are left out. */
  readonly demands: readonly MeasuredDemand[]
  /** Seconds since 1970. */
  readonly startS: number
  readonly endS: number
  /** The span in equal intervals of about the wanted length: over these goes the 95th percentile. */
  readonly intervals: number
  readonly intervalS: number
  /** What was left out, or assumed, in words. */
  readonly notes: readonly string[]
}

export interface MeasuredDemand {
  readonly from: string
  readonly to: string
  readonly meanBps: number
  /** 95th percentile of the intervals' means, nearest rank. */
  readonly p95Bps: number
  /** Absent where nobody counted packets by pair. */
  readonly packetsPerSecond?: Statistics
  /** New connections that `from` opens to `to`; absent where that cannot be told. */
  readonly connectionsPerSecond?: Statistics
}

/** As of bits: over the whole span, and of the intervals' means. */
export interface Statistics {
  readonly mean: number
  readonly p95: number
}

export const INTERVAL_S_DEFAULT = 300

/** Some two million flow records. */
export const MEASURED_BYTES_MAX = 256_000_000

/** One statistic as demands that other commands read; pairs of which it is 0 are left out. */
export function writeMeasuredCsv({ demands }: MeasuredDemands, statistic: 'mean' | 'p95'): string {
  const rated = demands.map(
    ({ from, to, meanBps, p95Bps, packetsPerSecond: packets, connectionsPerSecond: connections }) => ({
      from,
      to,
      rateBps: statistic === 'mean' ? meanBps : p95Bps,
      ...given({ packetsPerSecond: packets?.[statistic], connectionsPerSecond: connections?.[statistic] }),
    }),
  )
  return writeDemandsCsv(rated.filter(({ rateBps }) => rateBps > 0))
}
