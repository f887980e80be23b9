import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareLimit } from '../../test/helpers/statistics.ts'
import { fiveTupleKey } from '../model/five-tuple.ts'
import { OneOfGroup } from '../model/selector.ts'
import { ResilientSelector } from './resilient.ts'
import { TestPacket } from './test-packets.fixture.ts'

const FLOWS = 20_000

function choices(group: OneOfGroup, flows = FLOWS): number[] {
  const test = new TestPacket()
  const selector = new ResilientSelector(test.packets, fiveTupleKey, 2024)
  return Array.from({ length: flows }, (_, i) =>
    selector.select(group, test.tuple(i % 64, (i * 7) % 61, 1024 + i)),
  )
}

const equalGroup = (members: readonly number[]) =>
  new OneOfGroup(
    members,
    members.map(() => 1),
  )

describe('resilient ECMP', () => {
  it.each([
    ['equal', [1, 1, 1, 1, 1, 1, 1, 1]],
    ['mixed', [1, 2, 5, 4]],
    ['of 25, 40 and 100 Gbit/s', [5, 8, 20]],
    ['without a common measure', [999_983, 500_000]],
  ])('realises weights: %s', (_name, weights) => {
    const counts = new Int32Array(weights.length)
    for (const member of choices(new OneOfGroup([...weights.keys()], weights))) counts[member]!++
    const sum = weights.reduce((a, b) => a + b)
    const expected = weights.map((weight) => (FLOWS * weight) / sum)
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(weights.length - 1))
  })

  it('moves the flows of a lost member alone, and takes them back', () => {
    const before = choices(equalGroup([0, 1, 2, 3, 4, 5, 6, 7]))
    const after = choices(equalGroup([0, 1, 2, 4, 5, 6, 7]))
    before.forEach((member, flow) => {
      if (member !== 3) expect(after[flow]).toBe(member)
      else expect(after[flow]).not.toBe(3)
    })
    const moved = before.filter((member) => member === 3).length / FLOWS
    expect(Math.abs(moved - 1 / 8)).toBeLessThan(4 * Math.sqrt(7 / 64 / FLOWS))
  })

  it('spreads what a lost member carried evenly over the others', () => {
    const before = choices(equalGroup([0, 1, 2, 3]))
    const after = choices(equalGroup([0, 1, 3]))
    const counts = [0, 0, 0, 0]
    before.forEach((member, flow) => {
      if (member === 2) counts[after[flow]!]!++
    })
    const [a, b, , d] = counts as [number, number, number, number]
    expect(chiSquare([a, b, d], new Array(3).fill((a + b + d) / 3))).toBeLessThan(chiSquareLimit(2))
  })

  it('moves no flow of a survivor, whatever the weights and their common factors', () => {
    const members = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 })
    const property = fc.property(members, fc.nat(), (weights, lostAt) => {
      const lost = lostAt % weights.length
      const all = [...weights.keys()]
      const rest = all.filter((member) => member !== lost)
      const before = choices(new OneOfGroup(all, weights), 300)
      const after = choices(
        new OneOfGroup(
          rest,
          rest.map((member) => weights[member]!),
        ),
        300,
      )
      before.forEach((member, flow) => {
        if (member !== lost) expect(after[flow]).toBe(member)
      })
    })
    fc.assert(property)
  })
})
