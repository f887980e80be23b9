import {
  type MixLoads,
  queueingDelaysPs,
  type SteadyRun,
  type SteadySpan,
  type TrafficRate,
} from '@weft/fabric'
import { InstantLog } from '../instant-log.ts'
import { RateBook } from './rate-book.ts'

/** Sums by direction from the start up to an instant. */
interface DirectionSums {
  /** Wire bits that would have come by if nothing were lost on the way. */
  readonly offeredBits: Float64Array
  readonly packets: Float64Array
  /** New ones that came by. */
  readonly connections: Float64Array
  /** Of these packets, picoseconds waited. */
  readonly waitedPs: Float64Array
  /** Seconds in which more came than fits. */
  readonly fullSeconds: Float64Array
}

/** Sums by part of the demand from the start up to an instant. */
export interface PartSums {
  readonly sentBits: Float64Array
  readonly sentPackets: Float64Array
  readonly openedConnections: Float64Array
  /** Of these, those that were refused on their way: by policies, services or edges, for want of a port or of room in a table. */
  readonly refusedConnections: Float64Array
  readonly deliveredBits: Float64Array
  readonly deliveredPackets: Float64Array
}

export type SteadySums = DirectionSums & PartSums

/** What the loads of a steady run come to over time. Directions by `2 * link + end`, parts as the run has them. */
export class SteadyBooks {
  /** Wire bits that every direction has carried. */
  readonly carried: RateBook
  /** By direction: the highest offered load after the warm-up, bit/s on the wire. */
  readonly #peakOfferedBps: Float64Array
  readonly #books: Readonly<Record<keyof SteadySums, RateBook>>
  readonly #log = new InstantLog<SteadySums>()
  readonly #warmupPs: number
  #loads: MixLoads | undefined
  #sincePs = 0

  constructor({ mix, parts }: SteadyRun, warmupPs: number) {
    const directions = mix.rateBps.length
    this.carried = new RateBook(directions)
    this.#peakOfferedBps = new Float64Array(directions)
    this.#books = {
      offeredBits: new RateBook(directions),
      packets: new RateBook(directions),
      connections: new RateBook(directions),
      waitedPs: new RateBook(directions),
      fullSeconds: new RateBook(directions),
      sentBits: new RateBook(parts.length),
      sentPackets: new RateBook(parts.length),
      openedConnections: new RateBook(parts.length),
      refusedConnections: new RateBook(parts.length),
      deliveredBits: new RateBook(parts.length),
      deliveredPackets: new RateBook(parts.length),
    }
    this.#warmupPs = warmupPs
  }

  /** These loads hold from now on. */
  turn({ fromPs: nowPs, loads, refusals }: Omit<SteadySpan, 'pools' | 'isNew'>): void {
    this.#countPeaks(nowPs)
    this.#loads = loads
    this.#sincePs = nowPs
    this.carried.turn(nowPs, loads.carriedBps)
    const carried = (arriving: Float64Array) =>
      arriving.map((rate, direction) => rate * loads.passes[direction]!)
    const packets = carried(loads.arrivingPacketsPerSecond)
    const waitsPs = queueingDelaysPs(loads)
    const rates: Record<keyof SteadySums, Float64Array> = {
      offeredBits: loads.offeredBps,
      packets,
      connections: carried(loads.arrivingConnectionsPerSecond),
      waitedPs: packets.map((rate, direction) =>
        Number.isFinite(waitsPs[direction]!) ? rate * waitsPs[direction]! : 0,
      ),
      fullSeconds: waitsPs.map((wait) => (wait === Infinity ? 1 : 0)),
      sentBits: column(loads, ({ demand }) => demand, 'ipBps'),
      sentPackets: column(loads, ({ demand }) => demand, 'packetsPerSecond'),
      openedConnections: column(loads, ({ demand }) => demand, 'connectionsPerSecond'),
      refusedConnections: refusedConnections(loads, refusals),
      deliveredBits: column(loads, ({ delivered }) => delivered, 'ipBps'),
      deliveredPackets: column(loads, ({ delivered }) => delivered, 'packetsPerSecond'),
    }
    for (const key of KEYS) this.#books[key].turn(nowPs, rates[key])
  }

  markInstant(atPs: number): void {
    this.#log.mark(atPs, this.sums(atPs))
  }

  sums(nowPs: number): SteadySums {
    return Object.fromEntries(KEYS.map((key) => [key, this.#books[key].all(nowPs)])) as unknown as SteadySums
  }

  /** One quantity between two marked instants; one that was not reached counts as the last that was. */
  between(key: keyof SteadySums, index: number, fromPs: number, toPs: number): number {
    return this.#log.at(toPs)![key][index]! - this.#log.at(fromPs)![key][index]!
  }

  /** By direction: the highest offered load after the warm-up up to now. */
  peakOfferedBps(nowPs: number): Float64Array {
    this.#countPeaks(nowPs)
    return this.#peakOfferedBps
  }

  #countPeaks(nowPs: number): void {
    if (this.#loads === undefined || nowPs <= Math.max(this.#sincePs, this.#warmupPs)) return
    const { offeredBps } = this.#loads
    const peaks = this.#peakOfferedBps
    for (let d = 0; d < peaks.length; d++) if (offeredBps[d]! > peaks[d]!) peaks[d] = offeredBps[d]!
  }
}

const KEYS = [
  'offeredBits',
  'packets',
  'connections',
  'waitedPs',
  'fullSeconds',
  'sentBits',
  'sentPackets',
  'openedConnections',
  'refusedConnections',
  'deliveredBits',
  'deliveredPackets',
] as const satisfies readonly (keyof SteadySums)[]

/** By part. */
function refusedConnections({ parts }: MixLoads, refusals: SteadySpan['refusals']): Float64Array {
  const reasons = new Set(refusals.map(({ part, reason }) => `${part}/${reason}`))
  return Float64Array.from(parts, ({ drops }, part) =>
    drops.reduce(
      (sum, { reason, connectionsPerSecond }) =>
        reasons.has(`${part}/${reason}`) ? sum + connectionsPerSecond : sum,
      0,
    ),
  )
}

function column(
  { parts }: MixLoads,
  of: (part: MixLoads['parts'][number]) => TrafficRate,
  key: keyof TrafficRate,
): Float64Array {
  return Float64Array.from(parts, (part) => of(part)[key])
}
