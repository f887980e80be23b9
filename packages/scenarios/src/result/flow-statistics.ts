import type { FlowTable } from '@weft/fabric'
import { percentileOf } from './percentile.ts'
import type { SizeBinResult, TrafficResult } from './result.ts'

interface Bin {
  readonly label: string
  readonly fromBytes: number
  readonly toBytes: number | null
}

/** All sizes, each once; the last bin is open. */
const BINS: readonly Bin[] = [
  { label: '< 10kB', fromBytes: 0, toBytes: 10_000 },
  { label: '10kB..100kB', fromBytes: 10_000, toBytes: 100_000 },
  { label: '100kB..1MB', fromBytes: 100_000, toBytes: 1_000_000 },
  { label: '>= 1MB', fromBytes: 1_000_000, toBytes: null },
]

/** Parts of the last bin, each within the one before, for runs that have flows so large. */
const LARGE_BINS: readonly Bin[] = [
  { label: '>= 10MB', fromBytes: 1e7, toBytes: null },
  { label: '>= 100MB', fromBytes: 1e8, toBytes: null },
  { label: '>= 1GB', fromBytes: 1e9, toBytes: null },
]

/** Dots in the plot of slowdown over size: enough to see the cloud, few enough to draw. */
const POINTS_MAX = 2_000

/** One flow as the statistics see it. */
export interface FlowRow {
  readonly flow: number
  readonly traffic: number
  readonly bytes: number
  readonly startPs: number
  /** Completion time from the connect call; undefined while unfinished. */
  readonly fctPs: number | undefined
  /** Why it failed; undefined if it did not. */
  readonly failure: string | undefined
  /** The ledger's reason for the last loss of one that goes on trying to connect; undefined if it does not, or lost nothing. */
  readonly loss: number | undefined
  /** Completion time over the ideal; undefined while unfinished, and where the ideal is no time at all: from a host to itself. */
  readonly slowdown: number | undefined
}

/** The flows that started in a window, in order of start; streams are no flows. */
export function flowRows(
  flows: FlowTable,
  window: { readonly fromPs: number; readonly toPs: number },
  idealPs: (flow: number) => number,
): FlowRow[] {
  const rows: FlowRow[] = []
  for (let flow = 0; flow < flows.size; flow++) {
    if (flows.isLeg(flow)) continue
    const startPs = flows.startPs[flow]!
    if (startPs < window.fromPs || startPs >= window.toPs || flows.bytes[flow] === Infinity) continue
    const completedPs = flows.completedPs[flow]!
    const fctPs = completedPs < 0 ? undefined : completedPs - startPs
    const basePs = fctPs === undefined ? 0 : idealPs(flow)
    rows.push({
      flow,
      traffic: flows.traffic[flow]!,
      bytes: flows.bytes[flow]!,
      startPs,
      fctPs,
      failure: flows.failureOf(flow),
      loss: flows.lossOf(flow),
      slowdown: fctPs === undefined || basePs === 0 ? undefined : fctPs / basePs,
    })
  }
  return rows
}

/** `segments` has what was sent again, where that is modelled; `reasonName` the names of reasons for losses. */
export function trafficResult(
  traffic: { readonly name: string; readonly transport: string },
  rows: readonly FlowRow[],
  segments: Pick<FlowTable, 'retransmissions' | 'timeouts'> | undefined,
  reasonName: (reason: number) => string,
): TrafficResult {
  const completed = rows.filter((row) => row.fctPs !== undefined)
  const sum = (value: (row: FlowRow) => number) => rows.reduce((total, row) => total + value(row), 0)
  const failed = rows.filter(({ failure }) => failure !== undefined).length
  return {
    traffic: traffic.name,
    transport: traffic.transport,
    started: rows.length,
    completed: completed.length,
    unfinished: rows.length - completed.length - failed,
    failed,
    failures: byReason(rows.map(({ failure }) => failure)),
    trying: byReason(rows.map(({ loss }) => (loss === undefined ? undefined : reasonName(loss)))),
    bytes: sum((row) => row.bytes),
    retransmissions: segments === undefined ? null : sum((row) => segments.retransmissions[row.flow]!),
    timeouts: segments === undefined ? null : sum((row) => segments.timeouts[row.flow]!),
    bins: [...BINS, ...LARGE_BINS].map((bin) => binResult(bin, rows)).filter((bin) => bin.flows > 0),
    all: binResult({ label: 'all', fromBytes: 0, toBytes: null }, rows),
    points: sampled(measured(rows)).map(({ bytes, slowdown }) => [bytes, slowdown] as const),
  }
}

/** Most first, in the order of their names where there are as many. */
function byReason(reasons: readonly (string | undefined)[]): TrafficResult['failures'] {
  const flows = new Map<string, number>()
  for (const reason of reasons) if (reason !== undefined) flows.set(reason, (flows.get(reason) ?? 0) + 1)
  return [...flows]
    .map(([reason, count]) => ({ reason, flows: count }))
    .sort((a, b) => b.flows - a.flows || (a.reason < b.reason ? -1 : 1))
}

function binResult(bin: Bin, rows: readonly FlowRow[]): SizeBinResult {
  const inBin = rows.filter(
    ({ bytes }) => bytes >= bin.fromBytes && (bin.toBytes === null || bytes < bin.toBytes),
  )
  const completed = inBin.filter((row) => row.fctPs !== undefined)
  const slowdowns = Float64Array.from(measured(inBin), ({ slowdown }) => slowdown).sort()
  const fcts = Float64Array.from(completed, (row) => row.fctPs!).sort()
  const missing = inBin.length - completed.length
  const failed = inBin.filter(({ failure }) => failure !== undefined).length
  return {
    ...bin,
    flows: inBin.length,
    completed: completed.length,
    unfinished: missing - failed,
    failed,
    slowdown: {
      p50: percentileOf(slowdowns, 50, missing),
      p95: percentileOf(slowdowns, 95, missing),
      p99: percentileOf(slowdowns, 99, missing),
      mean: slowdowns.length === 0 ? null : slowdowns.reduce((a, b) => a + b) / slowdowns.length,
    },
    fctPs: { p50: percentileOf(fcts, 50, missing), p99: percentileOf(fcts, 99, missing) },
  }
}

const measured = (rows: readonly FlowRow[]) =>
  rows.flatMap(({ bytes, slowdown }) => (slowdown === undefined ? [] : [{ bytes, slowdown }]))

/** Every n-th row, so that early and late, small and large flows stay in proportion. */
function sampled<Row>(rows: readonly Row[]): Row[] {
  const step = Math.max(1, Math.ceil(rows.length / POINTS_MAX))
  return rows.filter((_, index) => index % step === 0)
}
