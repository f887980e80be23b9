import { printRate } from '@weft/core'
import { naturalCompare } from '@weft/fabric'
import { packetsRefusal } from '../demands/packet-sizes.ts'
import { given } from '../given.ts'
import { type Opening, openings } from './connections.ts'
import { type Intervals, intervalsOf, nearestRank, PERCENT, spread } from './intervals.ts'
import {
  INTERVAL_S_DEFAULT,
  type MeasuredDemand,
  type MeasuredDemands,
  type Statistics,
} from './measured-demands.ts'
import type { FlowRecords, Unmatched } from './read-flows.ts'

const NAMES_SHOWN = 3

/**
 * Demands of flow records: what each flow carried, evenly over its time. Undefined where no record joins two hosts of the
 * network within any time.
 */
export function flowDemands(
  records: FlowRecords,
  intervalWantedS: number = INTERVAL_S_DEFAULT,
): MeasuredDemands | undefined {
  const { pairs, pair, startS, endS, bits } = records
  const [first, last] = [
    startS.reduce((a, b) => Math.min(a, b), Infinity),
    endS.reduce((a, b) => Math.max(a, b), -Infinity),
  ]
  if (!(last > first)) return undefined
  const intervals = intervalsOf(first, last, intervalWantedS)
  const sums = new PairSums(records, intervals, last - first)
  const opened = openings(records)
  const openedBy = opened && openingsByPair(opened, pairs.length)
  const demands: MeasuredDemand[] = []
  let impossible = 0
  for (const [number, flows] of flowsByPair(pair, pairs.length).entries()) {
    const { mean: meanBps, p95: p95Bps } = sums.spread(bits, flows)
    if (meanBps === 0) continue
    const counted = records.packets && sums.spread(records.packets, flows)
    const isPossible =
      counted !== undefined &&
      packetsRefusal(meanBps, counted.mean) === undefined &&
      packetsRefusal(p95Bps, counted.p95) === undefined
    if (counted !== undefined && !isPossible) impossible++
    const connectionsPerSecond = openedBy && sums.atInstants(openedBy[number]!)
    const packetsPerSecond = isPossible ? counted : undefined
    demands.push({
      ...pairs[number]!,
      meanBps,
      p95Bps,
      ...given({ packetsPerSecond, connectionsPerSecond }),
    })
  }
  demands.sort((a, b) => naturalCompare(a.from, b.from) || naturalCompare(a.to, b.to))
  return {
    demands,
    startS: first,
    endS: last,
    intervals: intervals.count,
    intervalS: intervals.lengthS,
    notes: [...notesOf(records, last - first), ...rateNotes(records, impossible)],
  }
}

/** Sums of one pair's flows, interval by interval. */
class PairSums {
  readonly #records: FlowRecords
  readonly #intervals: Intervals
  readonly #spanS: number
  readonly #sums: Float64Array

  constructor(records: FlowRecords, intervals: Intervals, spanS: number) {
    this.#records = records
    this.#intervals = intervals
    this.#spanS = spanS
    this.#sums = new Float64Array(intervals.count)
  }

  /** Of a column, evenly over each flow's time. */
  spread(column: readonly number[], flows: readonly number[]): Statistics {
    const { startS, endS } = this.#records
    this.#sums.fill(0)
    for (const flow of flows) spread(column[flow]!, startS[flow]!, endS[flow]!, this.#intervals, this.#sums)
    return this.#statistics(flows.reduce((sum, flow) => sum + column[flow]!, 0))
  }

  /** Of one at each of these instants. */
  atInstants(instantsS: readonly number[]): Statistics {
    this.#sums.fill(0)
    for (const atS of instantsS) spread(1, atS, atS, this.#intervals, this.#sums)
    return this.#statistics(instantsS.length)
  }

  #statistics(total: number): Statistics {
    return { mean: total / this.#spanS, p95: nearestRank(this.#sums, PERCENT) / this.#intervals.lengthS }
  }
}

function openingsByPair(opened: readonly Opening[], pairs: number): number[][] {
  const instants = Array.from({ length: pairs }, (): number[] => [])
  for (const { pair, atS } of opened) instants[pair]!.push(atS)
  return instants
}

function flowsByPair(pair: readonly number[], pairs: number): number[][] {
  const flows = Array.from({ length: pairs }, (): number[] => [])
  for (const [flow, number] of pair.entries()) flows[number]!.push(flow)
  return flows
}

function notesOf({ unmatched, localBits }: FlowRecords, spanS: number): string[] {
  const notes: string[] = []
  const mean = (bits: number) => printRate(Math.round(bits / spanS), { digits: 3 })
  if (unmatched.records > 0) notes.push(`${unmatchedText(unmatched)}, ${mean(unmatched.bits)} on the mean`)
  if (localBits > 0) notes.push(`traffic of hosts to themselves is left out, ${mean(localBits)} on the mean`)
  return notes
}

/** Why packets or new connections are not told, where somebody may expect them. */
function rateNotes({ tuple, isSampled }: FlowRecords, impossible: number): string[] {
  const notes: string[] = []
  if (impossible > 0) {
    const pairs = `${impossible.toLocaleString('en')} ${impossible === 1 ? 'pair' : 'pairs'} of hosts`
    notes.push(`packets of ${pairs} are left out: they cannot carry the bytes, with 20 to 65,535 each`)
  }
  if (tuple !== undefined && isSampled)
    notes.push('new connections are not told: records of sampled packets miss most short ones')
  return notes
}

/** `12 records are left out: no host is 192.0.2.1, 192.0.2.9 ...`, those with the most traffic first. */
export function unmatchedText({ records, names }: Unmatched): string {
  const most = [...names].sort(([, a], [, b]) => b - a)
  const shown = most.slice(0, NAMES_SHOWN).map(([name]) => name.replace(/\p{Cc}/gu, ' ').slice(0, 60))
  const list = `${shown.join(', ')}${most.length > shown.length ? ` and ${most.length - shown.length} more` : ''}`
  return `${records.toLocaleString('en')} ${records === 1 ? 'record is' : 'records are'} left out: no host is ${list}`
}
