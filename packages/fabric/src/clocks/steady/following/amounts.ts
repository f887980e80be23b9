/** Adds a share of `count` quantities to those that stand in `into` from `to` on. */
export function addTo(
  into: Float64Array,
  to: number,
  amounts: Float64Array,
  at: number,
  share: number,
  count: number,
): void {
  for (let ch = 0; ch < count; ch++) into[to + ch]! += amounts[at + ch]! * share
}

export function isZero(amounts: Float64Array, at: number, count: number): boolean {
  for (let ch = 0; ch < count; ch++) if (amounts[at + ch] !== 0) return false
  return true
}
