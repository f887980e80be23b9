import { describe, expect, it } from 'vitest'
import { Anderson } from './anderson.ts'

/** f(x) = b - A x, for a matrix that plain repetition with a step of a quarter would take hundreds of steps to invert. */
const MATRIX = [
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 0.02 + 1 / 3],
]
const SOLUTION = [1, -2, 3]
const product = (x: readonly number[]) => MATRIX.map((row) => row.reduce((sum, a, i) => sum + a * x[i]!, 0))
const RIGHT = product(SOLUTION)
const f = (x: Float64Array) => Float64Array.from(product([...x]), (value, i) => RIGHT[i]! - value)

describe('Anderson', () => {
  it('solves a linear system in as many steps as it has unknowns, and one', () => {
    const anderson = new Anderson(new Float64Array(3).fill(1), 0.25)
    let x: Float64Array = new Float64Array(3)
    for (let step = 0; step < 4; step++) x = anderson.next(x, f(x))
    SOLUTION.forEach((value, i) => {
      expect(x[i]).toBeCloseTo(value, 8)
    })
    expect(anderson.next(x, new Float64Array(3))).toEqual(x)
  })

  it('takes a plain step at first and after a reset', () => {
    const anderson = new Anderson(new Float64Array(3).fill(1), 0.25)
    const start = Float64Array.of(1, 1, 1)
    const plain = start.map((value, i) => value + 0.25 * f(start)[i]!)
    expect(anderson.next(start, f(start))).toEqual(plain)
    anderson.next(plain, f(plain))
    anderson.reset()
    expect(anderson.next(start, f(start))).toEqual(plain)
  })
})
