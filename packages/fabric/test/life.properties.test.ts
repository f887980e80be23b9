import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { BALANCER_KINDS } from '../src/load-balancer/balancer.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import {
  blueprintOf,
  calls,
  cart,
  CLOCKS,
  event,
  outcomes,
  servedNetwork,
  toService,
} from './helpers/served.ts'

const clockOf = fc.constantFrom(...(Object.keys(CLOCKS) as (keyof typeof CLOCKS)[]))

/** Calls that last some 16 ms, and hosts that learn of endpoints within 5 ms. */
const BYTES = 200_000
const RATE_BPS = 1e8
const DELAY_MS = 5
/** Longer than any call lasts, even where eight of them share a link. */
const DRAIN_MS = 400

interface Rollout {
  readonly pods: number
  readonly kind: (typeof BALANCER_KINDS)[number]
  readonly atMs: readonly number[]
}

const rollout = fc.record({
  pods: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom(...BALANCER_KINDS),
  atMs: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 8, maxLength: 8 }),
})

/** One pod after the other is replaced: the new one is ready before the old one is asked to stop. */
function rolled({ pods, kind, atMs }: Rollout, drainMs: number) {
  const old = Array.from({ length: pods }, (_, i) => i)
  const network = servedNetwork({
    pods: 2 * pods,
    stopped: old.map((pod) => pod + pods),
    rateBps: RATE_BPS,
    service: { balancer: { kind } },
    interfaces: { endpointDelayPs: DELAY_MS * MS },
  })
  const events = old.flatMap((pod) => {
    const ms = 40 + 60 * pod
    return [
      event(ms, 'start', pod + pods),
      event(ms + 10, 'ready', pod + pods),
      // hosts know of the new one by then
      event(ms + 20, 'terminate', pod),
      event(ms + 20 + drainMs, 'stop', pod),
    ]
  })
  return blueprintOf(network, calls(atMs, BYTES), events)
}

const lost = (all: readonly string[]) => all.filter((each) => !each.startsWith('done')).length

describe('a rolling update', { timeout: 60_000 }, () => {
  it('loses no connection if pods drain for longer than connections last', () => {
    const property = fc.property(rollout, clockOf, (plan, clock) => {
      expect(lost(outcomes(clock, rolled(plan, DRAIN_MS), 10 * SECOND))).toBe(0)
    })
    fc.assert(property, { numRuns: 40 })
  })

  it.each(Object.keys(CLOCKS) as (keyof typeof CLOCKS)[])(
    'loses connections if they do not, under the %s clock',
    (clock) => {
      // calls every 8 ms: when a pod stops some are under way, and the next are led to it before hosts know
      const atMs = Array.from({ length: 40 }, (_, i) => 8 * i)
      for (const kind of BALANCER_KINDS) {
        const all = outcomes(clock, rolled({ pods: 2, kind, atMs }, 0), 10 * SECOND)
        expect(lost(all)).toBeGreaterThan(0)
        expect(lost(all)).toBeLessThan(all.length / 2)
      }
    },
  )
})

const action = fc.constantFrom(
  'terminate' as const,
  'stop' as const,
  'boot' as const,
  'start' as const,
  'not-ready' as const,
  'ready' as const,
)

describe('events of workloads', { timeout: 60_000 }, () => {
  it('decide alike by packets and as flows: who is called, and who is not', () => {
    // events and calls far enough apart that no call is under way when something happens
    const property = fc.property(
      fc.array(fc.tuple(action, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('round-robin' as const, 'maglev' as const, 'rendezvous' as const),
      fc.boolean(),
      (happenings, kind, publishesNotReady) => {
        const events = happenings.map(([what, pod], i) => event(200 * i + 100, what, pod))
        const atMs = happenings.map((_, i) => 200 * i + 150)
        const network = servedNetwork({ service: { balancer: { kind }, publishesNotReady } })
        const served = calls([50, ...atMs], 20_000)
        const direct = served.map(
          (call): TrafficBlueprint => ({
            ...call,
            name: `direct ${call.name}`,
            pairs: { kind: 'from-to', from: ['shop/web'], to: [cart(0)] },
          }),
        )
        const blueprint = blueprintOf(network, [...served, ...direct], events)
        const judged = (clock: keyof typeof CLOCKS) =>
          outcomes(clock, blueprint, 10 * SECOND).map((each) =>
            each.startsWith('done') || each === 'connection-refused' ? each : 'lost',
          )
        expect(judged('flow')).toEqual(judged('packet'))
      },
    )
    fc.assert(property, { numRuns: 60 })
  })

  it('decide alike as flows and under the steady clock: what arrives from one event to the next', () => {
    const property = fc.property(
      fc.array(
        fc.tuple(
          fc.constantFrom('stop' as const, 'boot' as const, 'come' as const),
          fc.integer({ min: 0, max: 2 }),
        ),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      fc.constantFrom(...BALANCER_KINDS),
      (happenings, kind) => {
        const events = happenings.flatMap(([what, pod], i) => {
          const ms = 100 * (i + 1)
          return what !== 'come' ? [event(ms, what, pod)] : [event(ms, 'start', pod), event(ms, 'ready', pod)]
        })
        const rateBps = 8e6
        const offered = { kind: 'stream', packetBytes: 1000, rateBps, startPs: 0 } as const
        const served = toService('s', { ...offered, process: { kind: 'constant' } }, { kind: 'udp' })
        const pairs = { kind: 'from-to', from: ['shop/web'], to: [cart(0)] } as const
        const traffic = [served, { ...served, name: 'direct', pairs }]
        const blueprint = blueprintOf(servedNetwork({ service: { balancer: { kind } } }), traffic, events)
        const endPs = 100 * (happenings.length + 1) * MS
        const flow = new FlowRun(blueprint, { arrivalsEndPs: endPs })
        const steady = new SteadyRun(blueprint, { arrivalsEndPs: endPs, windowPs: SECOND })
        let delivered = { fromPs: 0, bps: 0 }
        let packets = 0
        const count = (untilPs: number) => {
          packets += ((untilPs - delivered.fromPs) / SECOND) * (delivered.bps / 8000)
        }
        steady.listener = {
          onSpan: ({ fromPs, loads }) => {
            count(fromPs)
            delivered = { fromPs, bps: loads.delivered.ipBps }
          },
        }
        steady.sim.run(endPs)
        count(endPs)
        flow.sim.run(endPs)
        flow.clock.bookAll()
        expect(flow.flows.packetsDelivered[0]! + flow.flows.packetsDelivered[1]!).toBeCloseTo(packets, 6)
        expect(steady.life.changes).toEqual(flow.life.changes)
      },
    )
    fc.assert(property, { numRuns: 60 })
  })
})
