import { exp } from '@weft/core'
import type { SizesBlueprint } from '../blueprint/traffic.ts'

/**
 * Mean number of segments of flows of these sizes, each flow's bytes cut into pieces of `segmentBytes`; with pieces of 1
 * byte the mean size itself. Exact, for sizes as flows get them: rounded to whole bytes, at least one.
 */
export function meanSegments(sizes: SizesBlueprint, segmentBytes: number): number {
  switch (sizes.kind) {
    case 'constant':
      return Math.ceil(Math.max(1, Math.round(sizes.bytes)) / segmentBytes)
    case 'exponential':
      return 1 + exp(-HALF / sizes.meanBytes) / expm1(segmentBytes / sizes.meanBytes)
    case 'uniform':
      return meanOfPoints(
        [
          [sizes.minBytes, 0],
          [sizes.maxBytes, 100],
        ],
        segmentBytes,
      )
    case 'cdf':
      return meanOfPoints(sizes.points, segmentBytes)
  }
}

/** Sizes from half a byte above k segments on, rounded, take one segment more than k. */
const HALF = 0.5

/**
 * The sum over k of the chance that a size lies above k segments, which is their mean number. That chance is linear
 * between two points of the distribution, so that each piece is an arithmetic series.
 */
function meanOfPoints(points: readonly (readonly [number, number])[], segmentBytes: number): number {
  const stepsUpTo = (bytes: number) => Math.max(0, Math.floor((bytes - HALF) / segmentBytes))
  let mean = 1 + stepsUpTo(points[0]![0])
  for (let i = 1; i < points.length; i++) {
    const [fromBytes, fromPercent] = points[i - 1]!
    const [toBytes, toPercent] = points[i]!
    const first = stepsUpTo(fromBytes) + 1
    const last = stepsUpTo(toBytes)
    if (last < first) continue
    const above = (k: number) => {
      const part = (k * segmentBytes + HALF - fromBytes) / (toBytes - fromBytes)
      return 1 - (fromPercent + part * (toPercent - fromPercent)) / 100
    }
    mean += ((last - first + 1) * (above(first) + above(last))) / 2
  }
  return mean
}

/** e^x - 1 for x above 0, also where e^x is so near to 1 that subtraction would lose it. */
function expm1(x: number): number {
  return x > 1e-3 ? exp(x) - 1 : x * (1 + (x / 2) * (1 + (x / 3) * (1 + x / 4)))
}
