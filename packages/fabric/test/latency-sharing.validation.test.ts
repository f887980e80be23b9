import { describe, expect, it } from 'vitest'
import type { LinkOptions } from '../src/blueprint/generators/parts.ts'
import { CM02, type FlowModel, LV08 } from '../src/clocks/flow/flow-model.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { CM02_SHARING, LV08_SHARING } from '../src/clocks/flow/latency-sharing.ts'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { flowsOver, line } from './helpers/flow-lists.ts'
import { plainLink } from './helpers/networks.ts'

const SECOND = 1e12

/** Seconds until each of these flows has completed. */
function secondsOf(
  network: NetworkBlueprint,
  flows: readonly FlowBlueprint[],
  model: Partial<FlowModel>,
): number[] {
  const run = new FlowRun(flowsOver(network, flows), { arrivalsEndPs: 1, model })
  run.sim.run()
  expect(run.flows.completed).toBe(flows.length)
  return Array.from(run.flows.completedPs.subarray(0, flows.length), (ps) => ps / SECOND)
}

const link = (bytesPerSecond: number, latencyS: number): LinkOptions =>
  plainLink(8 * bytesPerSecond, latencyS * SECOND)

/** One flow over one link. */
const alone = (bytesPerSecond: number, latencyS: number, bytes: number, model: FlowModel): number =>
  secondsOf(
    line([link(bytesPerSecond, latencyS)]),
    [{ startPs: 0, from: 'r/a', to: 'r/b', bytes }],
    model,
  )[0]!

describe("SimGrid's flow models", () => {
  it.each([
    [0, '1.000000'],
    [1e-5, '1.000010'],
    [1e-3, '4.769372'],
    [0.1, '476.937158'],
  ])('row 16: CM02, 1e10 bytes over 1e10 bytes/s with %f s of latency', (latency, expected) => {
    expect(alone(1e10, latency, 1e10, CM02).toFixed(6)).toBe(expected)
  })

  it('row 16: CM02 without a window', () => {
    const model = { ...CM02, sharing: { ...CM02_SHARING, windowBytes: Infinity } }
    expect(alone(1e10, 1e-3, 1e10, model).toFixed(6)).toBe('1.001000')
  })

  it('row 17: LV08, 100 kB over 1 Mbit/s and 10 ms, both directions of the link as one', () => {
    const model: FlowModel = { ...LV08, sharing: { ...LV08_SHARING, duplex: 'half' } }
    const seconds = alone(1e6 / 8, 0.01, 1e5, model)
    expect(seconds.toFixed(6)).toBe('0.996079')
    expect(seconds).toBeCloseTo(0.01 * 13.01 + 8e5 / (0.97e6 / 1.05), 9)
  })
})
