import { MS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { BothClocks, mean } from './helpers/dctcp-mixes.ts'

const WARM = 100 * MS
const LAST_ARRIVAL = 1000 * MS
const END = 2500 * MS

const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!

describe('web search by DCTCP at 60 % load, against packets', { timeout: 240_000 }, () => {
  const run = new BothClocks('WebSearch', 0.6, LAST_ARRIVAL)
  const { packets, fluid } = run

  it('row 22: WebSearch at load 0.6, from 100 to 1000 ms', () => {
    const { whole, part } = run.utilizationErrors(WARM, LAST_ARRIVAL, 9)
    expect(whole).toBeLessThan(0.005)
    // what differs is what is on its way when the window begins and ends, so that it does not grow with the window
    expect(whole).toBeLessThan(part / 5)
  })

  it('row 22: once all is through, every link has carried the same bits, within 0.25 % on average', () => {
    const bits = run.carried(END)
    expect([packets.flows.active, fluid.flows.active]).toEqual([0, 0])
    expect(fluid.flows.size).toBe(packets.flows.size)
    expect(mean(bits.map(([byPackets, byFlows]) => Math.abs(byFlows / byPackets - 1)))).toBeLessThan(0.0025)
  })

  it('flows take what they take, the longer the closer: what queues add is missing', () => {
    const errorsBetween = (least: number, most: number) => {
      const rows = Array.from({ length: packets.flows.size }, (_, row) => row)
      const fct = ({ flows }: typeof packets | typeof fluid, row: number) =>
        flows.completedPs[row]! - flows.startPs[row]!
      return rows
        .filter((row) => packets.flows.bytes[row]! >= least && packets.flows.bytes[row]! < most)
        .map((row) => fct(fluid, row) / fct(packets, row) - 1)
    }
    const [tiny, small, medium, large, huge] = [0, 10e3, 100e3, 1e6, 10e6].map((least, bin) =>
      middle(errorsBetween(least, [10e3, 100e3, 1e6, 10e6, Infinity][bin]!)),
    )
    // short flows wait behind full windows of long ones, which the flow clock knows nothing of
    expect(tiny).toBeGreaterThan(-0.85)
    expect(small).toBeGreaterThan(-0.5)
    for (const short of [tiny, small, medium]) expect(short).toBeLessThan(0)
    expect(medium).toBeGreaterThan(-0.2)
    // what these wait, the longest gain
    expect(Math.abs(large!)).toBeLessThan(0.1)
    expect(huge).toBeGreaterThan(0)
    expect(huge).toBeLessThan(0.15)
  })
})
