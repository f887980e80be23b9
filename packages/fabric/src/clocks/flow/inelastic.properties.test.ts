import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inelastic, type Stream } from './inelastic.ts'
import { NO_CROSSING } from './path.ts'

const DIRECTIONS = 6

/** A stream of this rate over these directions in a row. */
function lineStream(directions: readonly number[], rate: number): Stream {
  return {
    directions: Int32Array.from(directions),
    previous: Int32Array.from(directions, (_, i) => (i === 0 ? NO_CROSSING : i - 1)),
    offered: new Float64Array(directions.length).fill(rate),
    survival: new Float64Array(directions.length),
  }
}

function solve(streams: readonly Stream[], capacities: readonly number[]): Inelastic {
  const inelastic = new Inelastic(capacities.length)
  inelastic.solve(streams, (direction) => capacities[direction]!)
  return inelastic
}

const survivals = (streams: readonly Stream[]) => streams.map(({ survival }) => survival.at(-1)!)
const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 10))

/** What comes to each direction and what of it passes there, from the definition. */
function balance(streams: readonly Stream[], directions: number) {
  const arriving = new Float64Array(directions)
  const passed = new Float64Array(directions)
  for (const { directions, previous, offered, survival } of streams) {
    directions.forEach((direction, i) => {
      const before = previous[i] === NO_CROSSING ? 1 : survival[previous[i]!]!
      arriving[direction]! += offered[i]! * before
      passed[direction]! += offered[i]! * survival[i]!
    })
  }
  return { arriving, passed }
}

describe('streams that do not slow down', () => {
  it('lose in proportion where they do not fit', () => {
    const streams = [20, 40, 60].map((rate) => lineStream([0], rate))
    expect(solve(streams, [100]).carried[0]).toBeCloseTo(100, 10)
    expect(survivals(streams)).toEqual(closeTo([5 / 6, 5 / 6, 5 / 6]))
  })

  it('lose at each of several bottlenecks in a row, of what has come so far', () => {
    const [long, own] = [lineStream([0, 1, 2], 100), lineStream([1], 50)]
    const { carried } = solve([long, own], [80, 65, 40])
    // 80 of 100, then half of 80 + 50, then what is left just fits
    expect(carried).toEqual(Float64Array.from([80, 65, 40]))
    expect(survivals([long, own])).toEqual(closeTo([0.4, 0.5]))
  })

  it('are lost at a dead link, and load nothing behind it', () => {
    const streams = [lineStream([0, 1], 100), lineStream([1], 30)]
    expect(solve(streams, [0, 50]).carried).toEqual(Float64Array.from([0, 30]))
    expect(survivals(streams)).toEqual([0, 1])
  })

  it.each([2, 3, 4, 5, 6])('settle where %d links in a circle thin each other', (hops) => {
    // stream i begins at link i; at p a link: rate (1 + p + ... + p^(hops-1)) p = capacity
    for (const pass of [0.999, 0.95, 0.7, 0.3]) {
      const rate = 10
      const sum = Array.from({ length: hops }, (_, i) => pass ** i).reduce((a, b) => a + b)
      const streams = Array.from({ length: DIRECTIONS }, (_, first) =>
        lineStream(
          Array.from({ length: hops }, (_, i) => (first + i) % DIRECTIONS),
          rate,
        ),
      )
      const inelastic = solve(streams, new Array<number>(DIRECTIONS).fill(rate * sum * pass))
      expect(survivals(streams)).toEqual(closeTo(streams.map(() => pass ** hops)))
      expect(inelastic.residual).toBeLessThanOrEqual(1e-12)
    }
  })

  it('fill what they overload and no more, all by the same share, whatever their ways', () => {
    const stream = fc.record({
      rate: fc.double({ min: 0.01, max: 100, noNaN: true }),
      directions: fc.uniqueArray(fc.nat(DIRECTIONS - 1), { minLength: 1, maxLength: 5 }),
    })
    const property = fc.property(
      fc.array(stream, { minLength: 1, maxLength: 12 }),
      fc.array(fc.constantFrom(0, 5, 20, 50, 100, 200), { minLength: DIRECTIONS, maxLength: DIRECTIONS }),
      (drawn, capacities) => {
        const streams = drawn.map(({ directions, rate }) => lineStream(directions, rate))
        const { carried, residual } = solve(streams, capacities)
        expect(residual).toBeLessThanOrEqual(1e-12)
        const { arriving, passed } = balance(streams, DIRECTIONS)
        capacities.forEach((capacity, direction) => {
          const fits = Math.min(capacity, arriving[direction]!)
          expect(Math.abs(carried[direction]! - fits)).toBeLessThan(1e-8)
          expect(Math.abs(passed[direction]! - fits)).toBeLessThan(1e-8)
        })
      },
    )
    fc.assert(property, { numRuns: 500 })
  })
})
