import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { SizesBlueprint } from '../blueprint/traffic.ts'
import { publishedSizes } from './published-sizes.ts'
import { sizeSpread } from './size-spread.ts'
import { sizeDistribution } from './sizes.ts'

describe('the spread of flow sizes', () => {
  it('has the closed forms of its distributions', () => {
    expect(sizeSpread({ kind: 'constant', bytes: 1e6 })).toBe(1)
    expect(sizeSpread({ kind: 'exponential', meanBytes: 1e6 })).toBe(2)
    // variance over squared mean of a uniform number from 0 is 1/3
    expect(sizeSpread({ kind: 'uniform', minBytes: 0, maxBytes: 1e6 })).toBeCloseTo(4 / 3, 12)
    expect(
      sizeSpread({
        kind: 'cdf',
        name: 'two',
        points: [
          [1, 50],
          [1, 50],
          [3, 50],
          [3, 100],
        ],
      }),
    ).toBeCloseTo(5 / 4, 12)
  })

  it.each<[string, SizesBlueprint]>([
    ['uniform', { kind: 'uniform', minBytes: 1e3, maxBytes: 9e5 }],
    ['WebSearch', { kind: 'cdf', name: 'WebSearch', points: publishedSizes.WebSearch }],
  ])('is that of draws: %s', (_, sizes) => {
    const distribution = sizeDistribution(sizes)
    const stream = randomStream('spread', 'draws')
    let sum = 0
    let squares = 0
    const draws = 400_000
    for (let i = 0; i < draws; i++) {
      const size = distribution.sample(stream)
      sum += size
      squares += size * size
    }
    expect((squares * draws) / (sum * sum) / sizeSpread(sizes)).toBeCloseTo(1, 1)
  })
})
