import type { Bound, Expectation } from '../compile/questions/expect.ts'

/** What an expectation is held against: the worst value of its metric, and where it was found. */
export interface Measurement {
  /** In the unit of the bounds; undefined where there was nothing to measure. */
  readonly value: number | undefined
  /** Number of observations behind it. */
  readonly samples: number
  /** The direction, queue, place, flow or stream that has the worst value. */
  readonly object?: string | undefined
  /** Values of that object over time, for telling when a bound was broken: window starts and values. */
  readonly timeline?: Timeline
  /** When it happened, of what has no timeline. */
  readonly span?: Span
  /** Index of the direction, where the object is one. */
  readonly direction?: number
  /** Row of the flow or stream, where the object is one. */
  readonly flow?: number
}

export interface Timeline {
  readonly startPs: readonly number[]
  readonly values: ArrayLike<number>
  readonly windowPs: number
}

export interface Span {
  readonly fromPs: number
  readonly toPs: number
}

export const NOTHING: Measurement = { value: undefined, samples: 0 }

export function holds({ relation, value: bound }: Bound, value: number): boolean {
  switch (relation) {
    case 'below':
      return value < bound
    case 'above':
      return value > bound
    case 'atMost':
      return value <= bound
    case 'atLeast':
      return value >= bound
    case 'equals':
      return value === bound
  }
}

/** How far a value is beyond the bounds, negative within them: the object with the largest excess is the worst. */
export function excess({ bounds }: Expectation, value: number): number {
  return Math.max(
    ...bounds.map(({ relation, value: bound }) => {
      if (relation === 'equals') return Math.abs(value - bound)
      return relation === 'below' || relation === 'atMost' ? value - bound : bound - value
    }),
  )
}
