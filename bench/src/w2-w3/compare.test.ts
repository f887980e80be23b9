import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { comparison, distance, flowAgreement } from './compare.ts'
import { type FctRow, readFctFile } from './fct-file.ts'
import { writeFlowTimes } from '../peers/flow-files.ts'
import { jittered } from './jitter.ts'
import { idealPs } from './slowdown.ts'

/** Flows of 1448 bytes whose completion times are these multiples of the ideal. */
const rows = (...slowdowns: readonly number[]): FctRow[] =>
  slowdowns.map((slowdown, id) => {
    const flow = { id, startNs: 0, source: 0, destination: 63, bytes: 1448 }
    return { ...flow, fctPs: slowdown * idealPs(flow), handshakePs: -1 }
  })

describe('distance', () => {
  it.each([
    [3.4, [3, 3.5], 0],
    [3.3, [3], 0.1],
    [2.7, [3, 4], 0.1],
    [4.4, [3, 4], 0.1],
  ])('of %d from %j', (ours, peers, expected) =>
    expect(distance(ours, peers).outside).toBeCloseTo(expected, 12),
  )
})

it('compares flow by flow, unfinished ones left out', () => {
  expect(flowAgreement(rows(1, 2, 3, -1), rows(1, 2.5, 2, 9))).toEqual({
    medianRatio: 1,
    shareWithin10Percent: 1 / 3,
    flows: 3,
  })
})

it('prints a table', () => {
  const lines = comparison(rows(2), [rows(1), rows(1.6)]).split('\n')
  expect(lines[2]).toBe(
    '| < 10kB | 1 | 2.00 / 2.00 / 2.00 | 1.00 / 1.00 / 1.00 | 1.60 / 1.60 / 1.60 | 25.0 % outside | 25.0 % outside |',
  )
})

it('reads what the benchmarks write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-fct-'))
  try {
    const path = join(folder, 'fct.csv')
    const written = rows(1, 2)
    writeFlowTimes(path, written, written)
    expect(readFctFile(path).map(({ fctPs }) => fctPs)).toEqual(written.map(({ fctPs }) => fctPs))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('jitter moves starts by 0 to 100 ns, the same for the same seed', () => {
  const flows = rows(...Array.from({ length: 1000 }, () => 1))
  const starts = (seed: string) => jittered(flows, seed).map(({ startNs }) => startNs)
  expect(new Set(starts('1')).size).toBe(101)
  expect([Math.min(...starts('1')), Math.max(...starts('1'))]).toEqual([0, 100])
  expect(starts('1')).toEqual(starts('1'))
  expect(starts('1')).not.toEqual(starts('2'))
})
