import { erlangB, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { SizesBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import {
  CALLS,
  connectionsTo,
  expectWithin,
  MEAN_BYTES,
  runs,
  serverNetwork,
} from './helpers/pool-arrivals.ts'

const SIZES: readonly (readonly [string, SizesBlueprint])[] = [
  ['equal', { kind: 'constant', bytes: MEAN_BYTES }],
  ['exponential', { kind: 'exponential', meanBytes: MEAN_BYTES }],
  // nine in ten are a tenth of the tenth's size
  [
    'mixed',
    {
      kind: 'cdf',
      name: 'mixed',
      points: [
        [263_000, 0],
        [263_200, 90],
        [2_631_000, 90],
        [2_632_000, 100],
      ],
    },
  ],
]

describe('pools of connections', { timeout: 60_000 }, () => {
  it.each(SIZES)('row 8: 10 erlangs into 15 places under the flow clock, %s transfers', (_, sizes) => {
    const { blocking, occupied } = runs(FlowRun, { ...CALLS, erlangs: 10, size: 15, sizes })
    expectWithin(blocking, 0.036497, 0.16)
    expectWithin(occupied, 10 * (1 - 0.036497), 0.02)
  })

  it('row 8: 100 erlangs into 117 places under the flow clock', () => {
    const { blocking, occupied } = runs(FlowRun, { ...CALLS, erlangs: 100, size: 117, flows: 10_000 })
    expectWithin(blocking, 0.0097901, 0.5)
    expectWithin(occupied, 100 * (1 - 0.0097901), 0.02)
  })

  it('row 8: 10 erlangs into 15 places; 100, 117 under the steady clock', () => {
    for (const [erlangs, size, expected] of [
      [10, 15, 0.036497],
      [100, 117, 0.0097901],
    ] as const) {
      const network = serverNetwork(4, { max: size, whenFull: 'reset', holdingPs: 2 * SECOND })
      const sizes = { kind: 'constant', bytes: 1000 } as const
      const offered = { kind: 'flows', sizes, rate: { flowsPerSecond: erlangs / 8 }, startPs: 0 } as const
      const arrivalsEndPs = 10 * SECOND
      const run = new SteadyRun(connectionsTo(network, offered, {}, 'steady'), {
        arrivalsEndPs,
        windowPs: SECOND,
      })
      let blocking = 0
      run.listener = {
        onSpan: ({ pools: [pool] }) => {
          blocking = pool!.load!.blocking
        },
      }
      run.sim.run(1)
      expect(blocking / expected).toBeCloseTo(1, 4)
      expect(blocking).toBe(erlangB(erlangs, size))
    }
  })
})
