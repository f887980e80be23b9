import { exactQuantile } from '@weft/core'
import type { FlowTimes, ListedFlow } from '../peers/flow-files.ts'

const HOSTS_PER_LEAF = 8
const MSS_BYTES = 1448
/** IP and TCP headers with timestamps, and two bytes of framing. */
const HEADER_BYTES = 54
const PS_PER_BYTE = 80
const HOP_DELAY_PS = 1_000_000

const BINS = [
  { label: '< 10kB', fromBytes: 0, toBytes: 1e4 },
  { label: '10kB..100kB', fromBytes: 1e4, toBytes: 1e5 },
  { label: '100kB..1MB', fromBytes: 1e5, toBytes: 1e6 },
  { label: '>= 1MB', fromBytes: 1e6, toBytes: Infinity },
]

export interface SlowdownBin {
  readonly label: string
  readonly flows: number
  readonly unfinished: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/** Percentiles of completion time over the ideal, by flow size, as the peers' results were tabulated. */
export function slowdownBins(flows: readonly ListedFlow[], times: readonly FlowTimes[]): SlowdownBin[] {
  return BINS.map(({ label, fromBytes, toBytes }) => {
    const slowdowns: number[] = []
    let unfinished = 0
    for (const [i, flow] of flows.entries()) {
      if (flow.bytes < fromBytes || flow.bytes >= toBytes) continue
      if (times[i]!.fctPs < 0) unfinished++
      else slowdowns.push(times[i]!.fctPs / idealPs(flow))
    }
    slowdowns.sort((a, b) => a - b)
    const at = (probability: number) => Number(exactQuantile(slowdowns, probability).toFixed(3))
    return {
      label,
      flows: slowdowns.length + unfinished,
      unfinished,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    }
  }).filter(({ flows: count }) => count > 0)
}

/** The peers' formula: every byte on the wire once, the first segment stored and forwarded on the other hops. */
export function idealPs({ source, destination, bytes }: ListedFlow): number {
  const sameLeaf = Math.floor(source / HOSTS_PER_LEAF) === Math.floor(destination / HOSTS_PER_LEAF)
  const hops = sameLeaf ? 2 : 4
  const wire = bytes + HEADER_BYTES * Math.ceil(bytes / MSS_BYTES)
  const first = Math.min(bytes, MSS_BYTES) + HEADER_BYTES
  return hops * HOP_DELAY_PS + PS_PER_BYTE * (wire + (hops - 1) * first)
}
