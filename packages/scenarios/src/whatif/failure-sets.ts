/** One set of parts that fail together, standing for all sets that symmetry carries it to. */
export interface FailureSet {
  /** Indices of parts, ascending. */
  readonly members: readonly number[]
  /** How many sets it stands for, itself among them. */
  readonly count: number
}

/** Number of ways to choose `k` of `n`; a double, exact up to 2^53. */
export function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 0; i < k; i++) ways = (ways * (n - i)) / (i + 1)
  return Math.round(ways)
}

/** Sets of 1 up to `size` of so many parts. */
export function countSets(parts: number, size: number): number {
  let sets = 0
  for (let k = 1; k <= size; k++) sets += binomial(parts, k)
  return sets
}

/** All sets of exactly `size` of `count` parts, in lexicographic order, each standing for itself. */
export function* everySet(count: number, size: number): Generator<FailureSet> {
  if (size > count) return
  const members = Array.from({ length: size }, (_, i) => i)
  for (;;) {
    yield { members: [...members], count: 1 }
    let last = size - 1
    while (last >= 0 && members[last] === count - size + last) last--
    if (last < 0) return
    members[last]!++
    for (let i = last + 1; i < size; i++) members[i] = members[i - 1]! + 1
  }
}
