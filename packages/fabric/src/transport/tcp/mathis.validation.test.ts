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
}

/**
 * Round trips per period that the model leaves out: one that finds and repairs the loss, one lost to rounding
 * down.
 */
const UNMODELLED_ROUND_TRIPS = 2

/**
 * Goodput of NewReno without delayed acknowledgements when every (1/p)-th new segment is lost, as the model
 * has it.
 */
function periodicLossMbps(point: Point): number {
  const { loss, rttPs, periods } = point
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
  const options = {
    mssBytes: MSS,
    delayedAckSegments: 1,
    timestamps: false,
    tailLossProbe: false,
    initialSsthreshBytes,
  }
  const { pair, flow } = transfer(2 ** 40, options, { delayPs: rttPs / 2, fate, quiet: true })
  while (lostAt.length <= periods + 1) pair.sim.run(pair.sim.now + SECOND)
  expect(pair.flows.timeouts[flow]).toBe(0)
  const seconds = (lostAt[periods + 1]! - lostAt[1]!) / SECOND
  return (periods * every * MSS * 8) / seconds / 1e6
}

// the model has W/2 round trips per period, W = sqrt(8 / 3p): exact as p goes to 0
it.each<Point>([
  { loss: 1e-2, rttPs: 100 * MS, mathisMbps: 1.4305, periods: 100 },
  { loss: 1e-4, rttPs: 100 * MS, mathisMbps: 14.305, periods: 6 },
  { loss: 1e-5, rttPs: 10 * MS, mathisMbps: 452.36, periods: 1 },
])('row 34: MSS sqrt(1.5) / (RTT sqrt(p)) at p = $loss', (point) => {
  const ratio = periodicLossMbps(point) / point.mathisMbps
  const roundTrips = Math.sqrt(8 / (3 * point.loss)) / 2
  expect(ratio).toBeLessThan(1)
  expect(ratio).toBeGreaterThan(roundTrips / (roundTrips + UNMODELLED_ROUND_TRIPS))
})
