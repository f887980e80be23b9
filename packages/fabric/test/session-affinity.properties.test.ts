import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { callsOf, REMEMBERING, remembering } from './helpers/remembered.ts'

const STEP_PS = 100 * MS
/** Between steps, however long a SYN is under way. */
const AFFINITY_PS = 450 * MS

/** One connection a step, so that round trips more or less change nothing. */
const arbitraryCalls = fc.uniqueArray(fc.record({ step: fc.nat({ max: 30 }), client: fc.nat({ max: 19 }) }), {
  selector: ({ step }) => step,
  minLength: 5,
  maxLength: 28,
})

function outcome(run: PacketRun | FlowRun, tables: readonly string[]) {
  run.sim.run(10 * SECOND)
  const { flows, network } = run
  return {
    endpoints: Array.from({ length: flows.size }, (_, flow) => {
      expect(flows.failureOf(flow)).toBeUndefined()
      return network.nameOf(flows.endpoint[flow]!)
    }),
    tables: tables.map((owner) => {
      const table = network.pools.find(owner, 'session-affinity')!
      const { asked, refused, evicted, usedPs } = table.counts()
      expect(table.inUse).toBe(0)
      const { size, peak, firstVictim } = table
      const first = firstVictim && { ...firstVictim, atPs: Math.round(firstVictim.atPs / STEP_PS) }
      return { size, peak, asked, refused, evicted, used: Math.round(usedPs / (STEP_PS / 2)), first }
    }),
  }
}

describe('session affinity', { timeout: 60_000 }, () => {
  it.each(REMEMBERING)('remembers and forgets the same clients by packets and as flows: %s', (where) => {
    const property = fc.property(fc.integer({ min: 1, max: 5 }), arbitraryCalls, (capacity, drawn) => {
      const own = remembering(where, AFFINITY_PS, capacity)
      const { network, clients, address, tables } = own
      const flows = drawn
        .map(({ step, client }) => ({
          startPs: step * STEP_PS,
          from: clients[client % clients.length]!,
          to: address,
          bytes: 20_000,
        }))
        .sort((a, b) => a.startPs - b.startPs)
      const traffic = [callsOf(own, clients, { kind: 'list', flows })]
      const blueprint = { name: 'affinity', seed: 'affinity', network, traffic, events: [] }
      const options = { arrivalsEndPs: 5 * SECOND }
      const byPackets = outcome(new PacketRun(blueprint, options), tables)
      expect(outcome(new FlowRun(blueprint, options), tables)).toEqual(byPackets)
      // gateways that remember nobody lead a client to one host, which has one endpoint here
      const led = new Set(flows.map(({ from }, flow) => `${from} ${byPackets.endpoints[flow]}`))
      if (where === 'hosts') expect(led.size).toBe(new Set(flows.map(({ from }) => from)).size)
      const asked = byPackets.tables.reduce((sum, table) => sum + table.asked, 0)
      expect(asked).toBeGreaterThan(0)
      expect(asked).toBeLessThanOrEqual(flows.length)
    })
    fc.assert(property, { numRuns: 25 })
  })
})
