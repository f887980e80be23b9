import { exactQuantile } from '@weft/core'
import type { Statistic } from '../compile/questions/expect.ts'
import { probabilityOf } from '../result/percentile.ts'

/** A statistic of ascending values; undefined of none. */
export function statisticOf(sorted: Float64Array, statistic: Statistic): number | undefined {
  if (sorted.length === 0) return undefined
  if (statistic.kind === 'percentile') return exactQuantile(sorted, probabilityOf(statistic.percent))
  if (statistic.kind === 'max') return sorted[sorted.length - 1]!
  if (statistic.kind === 'min') return sorted[0]!
  return sorted.reduce((a, b) => a + b) / sorted.length
}
