/** Names longer than this are nobody's typing error; it also bounds the work on hostile input. */
const NAME_LENGTH_MAX = 64

/**
 * The candidate that was probably meant by `name`, or undefined when none is near.
 *
 * Near is a Damerau-Levenshtein distance (insertions, deletions, substitutions, swaps of neighbours) of at
 * most a third of the longer name's length, at least 1. A difference in case alone always counts as near. Of
 * equally near candidates the first is taken.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > NAME_LENGTH_MAX) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate.length > NAME_LENGTH_MAX) continue
    const folded = candidate.toLowerCase()
    // Half an edit for case: `gbps` is nearer to `Gbps` than to `Mbps`, and `Mb` nearer to `MB` than to `GB`.
    const distance = folded === wanted ? 0.5 : editDistance(wanted, folded)
    const distanceMax = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
    if (distance <= distanceMax && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/**
 * Damerau-Levenshtein distance of two short strings in its restricted form (optimal string alignment): no
 * substring is edited twice. Source: L. Boytsov, "Indexing methods for approximate dictionary searching",
 * 2011.
 */
export function editDistance(a: string, b: string): number {
  // Three rows of the table: a swap looks back by two.
  let beforeLast = new Uint16Array(b.length + 1)
  let last = new Uint16Array(b.length + 1)
  let row = new Uint16Array(b.length + 1)
  for (let j = 0; j <= b.length; j++) row[j] = j
  for (let i = 1; i <= a.length; i++) {
    const reused = beforeLast
    beforeLast = last
    last = row
    row = reused
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const substitution = a[i - 1] === b[j - 1] ? 0 : 1
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + substitution)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) distance = Math.min(distance, beforeLast[j - 2]! + 1)
      row[j] = distance
    }
  }
  return row[b.length]!
}
