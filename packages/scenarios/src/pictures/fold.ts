/** Some of many, and the others as one. */
export interface Folded {
  /** Indices of those kept, ascending. */
  readonly kept: readonly number[]
  /** Indices of the others, ascending; empty where all are kept. */
  readonly others: readonly number[]
}

/** At most `most` of these sizes, the largest ones; what is left stands together and takes a place itself. */
export function foldSmallest(sizes: ArrayLike<number>, most: number): Folded {
  const all = Array.from({ length: sizes.length }, (_, index) => index)
  if (all.length <= most) return { kept: all, others: [] }
  const bySize = [...all].sort((a, b) => sizes[b]! - sizes[a]! || a - b)
  const kept = new Set(bySize.slice(0, Math.max(0, most - 1)))
  return { kept: all.filter((index) => kept.has(index)), others: all.filter((index) => !kept.has(index)) }
}

/** Cuts `count` things in a row into at most `most` runs of nearly equal length: where each begins, and the end. */
export function binsOf(count: number, most: number): number[] {
  const bins = Math.min(count, most)
  return Array.from({ length: bins + 1 }, (_, bin) => Math.round((bin * count) / Math.max(1, bins)))
}
