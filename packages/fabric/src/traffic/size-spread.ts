import type { SizesBlueprint } from '../blueprint/traffic.ts'

/**
 * How unlike flows are: the mean square of their sizes over the square of the mean, 1 where all are alike. The load of n
 * flows that are hashed varies as that of n over this many equal ones would (Kish's effective sample size).
 */
export function sizeSpread(sizes: SizesBlueprint): number {
  switch (sizes.kind) {
    case 'constant':
      return 1
    case 'exponential':
      return 2
    case 'uniform':
      return spreadOf([
        [sizes.minBytes, 0],
        [sizes.maxBytes, 100],
      ])
    case 'cdf':
      return spreadOf(sizes.points)
  }
}

/** Points of [bytes, cumulative percent], linear in between; what the first has is of its size. */
function spreadOf(points: readonly (readonly [number, number])[]): number {
  const [firstBytes, firstPercent] = points[0]!
  let mean = (firstBytes * firstPercent) / 100
  let square = (firstBytes * firstBytes * firstPercent) / 100
  for (let i = 1; i < points.length; i++) {
    const [a, fromPercent] = points[i - 1]!
    const [b, toPercent] = points[i]!
    const share = (toPercent - fromPercent) / 100
    mean += (share * (a + b)) / 2
    square += (share * (a * a + a * b + b * b)) / 3
  }
  return square / (mean * mean)
}
