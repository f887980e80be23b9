import { erlangB, MS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { poolLoad } from '../src/pools/pool-load.ts'
import { CALLS, expectWithin, runs, SHORT } from './helpers/pool-arrivals.ts'

describe('pools of connections, packet by packet', { timeout: 60_000 }, () => {
  it('row 8: 10 erlangs into 15 places under the packet clock', () => {
    const { blocking, occupied } = runs(PacketRun, { ...CALLS, ...SHORT, erlangs: 10, size: 15 })
    expectWithin(blocking, 0.036497, 0.16)
    expectWithin(occupied, 10 * (1 - 0.036497), 0.02)
  })

  it.each([
    ['flow', FlowRun],
    ['packet', PacketRun],
  ] as const)('retries under the %s clock: refused a little more often than as random arrivals', (_, Run) => {
    const { blocking } = runs(Run, {
      ...CALLS,
      ...SHORT,
      options: { initialRtoPs: 200 * MS },
      erlangs: 8,
      size: 10,
      whenFull: 'drop',
      warmUp: 150,
      flows: 3000,
    })
    const mean = blocking.reduce((sum, each) => sum + each, 0) / blocking.length
    const { blocking: random } = poolLoad(10, [{ erlangs: 8, retries: 6 }])
    expect(random / erlangB(8, 10)).toBeCloseTo(1.94, 2)
    // they come back in bursts, as they were refused
    expect(mean / random).toBeGreaterThan(1)
    expect(mean / random).toBeLessThan(1.25)
  })
})
