import type { EcmpBlueprint, LinkBlueprint } from '../blueprint/network.ts'
import { greatestCommonDivisor } from '../model/integers.ts'

/** Hosts share over the links of a bond in proportion to their rates. */
export const BOND: EcmpBlueprint = { mode: 'five-tuple', weights: 'rate', flowletGapPs: 0 }

/** A 32-bit key modulo the sum favours low shares by up to sum / 2^32: 0.02 % here. */
export const WEIGHT_SUM_MAX = 2 ** 20
const WEIGHT_SCALE = 1_000_000

/** What a link counts for in a group, before the group brings its members' weights to lowest terms. */
export function memberWeight({ weight, rateBps }: LinkBlueprint, { weights }: EcmpBlueprint): number {
  return weight ?? (weights === 'rate' ? rateBps : 1)
}

/** Weights of a group in lowest terms; rounded to millionths of their sum where that would be too large. */
export function groupWeights(weights: readonly number[]): number[] {
  const divisor = weights.reduce(greatestCommonDivisor)
  const reduced = weights.map((weight) => weight / divisor)
  const sum = reduced.reduce((a, b) => a + b)
  if (sum < WEIGHT_SUM_MAX) return reduced
  return reduced.map((weight) => Math.max(1, Math.round((weight / sum) * WEIGHT_SCALE)))
}
