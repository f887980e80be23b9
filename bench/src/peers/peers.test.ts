import { describe, expect, it } from 'vitest'
import type { Benchmark } from '../harness.ts'
import { median } from './rounds.ts'
import { peersNetworkX } from './networkx/peers-networkx.ts'
import { peersSimGrid } from './simgrid/peers-simgrid.ts'

/** What a comparison prints, or why there was none. */
type Answer = { readonly skipped?: string; readonly maxRelativeError: number; readonly ratio: number }

describe('comparisons with peers', { timeout: 60_000 }, () => {
  it.each<[string, Benchmark, string[], number, RegExp]>([
    [
      'SimGrid, LV08',
      peersSimGrid,
      ['--count', '300', '--rounds', '1', '--model', 'lv08'],
      1e-6,
      /apt-get install (g\+\+|libsimgrid-dev)/,
    ],
    ['networkx', peersNetworkX, [...peersNetworkX.smokeArgs], 1e-9, /apt-get install python3-networkx/],
  ])('%s: equal, or what to install', async (_, { run }, args, tolerance, remedy) => {
    const answer = (await run(args)) as unknown as Answer
    if (answer.skipped !== undefined) expect(answer.skipped).toMatch(remedy)
    else {
      expect(answer.maxRelativeError).toBeLessThan(tolerance)
      expect(answer.ratio).toBeGreaterThan(0)
    }
  })

  it.each<[Benchmark, string[], string]>([
    [peersSimGrid, ['--model', 'tcp'], '--model is tcp; expected one of max-min, cm02, lv08'],
    [peersSimGrid, ['--hosts', '100'], '--hosts is 100; expected a multiple of 32'],
    [peersSimGrid, ['--update', 'full'], '--update is full; expected Full or Lazy'],
    [peersNetworkX, ['--leaves', '2', '--spines', '2', '--failures', '40'], 'expected at most the 12 links'],
  ])('refuses %#', ({ run }, args, message) => {
    expect(() => run(args)).toThrow(message)
  })

  it('takes the middle of rounds', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
  })
})
