import { describe, expect, it } from 'vitest'
import { exponential } from '@weft/core'
import type { SizesBlueprint } from '../blueprint/traffic.ts'
import { meanSegments } from './expected-segments.ts'
import { publishedSizes } from './published-sizes.ts'
import { sizeDistribution, wholeBytes } from './sizes.ts'

/** Draws at equal steps of probability. */
const STEPS = 200_000

/** The mean over quantiles, by the rule that every clock makes sizes and segments with. */
function steppedMean(sizes: SizesBlueprint, segmentBytes: number): number {
  const distribution = sizeDistribution(sizes)
  let step = 0
  // a stream that goes through all probabilities in order
  const stream = { next: () => (step + 0.5) / STEPS } as Parameters<typeof distribution.sample>[0]
  let sum = 0
  for (; step < STEPS; step++) sum += Math.ceil(wholeBytes(distribution.sample(stream)) / segmentBytes)
  return sum / STEPS
}

describe('mean segments', () => {
  const cdf = (points: [number, number][]): SizesBlueprint => ({ kind: 'cdf', name: 'x', points })
  it.each<[string, SizesBlueprint]>([
    ['constant', { kind: 'constant', bytes: 14_481 }],
    ['below a byte', { kind: 'constant', bytes: 0.2 }],
    ['exponential', { kind: 'exponential', meanBytes: 20_000 }],
    ['short exponential', { kind: 'exponential', meanBytes: 3 }],
    ['uniform', { kind: 'uniform', minBytes: 100, maxBytes: 30_000 }],
    ['uniform without width', { kind: 'uniform', minBytes: 2896, maxBytes: 2896 }],
    ['narrow uniform', { kind: 'uniform', minBytes: 1440.3, maxBytes: 1450.2 }],
    [
      'a lump first',
      cdf([
        [1448, 30],
        [5000, 100],
      ]),
    ],
    [
      'a lump between',
      cdf([
        [0, 0],
        [1449, 20],
        [1449, 80],
        [9000, 100],
      ]),
    ],
    ['web search', cdf(publishedSizes.WebSearch as unknown as [number, number][])],
  ])('%s', (_name, sizes) => {
    for (const segmentBytes of [1, 1000, 1448, 2896]) {
      const stepped = steppedMean(sizes, segmentBytes)
      expect(Math.abs(meanSegments(sizes, segmentBytes) / stepped - 1)).toBeLessThan(2e-4)
    }
  })

  it('keeps its digits where sizes are huge', () => {
    const meanBytes = 1e12
    // rounding adds 1 - 1/2 byte to sizes below half a byte, a chance of 5e-13: nothing
    expect(meanSegments({ kind: 'exponential', meanBytes }, 1) / exponential(meanBytes).mean).toBeCloseTo(
      1,
      10,
    )
  })
})
