import { MS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { BothClocks } from './helpers/dctcp-mixes.ts'

describe('utilization of links by DCTCP mixes, against packets', { timeout: 60_000 }, () => {
  it.each([
    // of short flows less is on its way, and of their acknowledgements more is missing: 0.2 points that stay
    ['WebSearch', 0.3, 50, 450, 5],
    ['AliStorage2019', 0.4, 50, 130, 1.5],
  ] as const)('row 22: %s at load %f, from %i to %i ms', (name, load, warmMs, endMs, fall) => {
    const run = new BothClocks(name, load, endMs * MS)
    const { whole, part } = run.utilizationErrors(warmMs * MS, endMs * MS, 8)
    // in points of the links' rate, where the mean utilization is near the load
    expect(whole).toBeLessThan(0.005)
    // what differs is what is on its way when a window begins and ends, which does not grow with the window
    expect(whole).toBeLessThan(part / fall)
  })
})
