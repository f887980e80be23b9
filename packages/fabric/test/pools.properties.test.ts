import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { FlowBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { connectionsTo, holdingSeconds, SERVER, serverNetwork } from './helpers/pool-arrivals.ts'

const CLIENTS = 6
const STEP_PS = 100 * MS
/** Ten segments of 1448 bytes per round trip of 4 ms carry this in a step. */
const STEP_BYTES = (14_480 * 100) / 4
/** A SYN that is sent again falls between the steps, and so does the end of what begins then. */
const OPTIONS = {
  receiveBufferBytes: 14_480,
  initialRtoPs: 1030 * MS,
  synRetries: 1,
  delayedAckSegments: 1,
} as const

/** Connections begin at whole steps and last some and a half, so that a round trip more or less changes nothing. */
const arbitraryCalls = fc.uniqueArray(
  fc.record({
    step: fc.nat({ max: 30 }),
    client: fc.nat({ max: CLIENTS - 1 }),
    steps: fc.nat({ max: 20 }),
  }),
  { selector: ({ step }) => step, minLength: 1, maxLength: 25 },
)

const arbitraryLimit = fc.record({
  max: fc.integer({ min: 1, max: 6 }),
  whenFull: fc.constantFrom('drop' as const, 'reset' as const),
})

function outcome(run: PacketRun | FlowRun) {
  run.sim.run(100 * SECOND)
  const { flows } = run
  const pool = run.network.pools.find(SERVER, 'connections')!
  const { asked, refused } = pool.counts(run.sim.now)
  expect(pool.inUse).toBe(0)
  expect(asked - refused).toBe(flows.completed)
  expect(flows.completed + flows.failed).toBe(flows.size)
  expect(pool.peak).toBeLessThanOrEqual(pool.size)
  return {
    fates: Array.from({ length: flows.size }, (_, flow) => flows.failureOf(flow)),
    asked,
    refused,
    peak: pool.peak,
    firstVictim: pool.firstVictim?.who,
  }
}

describe('pools of connections', () => {
  it.each([1, 1400, 20_000, 500_000])('have a connection of %d bytes as long under both clocks', (bytes) => {
    const network = serverNetwork(1, { max: 1, whenFull: 'drop' })
    const byPackets = holdingSeconds(PacketRun, network, bytes, {})
    expect(holdingSeconds(FlowRun, network, bytes, {})).toBeCloseTo(byPackets, 11)
  })

  it('refuse the same connections under the packet and the flow clock, and lose no place', () => {
    const property = fc.property(arbitraryLimit, arbitraryCalls, (limit, calls) => {
      const flows: FlowBlueprint[] = calls.map(({ step, client, steps }) => ({
        startPs: step * STEP_PS,
        from: `r/client-${client}`,
        to: SERVER,
        bytes: Math.round((steps + 0.4) * STEP_BYTES),
      }))
      const offered = { kind: 'list', flows } as const
      const blueprint: Blueprint = connectionsTo(serverNetwork(CLIENTS, limit), offered, OPTIONS, 'parity')
      const run = { arrivalsEndPs: 10 * SECOND }
      const byPackets = new PacketRun(blueprint, run)
      expect(outcome(new FlowRun(blueprint, run))).toEqual(outcome(byPackets))
      byPackets.network.ledger.assertConserved()
      const { refused } = byPackets.network.pools.find(SERVER, 'connections')!
      expect(byPackets.network.ledger.droppedFor('connections-full')).toBe(
        limit.whenFull === 'drop' ? refused : 0,
      )
    })
    fc.assert(property, { numRuns: 60, seed: 8 })
  })
})
