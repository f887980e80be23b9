import type { BenchmarkResult } from '../harness.ts'

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** To three digits: ratios of times have no more. */
export const digits = (value: number): number => Number(value.toPrecision(3))

/** What a comparison answers where the peer is not there: nothing was measured, and why. */
export function skipped(benchmark: string, why: string): BenchmarkResult & { readonly skipped: string } {
  return { benchmark, skipped: why, cpuSeconds: 0, wallSeconds: 0, peakRssBytes: 0 }
}
