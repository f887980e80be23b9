import { MS, SECOND } from '@weft/core'
import { expect, it } from 'vitest'
import type { Passing } from '../test-kit/pipe.ts'
import { transfer } from '../test-kit/transfer.ts'

const MSS = 1460

interface Point {
  readonly loss: number
  readonly rttPs: number
  readonly mathisMbps: number
  readonly periods: number
  /** The model counts whole windows and no recovery: off by about one round trip in half a window of them. */
  readonly tolerance: number
}

/** Goodput of NewReno without delayed acknowledgements when every (1/p)-th new segment is lost, as the model has it. */
function periodicLossMbps({ loss, rttPs, periods }: Point): number {
  const every = Math.round(1 / loss)
  const lostAt: number[] = []
  let highest = 0
  let fresh = 0
  const fate = ({ side, payload, sequence, sentPs }: Passing) => {
    if (side === 'server' || payload === 0 || sequence <= highest) return undefined
    highest = sequence
    if (++fresh % every !== 0) return undefined
    lostAt.push(sentPs)
    return { drop: true }
  }
  // the sawtooth's lower end, so that the first period is like the others
  const initialSsthreshBytes = Math.sqrt(2 / (3 * loss)) * MSS
  const options = { mssBytes: MSS, delayedAckSegments: 1, timestamps: false, tailLossProbe: false, initialSsthreshBytes }
  const { pair, flow } = transfer(2 ** 40, options, { delayPs: rttPs / 2, fate, quiet: true })
  while (lostAt.length <= periods + 1) pair.sim.run(pair.sim.now + SECOND)
  expect(pair.flows.timeouts[flow]).toBe(0)
  const seconds = (lostAt[periods + 1]! - lostAt[1]!) / SECOND
  return (periods * every * MSS * 8) / seconds / 1e6
}

it.each<Point>([
  { loss: 1e-2, rttPs: 100 * MS, mathisMbps: 1.4305, periods: 100, tolerance: 0.1 },
  { loss: 1e-4, rttPs: 100 * MS, mathisMbps: 14.305, periods: 6, tolerance: 0.02 },
  { loss: 1e-5, rttPs: 10 * MS, mathisMbps: 452.36, periods: 1, tolerance: 0.01 },
])('row 34: MSS sqrt(1.5) / (RTT sqrt(p)) at p = $loss', (point) => {
  const ratio = periodicLossMbps(point) / point.mathisMbps
  console.log(point.loss, ratio)
  expect(Math.abs(ratio - 1)).toBeLessThan(point.tolerance)
})
