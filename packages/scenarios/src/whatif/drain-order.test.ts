import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestOrder, greedyOrder, type ScoreOf } from './drain-order.ts'

/** Scores of all subsets, drawn. */
const scores = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    of: fc.array(fc.integer({ min: -4, max: 9 }), { minLength: 2 ** count, maxLength: 2 ** count }),
  }),
)

const scoreOf =
  (of: readonly number[]): ScoreOf =>
  (members) =>
    of[members.reduce((set, member) => set | (1 << member), 0)]!

const stepsOf = (order: readonly number[], score: ScoreOf): number[] =>
  order.map((_, i) => score(order.slice(0, i + 1)))

const tightest = (steps: readonly number[]): number => Math.min(...steps)
const sum = (steps: readonly number[]): number => steps.reduce((a, b) => a + b, 0)

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield []
  for (const item of items)
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest]
}

describe('orders of cumulative drains', () => {
  it('the best one has the most room at its tightest step and then in sum, of all permutations', () => {
    fc.assert(
      fc.property(scores, ({ count, of }) => {
        const score = scoreOf(of)
        const found = stepsOf(bestOrder(count, score), score)
        const all = [...permutations(Array.from({ length: count }, (_, i) => i))].map((order) =>
          stepsOf(order, score),
        )
        const most = Math.max(...all.map(tightest))
        expect(tightest(found)).toBe(most)
        expect(sum(found)).toBe(Math.max(...all.filter((steps) => tightest(steps) === most).map(sum)))
      }),
      { numRuns: 200 },
    )
  })

  it('the greedy one drains every part once', () => {
    fc.assert(
      fc.property(scores, ({ count, of }) => {
        const order = greedyOrder(count, scoreOf(of))
        expect([...order].sort()).toEqual(Array.from({ length: count }, (_, i) => i))
      }),
    )
  })
})
