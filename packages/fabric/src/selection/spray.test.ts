import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareLimit } from '../../test/helpers/statistics.ts'
import { OneOfGroup } from '../model/selector.ts'
import { SpraySelector } from './spray.ts'

const PACKETS = 50_000

describe('packet spraying', () => {
  it.each([
    ['equal', [1, 1, 1, 1, 1, 1, 1]],
    ['mixed', [4, 1, 10, 1]],
  ])('realises %s weights packet by packet, each draw independent of the last', (_name, weights) => {
    const selector = new SpraySelector(randomStream('spray', 'leaf-0/ecmp'))
    const group = new OneOfGroup([...weights.keys()], weights)
    const n = weights.length
    const pairs = new Int32Array(n * n)
    let before = selector.select(group)
    for (let i = 0; i < PACKETS; i++) {
      const now = selector.select(group)
      pairs[before * n + now]!++
      before = now
    }
    const shareOf = (member: number) => weights[member]! / group.weightSum
    const expected = Array.from(
      pairs,
      (_, pair) => PACKETS * shareOf(Math.floor(pair / n)) * shareOf(pair % n),
    )
    expect(chiSquare(pairs, expected)).toBeLessThan(chiSquareLimit(n * n - 1))
  })

  it('has no choice to preview', () => {
    expect(new SpraySelector(randomStream('spray', 'leaf-0/ecmp')).preview()).toBeUndefined()
  })
})
