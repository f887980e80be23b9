import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestOrder, eachAlone, greedyOrder, type ScoreOf } from './drain-order.ts'

/** Scores of all subsets, drawn. */
const scores = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    of: fc.array(fc.integer({ min: -4, max: 9 }), { minLength: 2 ** count, maxLength: 2 ** count }),
  }),
)

const scoreIn = (of: readonly number[], members: readonly number[]): number =>
  of[members.reduce((set, member) => set | (1 << member), 0)]!

/** As a search asks for them; no more than `most` times. */
function scoreOf(of: readonly number[], most = Infinity): ScoreOf<'step'> {
  let asked = 0
  return function* (members) {
    yield 'step'
    return ++asked > most ? undefined : scoreIn(of, members)
  }
}

function ordered(steps: Generator<'step', number[], boolean>): number[] {
  for (let step = steps.next(); ; step = steps.next(true)) if (step.done === true) return step.value
}

const stepsOf = (order: readonly number[], of: readonly number[]): number[] =>
  order.map((_, i) => scoreIn(of, order.slice(0, i + 1)))

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
        const found = stepsOf(ordered(bestOrder(count, scoreOf(of))), of)
        const all = [...permutations(Array.from({ length: count }, (_, i) => i))].map((order) =>
          stepsOf(order, of),
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
        const order = ordered(greedyOrder(count, scoreOf(of)))
        expect([...order].sort()).toEqual(Array.from({ length: count }, (_, i) => i))
      }),
    )
  })

  it('end with what they have when there are no more scores', () => {
    fc.assert(
      fc.property(scores, fc.nat(30), ({ count, of }, most) => {
        const whole = ordered(greedyOrder(count, scoreOf(of)))
        const order = ordered(greedyOrder(count, scoreOf(of, most)))
        expect(order).toEqual(whole.slice(0, order.length))
        expect(ordered(bestOrder(count, scoreOf(of, most)))).toHaveLength(most < 2 ** count - 1 ? 0 : count)
        expect(ordered(eachAlone(count, scoreOf(of, most)))).toHaveLength(Math.min(count, most))
      }),
    )
  })
})
