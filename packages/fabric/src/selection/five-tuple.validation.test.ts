import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { mean, standardError, Z_999 } from '../../test/helpers/statistics.ts'
import { fiveTupleKey } from '../model/five-tuple.ts'
import { OneOfGroup } from '../model/selector.ts'
import { HashSelector } from './five-tuple.ts'
import { TestPacket } from './test-packets.fixture.ts'

const TRIALS = 20_000

/** Flows per link, for flows of random hosts and ports on equal links, trial by trial. */
function* throws(flows: number, links: number): Generator<Int32Array> {
  const test = new TestPacket()
  const group = new OneOfGroup(
    Array.from({ length: links }, (_, i) => i),
    new Array<number>(links).fill(1),
  )
  const stream = randomStream(`${flows} on ${links}`, 'flows')
  const counts = new Int32Array(links)
  for (let trial = 0; trial < TRIALS; trial++) {
    // each trial on a switch of its own
    const selector = new HashSelector(test.packets, fiveTupleKey, stream.int(2 ** 32) | 0)
    counts.fill(0)
    for (let flow = 0; flow < flows; flow++) {
      counts[
        selector.select(group, test.tuple(stream.int(1024), stream.int(1024), 32_768 + stream.int(28_000)))
      ]!++
    }
    yield counts
  }
}

function expectMean(values: readonly number[], expected: number): void {
  expect(Math.abs(mean(values) - expected)).toBeLessThan(Z_999 * standardError(values))
}

describe('row 28: the fullest link', () => {
  it.each([
    [8, 8, 2.597],
    [16, 16, 3.078],
    [32, 32, 3.533],
    [64, 64, 3.958],
    [16, 4, 6.139],
    [64, 8, 12.235],
  ])('row 28: %d flows on %d links: the fullest has %d on average', (flows, links, expected) => {
    expectMean(
      Array.from(throws(flows, links), (counts) => Math.max(...counts)),
      expected,
    )
  })
})

describe('row 29: collisions', () => {
  it.each([
    [4, 16, 0.3335],
    [8, 8, 0.9976],
  ])('row 29: %d flows on %d links: some two meet with probability %d', (flows, links, expected) => {
    const collisions = Array.from(throws(flows, links), (counts): number =>
      counts.some((n) => n > 1) ? 1 : 0,
    )
    expectMean(collisions, expected)
  })

  it.each([
    [8, 0.6564],
    [16, 0.6439],
  ])('row 29: %d flows on as many links occupy the fraction %d', (n, expected) => {
    expectMean(
      Array.from(throws(n, n), (counts) => counts.filter((count) => count > 0).length / n),
      expected,
    )
  })
})
