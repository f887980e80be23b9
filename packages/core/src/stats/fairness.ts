/**
 * Jain's fairness index: 1 when all shares are equal, 1/n when one has everything (R. Jain, D. Chiu and W.
 * Hawe, DEC-TR-301, 1984). All shares zero count as equal; NaN without shares.
 */
export function jainIndex(shares: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < shares.length; i++) largest = Math.max(largest, Math.abs(shares[i]!))
  if (largest === 0) return shares.length === 0 ? Number.NaN : 1
  let sum = 0
  let squares = 0
  for (let i = 0; i < shares.length; i++) {
    // Scaled, so that neither huge nor tiny shares leave the range of a double when squared.
    const share = shares[i]! / largest
    sum += share
    squares += share * share
  }
  return (sum * sum) / (shares.length * squares)
}
