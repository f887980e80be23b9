import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { chiSquare, chiSquareLimit } from '../../test/helpers/statistics.ts'
import { fiveTupleKey, hashTuple } from '../model/five-tuple.ts'
import { OneOfGroup } from '../model/selector.ts'
import { HashSelector } from './five-tuple.ts'
import { TestPacket } from './test-packets.fixture.ts'

const FLOWS = 40_000

const equalGroup = (n: number) =>
  new OneOfGroup(
    Array.from({ length: n }, (_, i) => i),
    new Array<number>(n).fill(1),
  )

/** Flows as fabrics have them: few hosts with consecutive ids, ports that count up. */
function* realisticFlows(test: TestPacket): Generator<number> {
  for (let i = 0; i < FLOWS; i++)
    yield test.tuple(i % 64, (i * 7 + 1) % 64, 32_768 + Math.floor(i / 64), 5201)
}

const uniform = (n: number, total: number) => new Float64Array(n).fill(total / n)

describe('five-tuple ECMP', { timeout: 30_000 }, () => {
  it.each([2, 3, 7, 8, 16, 64])('spreads consecutive hosts and ports evenly over %d members', (n) => {
    const test = new TestPacket()
    const selector = new HashSelector(test.packets, fiveTupleKey, 12345)
    const group = equalGroup(n)
    const counts = new Int32Array(n)
    for (const packet of realisticFlows(test)) counts[selector.select(group, packet)]!++
    expect(chiSquare(counts, uniform(n, FLOWS))).toBeLessThan(chiSquareLimit(n - 1))
  })

  it('realises weights', () => {
    const test = new TestPacket()
    const weights = [1, 2, 5, 4]
    const selector = new HashSelector(test.packets, fiveTupleKey, 99)
    const group = new OneOfGroup([0, 1, 2, 3], weights)
    const counts = new Int32Array(4)
    for (const packet of realisticFlows(test)) counts[selector.select(group, packet)]!++
    const expected = weights.map((weight) => (FLOWS * weight) / 12)
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(3))
  })

  it('does not polarise: the choices of two tiers, and of three, are independent', () => {
    const test = new TestPacket()
    const group = equalGroup(4)
    const seeds = randomStream('fabric', 'seeds')
    const tiers = Array.from(
      { length: 3 },
      () => new HashSelector(test.packets, fiveTupleKey, seeds.int(2 ** 32) | 0),
    )
    const counts = new Int32Array(64)
    for (const packet of realisticFlows(test)) {
      const [first, second, third] = tiers.map((tier) => tier.select(group, packet)) as [
        number,
        number,
        number,
      ]
      counts[first * 16 + second * 4 + third]!++
    }
    expect(chiSquare(counts, uniform(64, FLOWS))).toBeLessThan(chiSquareLimit(63))
  })

  it('does polarise when two tiers share a seed: what the seeds are for', () => {
    const test = new TestPacket()
    const [leaf, spine] = [0, 0].map(() => new HashSelector(test.packets, fiveTupleKey, 7)) as [
      HashSelector,
      HashSelector,
    ]
    const group = equalGroup(4)
    let apart = 0
    for (const packet of realisticFlows(test))
      if (spine.select(group, packet) !== leaf.select(group, packet)) apart++
    expect(apart).toBe(0)
  })

  it('keeps the same member for the same flow', () => {
    const test = new TestPacket()
    const selector = new HashSelector(test.packets, fiveTupleKey, 1)
    const group = equalGroup(8)
    const first = Array.from({ length: 100 }, (_, port) => selector.select(group, test.tuple(1, 2, port)))
    const second = Array.from({ length: 100 }, (_, port) => selector.select(group, test.tuple(1, 2, port)))
    expect(second).toEqual(first)
  })

  it.each([
    [8, 7, 0.875],
    [8, 9, 0.889],
    [10, 9, 0.9],
  ])(
    'moves most flows when %d members become %d: modulo hashing moves %d of them',
    (before, after, expected) => {
      const test = new TestPacket()
      const selector = new HashSelector(test.packets, fiveTupleKey, 4711)
      const [full, changed] = [equalGroup(before), equalGroup(after)]
      let moved = 0
      for (const packet of realisticFlows(test)) {
        if (selector.select(full, packet) !== selector.select(changed, packet)) moved++
      }
      const deviation = Math.sqrt((expected * (1 - expected)) / FLOWS)
      expect(Math.abs(moved / FLOWS - expected)).toBeLessThan(4 * deviation)
    },
  )
})

describe('the hash of a five-tuple', { timeout: 30_000 }, () => {
  it('changes half of its bits, each as often, when one bit of the tuple changes', () => {
    const stream = randomStream('avalanche', 'tuples')
    const fields = [10, 10, 0, 16, 16]
    const flips = new Int32Array(31)
    let trials = 0
    for (let i = 0; i < 4000; i++) {
      const tuple = [stream.int(1024), stream.int(1024), 6, stream.int(65_536), stream.int(65_536)]
      const key = keyOf(tuple)
      for (const [field, bits] of fields.entries()) {
        for (let bit = 0; bit < bits; bit++) {
          const changed = [...tuple]
          changed[field]! ^= 1 << bit
          const difference = keyOf(changed) ^ key
          for (let out = 0; out < flips.length; out++) flips[out]! += (difference >>> out) & 1
          trials++
        }
      }
    }
    for (const count of flips) expect(Math.abs(count / trials - 0.5)).toBeLessThan(0.02)
  })
})

const avalanche = new TestPacket()

function keyOf([source, destination, protocol, sourcePort, destinationPort]: readonly number[]): number {
  const { packets, handle } = avalanche
  packets.tupleHash[handle] = hashTuple(source!, destination!, protocol!, sourcePort!, destinationPort!)
  return fiveTupleKey(packets, handle, 0x1234_5678)
}
