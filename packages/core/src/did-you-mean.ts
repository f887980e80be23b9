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
  // a letter has at most two code units in lower case that had one before
  const rows = new Uint16Array(3 * (2 * NAME_LENGTH_MAX + 1))
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate.length > NAME_LENGTH_MAX) continue
    const folded = candidate.toLowerCase()
    // nearer than any edit: `gbps` is `Gbps` rather than `Mbps`, and `Mb` is `MB` rather than `GB`
    if (folded === wanted) return candidate
    const distanceMax = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))
    const limit = Math.min(distanceMax, bestDistance - 1)
    const distance = limit < 1 ? Number.POSITIVE_INFINITY : boundedDistance(wanted, folded, limit, rows)
    if (distance <= limit) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/**
 * Damerau-Levenshtein distance of two strings in its restricted form (optimal string alignment): no
 * substring is edited twice. Source: L. Boytsov, "Indexing methods for approximate dictionary searching",
 * 2011.
 */
export function editDistance(a: string, b: string): number {
  return boundedDistance(a, b, Number.POSITIVE_INFINITY, new Uint16Array(3 * (b.length + 1)))
}

/** The distance, or any number above the limit where it is above. `rows` has room for three rows of b's length. */
function boundedDistance(a: string, b: string, limit: number, rows: Uint16Array): number {
  // what both begin or end with is edited in no shortest way
  let start = 0
  let endA = a.length
  let endB = b.length
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start++
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--
    endB--
  }
  const height = endA - start
  const width = endB - start
  if (height === 0 || width === 0) return height + width
  if (Math.abs(height - width) > limit) return Number.POSITIVE_INFINITY
  // Three rows of the table: a swap looks back by two.
  const stride = width + 1
  let beforeLast = 0
  let last = stride
  let row = 2 * stride
  for (let j = 0; j <= width; j++) rows[row + j] = j
  let lowestBefore = 0
  for (let i = 1; i <= height; i++) {
    const reused = beforeLast
    beforeLast = last
    last = row
    row = reused
    rows[row] = i
    let lowest = i
    const x = a.charCodeAt(start + i - 1)
    for (let j = 1; j <= width; j++) {
      const y = b.charCodeAt(start + j - 1)
      const substitution = x === y ? 0 : 1
      let distance = Math.min(rows[last + j]! + 1, rows[row + j - 1]! + 1, rows[last + j - 1]! + substitution)
      const swapped = i > 1 && j > 1 && x === b.charCodeAt(start + j - 2) && a.charCodeAt(start + i - 2) === y
      if (swapped) distance = Math.min(distance, rows[beforeLast + j - 2]! + 1)
      rows[row + j] = distance
      if (distance < lowest) lowest = distance
    }
    // no way through two rows gets shorter again
    if (lowest > limit && lowestBefore > limit) return Number.POSITIVE_INFINITY
    lowestBefore = lowest
  }
  return rows[row + width]!
}
