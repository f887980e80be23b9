import { NEVER } from '@weft/fabric'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ScenarioOptions, scenario } from '../../index.ts'
import {
  assertConserved,
  assertDropsExplained,
  assertEnded,
  assertSameRun,
  smallScenario,
} from '../../kit/index.ts'
import type { ScenarioRun } from '../scenario-run.ts'
import { finished, started } from '../small-scenarios.fixture.ts'

/** Thousands of flows on one full link have thousands of rates to change at each event: right, but slow. */
const FLOWS_MAX = 1_000

const under = (clock: 'packet' | 'flow', options: ScenarioOptions): ScenarioOptions => ({
  ...options,
  run: { ...options.run, clock },
})

/** Every flow and stream: when it starts, from where to where, and its size. */
const startsOf = ({ engine: { flows } }: ScenarioRun): unknown[] =>
  Array.from({ length: flows.size }, (_, flow) => {
    return [flows.startPs[flow], flows.source[flow], flows.destination[flow], flows.bytes[flow]]
  })

/** No flow has more than its bytes, those that have completed have them all, and the series have what all have. */
function expectBytesConserved(run: ScenarioRun): void {
  const { flows, blueprint } = run.engine
  const delivered = blueprint.traffic.map(() => 0)
  for (let flow = 0; flow < flows.size; flow++) {
    const [bytes, bytesDelivered] = [flows.bytes[flow]!, flows.bytesDelivered[flow]!]
    if (flows.completedPs[flow] !== NEVER) expect(bytesDelivered).toBe(bytes)
    expect(bytesDelivered).toBeGreaterThanOrEqual(0)
    expect(bytesDelivered).toBeLessThanOrEqual(bytes)
    delivered[flows.traffic[flow]!]! += bytesDelivered
  }
  delivered.forEach((bytes, traffic) => {
    const inSeries = run.flows.goodputBps[traffic]!.reduce((sum, bps, window) => {
      const endPs = run.windowStarts[window + 1] ?? run.nowPs
      return sum + (bps * (endPs - run.windowStarts[window]!)) / 8e12
    }, 0)
    expect(Math.abs(inSeries - bytes)).toBeLessThanOrEqual(1e-6 + 1e-9 * bytes)
  })
}

/** What enters a switch leaves it, less what streams lose there. */
function expectSwitchesConserve(run: ScenarioRun): void {
  const { topology } = run.engine.network
  const balance = new Map<string, { into: number; outOf: number }>()
  for (const { name } of topology.nodes) balance.set(name, { into: 0, outOf: 0 })
  run.links.directions.forEach(({ from, to }, direction) => {
    const bytes = run.clock.meter.wireBytes(direction)
    balance.get(from)!.outOf += bytes
    balance.get(to)!.into += bytes
  })
  const streams = run.engine.blueprint.traffic.map((_, traffic) => run.clock.streams.totals(traffic))
  const losesNothing = streams.every((totals) => totals === undefined || totals.packetsLost === 0)
  for (const { name, kind } of topology.nodes) {
    if (kind === 'host') continue
    const { into, outOf } = balance.get(name)!
    expect(outOf, name).toBeLessThanOrEqual(into * (1 + 1e-9) + 1e-3)
    // less than half a packet of a stream is no loss in whole packets
    if (losesNothing) expect(into - outOf, name).toBeLessThanOrEqual(into * 1e-9 + 1_500)
  }
}

describe('any scenario that runs under the packet clock', () => {
  it('runs under the flow clock, with the same flows, every byte accounted for, and does so again', async () => {
    const property = fc.asyncProperty(smallScenario(), async (options) => {
      const packets = finished(started(under('packet', options)))
      fc.pre(packets.engine.flows.size <= FLOWS_MAX)
      const run = finished(started(under('flow', options)))
      expectBytesConserved(run)
      expectSwitchesConserve(run)
      expect(startsOf(run)).toEqual(startsOf(packets))
      const result = await scenario(options).run({ clock: 'flow' })
      assertConserved(result)
      assertDropsExplained(result)
      assertEnded(result)
      assertSameRun(result, await scenario(options).run({ clock: 'flow' }))
      expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/)
      for (const { name, utilization } of result.links)
        expect(utilization.mean, name).toBeLessThanOrEqual(1 + 1e-9)
    })
    await fc.assert(property, { numRuns: 25 })
  })
})
