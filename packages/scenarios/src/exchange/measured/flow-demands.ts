import { printRate } from '@weft/core'
import { naturalCompare } from '@weft/fabric'
import { intervalsOf, nearestRank, PERCENT, spread } from './intervals.ts'
import { INTERVAL_S_DEFAULT, type MeasuredDemand, type MeasuredDemands } from './measured-demands.ts'
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
  const demands: MeasuredDemand[] = []
  const sums = new Float64Array(intervals.count)
  for (const [number, flows] of flowsByPair(pair, pairs.length).entries()) {
    sums.fill(0)
    for (const flow of flows) spread(bits[flow]!, startS[flow]!, endS[flow]!, intervals, sums)
    const total = flows.reduce((sum, flow) => sum + bits[flow]!, 0)
    const p95Bps = nearestRank(sums, PERCENT) / intervals.lengthS
    if (total > 0) demands.push({ ...pairs[number]!, meanBps: total / (last - first), p95Bps })
  }
  demands.sort((a, b) => naturalCompare(a.from, b.from) || naturalCompare(a.to, b.to))
  return {
    demands,
    startS: first,
    endS: last,
    intervals: intervals.count,
    intervalS: intervals.lengthS,
    notes: notesOf(records, last - first),
  }
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

/** `12 records are left out: no host is 192.0.2.1, 192.0.2.9 ...`, those with the most traffic first. */
export function unmatchedText({ records, names }: Unmatched): string {
  const most = [...names].sort(([, a], [, b]) => b - a)
  const shown = most.slice(0, NAMES_SHOWN).map(([name]) => name.replace(/\p{Cc}/gu, ' ').slice(0, 60))
  const list = `${shown.join(', ')}${most.length > shown.length ? ` and ${most.length - shown.length} more` : ''}`
  return `${records.toLocaleString('en')} ${records === 1 ? 'record is' : 'records are'} left out: no host is ${list}`
}
