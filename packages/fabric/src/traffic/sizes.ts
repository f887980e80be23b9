import { constant, type Distribution, EmpiricalCdf, exponential, uniform } from '@weft/core'
import type { SizesBlueprint } from '../blueprint/traffic.ts'

/** Flow sizes in bytes; a draw becomes a size by `wholeBytes`. */
export function sizeDistribution(sizes: SizesBlueprint): Distribution {
  switch (sizes.kind) {
    case 'cdf':
      return new EmpiricalCdf(sizes.points)
    case 'constant':
      return constant(sizes.bytes)
    case 'exponential':
      return exponential(sizes.meanBytes)
    case 'uniform':
      return uniform({ minimum: sizes.minBytes, maximum: sizes.maxBytes })
  }
}

/** A flow carries a whole number of bytes, and at least one. */
export const wholeBytes = (draw: number): number => Math.max(1, Math.round(draw))
