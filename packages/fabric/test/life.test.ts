import { MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { LifeBlueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import type { Network } from '../src/build/network.ts'
import { LifeEvents } from '../src/clocks/life-events.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { Policy } from '../src/policy/policy-blueprint.ts'
import {
  blueprintOf,
  calls,
  CLOCKS,
  cart,
  event,
  outcomes,
  servedNetwork,
  toService,
} from './helpers/served.ts'
import { inShop } from './helpers/workloads.ts'

const BYTES = 10_000
/** At 100 Mbit/s some 80 ms. */
const LONG_BYTES = 1_000_000
const SLOW_BPS = 1e8

const doneBy = (pod: number) => `done by ${cart(pod)}`

/** Nobody may call the pods of the service. */
const NOBODY: Policy = {
  name: 'NetworkPolicy shop/nobody',
  tier: 'network',
  priority: 0,
  subject: inShop('cart'),
  ingress: [],
}

const apply = (ms: number, connections: 'block' | 'keep' = 'block'): LifeBlueprint => ({
  atPs: ms * MS,
  action: 'apply-policy',
  target: NOBODY.name,
  policy: NOBODY,
  connections,
})

const remove = (ms: number): LifeBlueprint => ({
  atPs: ms * MS,
  action: 'delete-policy',
  target: NOBODY.name,
  connections: 'block',
})

describe.each(Object.keys(CLOCKS) as (keyof typeof CLOCKS)[])('under the %s clock', (clock) => {
  it('a pod that becomes ready is called, and one that is not is not', () => {
    const network = servedNetwork({ pods: 2, stopped: [1] })
    const events = [event(10, 'start', 1), event(20, 'ready', 1), event(30, 'not-ready', 0)]
    const traffic = calls([5, 15, 25, 26, 35, 36], BYTES)
    const [a, b, c, d, e, f] = outcomes(clock, blueprintOf(network, traffic, events))
    expect([a, b]).toEqual([doneBy(0), doneBy(0)])
    expect(new Set([c, d])).toEqual(new Set([doneBy(0), doneBy(1)]))
    expect([e, f]).toEqual([doneBy(1), doneBy(1)])
  })

  it('a pod that stops resets its connections; one that drains first keeps them and gets no new ones', () => {
    const network = servedNetwork({ pods: 2, rateBps: SLOW_BPS })
    const traffic = calls([0, 1, 50, 51], LONG_BYTES)
    const killed = outcomes(clock, blueprintOf(network, traffic, [event(40, 'stop', 0)]))
    expect([...killed].sort()).toEqual(['connection-reset', doneBy(1), doneBy(1), doneBy(1)])
    const draining = [event(40, 'terminate', 0), event(2000, 'stop', 0)]
    const drained = outcomes(clock, blueprintOf(network, traffic, draining))
    expect([...drained].sort()).toEqual([doneBy(0), doneBy(1), doneBy(1), doneBy(1)])
  })

  it('pods that all drain go on serving, since nobody else does', () => {
    const network = servedNetwork({ pods: 1 })
    const traffic = calls([20], BYTES)
    expect(outcomes(clock, blueprintOf(network, traffic, [event(10, 'terminate', 0)]))).toEqual([doneBy(0)])
  })

  it('until hosts have learnt of it, calls go to a pod that is gone', () => {
    const network = servedNetwork({ pods: 1, interfaces: { endpointDelayPs: 20 * MS } })
    const events = [event(10, 'stop', 0), event(500, 'start', 0), event(510, 'ready', 0)]
    const traffic = calls([5, 15, 600], BYTES)
    expect(outcomes(clock, blueprintOf(network, traffic, events))).toEqual([
      doneBy(0),
      'syn-timeout',
      doneBy(0),
    ])
  })

  it('a pod that starts again takes calls that were waiting for it', () => {
    const network = servedNetwork({ pods: 1, interfaces: { endpointDelayPs: SECOND } })
    const events = [event(10, 'stop', 0), event(20, 'start', 0)]
    expect(outcomes(clock, blueprintOf(network, calls([15], BYTES), events))).toEqual([doneBy(0)])
  })

  it('a pod whose container starts refuses calls of its own address, until its application is up', () => {
    const network = servedNetwork({ pods: 1, rateBps: SLOW_BPS })
    const events = [
      event(40, 'stop', 0),
      event(40, 'boot', 0),
      event(200, 'start', 0),
      event(210, 'ready', 0),
    ]
    const direct = calls([0, 60, 190, 205], LONG_BYTES).map(
      (each): TrafficBlueprint => ({
        ...each,
        pairs: { kind: 'from-to', from: ['shop/web'], to: [cart(0)] },
      }),
    )
    const served = calls([60, 220], LONG_BYTES).map((each) => ({ ...each, name: `${each.name} by service` }))
    expect(outcomes(clock, blueprintOf(network, [...direct, ...served], events))).toEqual([
      'connection-reset',
      'connection-refused',
      'connection-refused',
      doneBy(0),
      // not an endpoint as long as it is not ready
      'connection-refused',
      doneBy(0),
    ])
  })

  it('a pod whose container starts sends nothing of its own', () => {
    const network = servedNetwork({ pods: 1 })
    const events: LifeBlueprint[] = [
      { atPs: 40 * MS, action: 'stop', target: 'shop/web' },
      { atPs: 40 * MS, action: 'boot', target: 'shop/web' },
      { atPs: 80 * MS, action: 'start', target: 'shop/web' },
    ]
    const [during, after] = outcomes(clock, blueprintOf(network, calls([60, 100], BYTES), events))
    expect([during, after]).toEqual(['never started', doneBy(0)])
    const stream = { kind: 'stream', packetBytes: 1000, rateBps: 8e6, startPs: 0 } as const
    const traffic = [toService('stream', { ...stream, process: { kind: 'constant' } }, { kind: 'udp' })]
    const run = new CLOCKS[clock](blueprintOf(network, traffic, events), { arrivalsEndPs: 100 * MS })
    run.sim.run(SECOND)
    if ('bookAll' in run.clock) run.clock.bookAll()
    expect(run.flows.packetsDelivered[0]! / 60).toBeCloseTo(1, 1)
  })

  it('a client that stops leaves its calls, and calls no more until it starts', () => {
    const network = servedNetwork({ pods: 1, rateBps: SLOW_BPS })
    const events: LifeBlueprint[] = [
      { atPs: 40 * MS, action: 'stop', target: 'shop/web' },
      { atPs: 80 * MS, action: 'start', target: 'shop/web' },
    ]
    const [under, during, after] = outcomes(
      clock,
      blueprintOf(network, calls([0, 60, 100], LONG_BYTES), events),
    )
    expect([under, during, after]).toEqual(['workload-stopped', 'never started', doneBy(0)])
  })

  it('a policy blocks connections that it does not allow, or lets them be', () => {
    const network = servedNetwork({ pods: 1, rateBps: SLOW_BPS })
    const traffic = calls([0, 50], LONG_BYTES)
    const done = (events: LifeBlueprint[]) =>
      outcomes(clock, blueprintOf(network, traffic, events)).map((each) => each.startsWith('done'))
    expect(done([apply(40)])).toEqual([false, false])
    expect(done([apply(40, 'keep')])).toEqual([true, false])
    // back in time for both, whose packets come again
    expect(done([apply(40), remove(55)])).toEqual([true, true])
  })

  it('datagrams of a client go to another pod when theirs is gone', () => {
    const network = servedNetwork({ pods: 2 })
    const stream = { kind: 'stream', packetBytes: 1000, rateBps: 8e6, startPs: 0 } as const
    const traffic = [toService('stream', { ...stream, process: { kind: 'constant' } }, { kind: 'udp' })]
    const run = new CLOCKS[clock](blueprintOf(network, traffic, [event(100, 'stop', 0)]), {
      arrivalsEndPs: 300 * MS,
    })
    run.sim.run(SECOND)
    if ('bookAll' in run.clock) run.clock.bookAll()
    expect(run.flows.packetsOriginated[0]).toBeCloseTo(300, -1)
    expect(run.flows.packetsDelivered[0]).toBeGreaterThan(295)
    expect(run.network.hostOf(run.flows.endpoint[0]!)).toBe(run.network.topology.nodeIndex(cart(1)))
  })
})

describe('events of workloads', () => {
  it('that change nothing are marked so, and others with when hosts went by them', () => {
    const network = servedNetwork({ pods: 2, stopped: [1], interfaces: { endpointDelayPs: 3 * MS } })
    const events = [
      event(10, 'start', 0),
      event(20, 'stop', 1),
      event(30, 'ready', 1),
      event(40, 'terminate', 0),
      event(50, 'terminate', 0),
    ]
    const run = new PacketRun(blueprintOf(network, [], [...events, remove(60), apply(70)]), {
      arrivalsEndPs: SECOND,
    })
    run.sim.run(SECOND)
    expect(run.life.changes.map(({ idle }) => idle)).toEqual([true, true, true, false, true, true, false])
    expect(run.life.changes.map(({ inForcePs }) => inForcePs)).toEqual([
      null,
      null,
      null,
      43 * MS,
      null,
      null,
      70 * MS,
    ])
  })

  it('drop what goes to a stopped pod where that is, and say so', () => {
    const network = servedNetwork({ pods: 1, interfaces: { endpointDelayPs: SECOND } })
    const run = new PacketRun(blueprintOf(network, calls([15], BYTES), [event(10, 'stop', 0)]), {
      arrivalsEndPs: SECOND,
    })
    run.sim.run(SECOND)
    const [drop] = run.network.ledger.drops()
    expect(drop).toMatchObject({ reason: 'workload-stopped', place: 'ord1/leaf-0/host-1/vswitch' })
  })

  it('are refused where there is no such workload, no policy or no interface', () => {
    const { sim, topology, ...rest }: Network = new PacketRun(blueprintOf(servedNetwork(), [], []), {
      arrivalsEndPs: 0,
    }).network
    const network = { sim, topology, ...rest } as Network
    const refused = (of: LifeBlueprint) => () => new LifeEvents({ network }, [of])
    expect(refused({ atPs: 5, action: 'stop', target: 'shop/caart-0' })).toThrow(
      'events.stop at 5 ps: no workload is called "shop/caart-0"',
    )
    expect(refused({ ...apply(0), policy: { ...NOBODY, name: 'other' } } as LifeBlueprint)).toThrow('bears')
    const bare = { ...servedNetwork() }
    delete (bare as { interfaces?: unknown }).interfaces
    expect(() => new PacketRun(blueprintOf(bare, [], [event(0, 'stop', 0)]), { arrivalsEndPs: 0 })).toThrow(
      '"stop" needs a network with interfaces of workloads',
    )
  })
})
