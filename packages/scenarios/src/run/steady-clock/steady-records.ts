import type { SteadyRun } from '@weft/fabric'
import type { SteadyBooks } from './steady-books.ts'
import type { SteadyIntervals } from './steady-intervals.ts'
import type { SteadyPoolBooks } from './steady-pool-books.ts'

/** What the steady clock tells and others do not. */
export interface SteadyRecords {
  readonly run: SteadyRun
  readonly books: SteadyBooks
  readonly intervals: SteadyIntervals
  readonly pools: SteadyPoolBooks
  /** Loads whose losses did not come to rest, so that they are near and not exact. */
  readonly unsettled: number
  /** Payload bytes that have arrived, by traffic. */
  deliveredBytes(): Float64Array
}
