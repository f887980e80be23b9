import { ConfigError, printPercent } from '@weft/core'
import {
  type DemandMatrix,
  type FittedDemand,
  fitDemand,
  framingBytes,
  type LinkCounter,
  naturalCompare,
  Network,
  type NetworkBlueprint,
} from '@weft/fabric'
import { gravityPrior } from './gravity-prior.ts'
import { type Intervals, intervalsOf, nearestRank, PERCENT, spread } from './intervals.ts'
import { INTERVAL_S_DEFAULT, type MeasuredDemand, type MeasuredDemands } from './measured-demands.ts'
import { type CountedSpan, directionKey, type LinkCounts } from './read-counters.ts'
import { FRAME_BYTES } from './read-flows.ts'

export interface CounterDemandOptions {
  /** Wanted length of intervals; absent: 300 s. */
  readonly intervalS?: number
  /** Mean IP bytes of packets where they were not counted; absent: 1500. */
  readonly packetBytes?: number
}

/** Of an interval this much must have been counted, or nothing is said of it. */
const COVERED_MIN = 0.5
const RESIDUAL_NOTED = 1e-3
/** Of the mean matrix, and of an interval's, which enters a percentile alone. */
const MEAN_FIT = { tolerance: 1e-6, iterationsMax: 5_000 }
const INTERVAL_FIT = { tolerance: 1e-5, iterationsMax: 500 }

/**
 * Demands that put on links what was counted there: fitted for the whole span, which gives the mean, and interval by
 * interval from the mean on, which gives the 95th percentile of every pair. The prior is a gravity model of hosts' own counters: tomogravity,
 * Y. Zhang, M. Roughan, N. Duffield, A. Greenberg, "Fast accurate computation of large-scale IP traffic matrices from link
 * loads", SIGMETRICS 2003, with least divergence in place of least squares. Throws ConfigError where nothing was counted.
 */
export function counterDemands(
  blueprint: NetworkBlueprint,
  counts: LinkCounts,
  options: CounterDemandOptions = {},
): MeasuredDemands {
  const { intervalS = INTERVAL_S_DEFAULT, packetBytes = 1500 } = options
  const network = new Network(blueprint)
  const spans = [...counts.spans.values()].flat()
  const [startS, endS] = [
    spans.reduce((least, span) => Math.min(least, span.startS), Infinity),
    spans.reduce((most, span) => Math.max(most, span.endS), -Infinity),
  ]
  if (!(endS > startS)) {
    const message = 'have no two readings of one interface; demands need what was counted in between'
    throw new ConfigError([{ path: ['counters'], message }])
  }
  const intervals = intervalsOf(startS, endS, intervalS)
  const whole = { startS, count: 1, lengthS: endS - startS }
  const model = new CounterModel(network, counts, packetBytes)
  const mean = model.fit(whole, 0, undefined)
  if (mean === undefined)
    throw new ConfigError([{ path: ['counters'], message: 'cover less than half of their time' }])
  const fits = Array.from({ length: intervals.count }, (_, i) => model.fit(intervals, i, mean.demands))
  return {
    demands: demandsOf(network, mean, fits),
    startS,
    endS,
    intervals: intervals.count,
    intervalS: intervals.lengthS,
    notes: notesOf(model, counts, mean, fits),
  }
}

class CounterModel {
  readonly network: Network
  /** Directions that someone counted. */
  readonly counted: number
  readonly #spans: ReadonlyMap<number, readonly CountedSpan[]>
  readonly #packetBytes: number
  readonly #rates = new Map<Intervals, ReadonlyMap<number, Float64Array>>()

  constructor(network: Network, counts: LinkCounts, packetBytes: number) {
    const { topology } = network
    this.network = network
    this.#packetBytes = packetBytes
    const spans = new Map<number, readonly CountedSpan[]>()
    topology.links.forEach(({ name, ends }, link) => {
      for (const end of [0, 1] as const) {
        // the sender's own count comes first: the receiver does not see what was lost
        const own = (['sent', 'received'] as const)
          .map((counted) => counts.spans.get(directionKey(name, ends[end], counted)) ?? [])
          .find((each) => each.length > 0)
        if (own !== undefined) spans.set(2 * link + end, own)
      }
    })
    this.#spans = spans
    this.counted = spans.size
  }

  /** Undefined where nothing was counted in this interval. The prior is the gravity model's where none is given. */
  fit(intervals: Intervals, at: number, prior: DemandMatrix | undefined): FittedDemand | undefined {
    let rates = this.#rates.get(intervals)
    if (rates === undefined) {
      rates = this.#wireRates(intervals)
      this.#rates.set(intervals, rates)
    }
    const counters: LinkCounter[] = []
    for (const [direction, bps] of rates)
      if (!Number.isNaN(bps[at])) counters.push({ direction, bps: bps[at]! })
    if (counters.length === 0) return undefined
    return prior === undefined
      ? fitDemand(this.network, gravityPrior(this.network, counters), counters, MEAN_FIT)
      : fitDemand(this.network, prior, counters, INTERVAL_FIT)
  }

  /** Wire bit/s by direction and interval; NaN where too little was counted. */
  #wireRates(intervals: Intervals): Map<number, Float64Array> {
    const rates = new Map<number, Float64Array>()
    for (const [direction, spans] of this.#spans) {
      const [bits, seconds] = [new Float64Array(intervals.count), new Float64Array(intervals.count)]
      for (const span of spans) {
        spread(this.#wireBits(direction, span), span.startS, span.endS, intervals, bits)
        spread(span.endS - span.startS, span.startS, span.endS, intervals, seconds)
      }
      const covered = COVERED_MIN * intervals.lengthS
      rates.set(
        direction,
        bits.map((sum, i) => (seconds[i]! >= covered ? sum / seconds[i]! : Number.NaN)),
      )
    }
    return rates
  }

  /**
   * Counters have frames with header and check sequence, and neither preamble nor gap (RFC 2863, ifInOctets; RFC 3635).
   * Of framings that are not Ethernet they have all bytes.
   */
  #wireBits(direction: number, { octets, packets }: CountedSpan): number {
    const { framing } = this.network.topology.links[direction >> 1]!
    if (framing !== 'ethernet') return 8 * octets
    const { overheadBytes } = framingBytes(framing)
    const count = packets ?? octets / (this.#packetBytes + FRAME_BYTES)
    return 8 * (octets + count * (overheadBytes - FRAME_BYTES))
  }
}

function demandsOf(
  { topology }: Network,
  mean: FittedDemand,
  fits: readonly (FittedDemand | undefined)[],
): MeasuredDemand[] {
  const series = new Map<string, Float64Array>()
  const known = fits.filter((fit) => fit !== undefined)
  for (const [at, { demands }] of known.entries()) {
    for (const [i, ipBps] of demands.ipBps.entries()) {
      const key = `${demands.source[i]} ${demands.destination[i]}`
      let own = series.get(key)
      if (own === undefined) {
        own = new Float64Array(known.length)
        series.set(key, own)
      }
      own[at] = ipBps
    }
  }
  const { source, destination, ipBps } = mean.demands
  return [...ipBps]
    .map((meanBps, i) => ({
      from: topology.nodes[source[i]!]!.name,
      to: topology.nodes[destination[i]!]!.name,
      meanBps,
      p95Bps: nearestRank(series.get(`${source[i]} ${destination[i]}`) ?? new Float64Array(0), PERCENT),
    }))
    .filter(({ meanBps }) => meanBps > 0)
    .sort((a, b) => naturalCompare(a.from, b.from) || naturalCompare(a.to, b.to))
}

function notesOf(
  { network, counted }: CounterModel,
  { resets }: LinkCounts,
  mean: FittedDemand,
  fits: readonly (FittedDemand | undefined)[],
): string[] {
  const directions = 2 * network.topology.links.length
  const notes = [
    `fitted to counters of ${counted} of ${directions} directions; beyond these, demands are as a gravity model has them`,
  ]
  const off = (residual: number) => printPercent(residual, { digits: 3 })
  if (mean.residual > RESIDUAL_NOTED)
    notes.push(
      `counters contradict each other: the mean matrix is up to ${off(mean.residual)} off one of them`,
    )
  const missing = fits.filter((fit) => fit === undefined).length
  if (missing > 0) notes.push(`${missing} of ${fits.length} intervals were not counted and are left out`)
  const worst = fits.reduce((most, fit) => Math.max(most, fit?.residual ?? 0), 0)
  if (worst > RESIDUAL_NOTED) notes.push(`in some interval the matrix is up to ${off(worst)} off a counter`)
  if (resets > 0) notes.push(`${resets} times a counter went back: the time before that reading is left out`)
  return notes
}
