import { erlangCWaitMean, MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import type { PacketRun } from '../src/clocks/packet/packet-run.ts'
import type { RunningIngress } from '../src/ingress/controller/running-ingress.ts'
import { type IngressChoices, ingressBlueprint, once, ROUND_TRIP_PS, runIngress } from './helpers/ingress.ts'
import { replicaWork } from './helpers/replica-work.ts'
import { mean, standardError, Z_999 } from './helpers/statistics.ts'

const flowRun = (choices: IngressChoices): FlowRun =>
  new FlowRun(ingressBlueprint(choices), { arrivalsEndPs: Number.MAX_SAFE_INTEGER })

/** When each request ended. */
function endsOf(run: { readonly sim: FlowRun['sim']; readonly ingress: RunningIngress | undefined }) {
  const ends: number[] = []
  run.ingress!.onEnd = () => ends.push(run.sim.now)
  run.sim.run(200 * SECOND)
  return ends
}

const both = (choices: IngressChoices) => [runIngress(choices), flowRun(choices)] as const

const countsOf = (run: PacketRun | FlowRun) => run.ingress!.controllers[0]!.books.counts()

const poisson = (perClient: number, stopPs: number, responseBytes: number) =>
  ({
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 500 },
    response: { kind: 'constant', bytes: responseBytes },
    rate: { flowsPerSecond: perClient },
    startPs: 0,
    stopPs,
  }) as const

describe('a request as flows', () => {
  it.each<[string, NonNullable<IngressChoices['request']>, NonNullable<IngressChoices['tls']>]>([
    ['HTTP', { scheme: 'http' }, {}],
    ['TLS 1.3', { scheme: 'https' }, {}],
    ['TLS 1.3 with early data', { scheme: 'https' }, { resumed: 1, earlyData: true }],
    ['TLS 1.2', { scheme: 'https' }, { version: '1.2' }],
    ['TLS 1.2 resumed', { scheme: 'https' }, { version: '1.2', resumed: 1 }],
  ])('over %s is answered when its packets would have been', (_name, request, tls) => {
    const capacity = { request: { kind: 'constant', ps: 3 * MS } } as const
    const [packets, flows] = both({ offered: once(), request, tls: { ...tls, fullPs: 2 * MS }, capacity })
    const [[expected], [measured]] = [endsOf(packets), endsOf(flows)]
    expect(expected).toBeGreaterThan(4 * ROUND_TRIP_PS)
    // links of 1 Pbit/s: packets of a few kB take some ps
    expect(Math.abs(measured! - expected!)).toBeLessThan(100)
  })

  it.each(['/cart/1', '/old', '/elsewhere', '/gone', '/void'])('for %s ends as with packets', (path) => {
    for (const scheme of ['http', 'https'] as const) {
      const [packets, flows] = both({ offered: once(), request: { path, scheme } })
      expect(endsOf(flows)).toHaveLength(endsOf(packets).length)
      expect(countsOf(flows)).toEqual(countsOf(packets))
      expect(flows.flows.failureOf(0)).toBe(packets.flows.failureOf(0))
      expect(flows.flows.bytesDelivered[0]).toBe(packets.flows.bytesDelivered[0])
    }
  })

  it.each<[string, Partial<IngressChoices>]>([
    ['a certificate that is missing', { host: 'other.example.com' }],
    ['one that was ordered', { certificates: { initially: 'ordered' } }],
    ['a port that nobody listens at', { request: { port: 8443 } }],
  ])('fails for %s as with packets', (_name, rest) => {
    const [packets, flows] = both({ offered: once(), request: { scheme: 'https' }, ...rest })
    const [[expected], [measured]] = [endsOf(packets), endsOf(flows)]
    expect(Math.abs(measured! - expected!)).toBeLessThan(1000)
    expect(countsOf(flows)).toEqual(countsOf(packets))
    expect(flows.flows.failureOf(0)).toBe(packets.flows.failureOf(0))
  })

  it.each(['http', 'https'] as const)(
    'finds as much room in the queue as with packets, over %s',
    (scheme) => {
      const capacity = { workers: 1, waitingMax: 2, request: { kind: 'constant', ps: 100 * MS } } as const
      const tls = { fullPs: 100 * MS }
      const [packets, flows] = both({ clients: 10, offered: once(), capacity, tls, request: { scheme } })
      endsOf(packets)
      endsOf(flows)
      expect(countsOf(flows)).toEqual(countsOf(packets))
      expect(flows.ingress!.controllers[0]!.books.total('controller-overloaded')).toBe(7)
    },
  )
})

describe('requests under the flow clock', () => {
  it('end as those under the packet clock do, all of them, after the same work', () => {
    const choices = fc.record({
      clients: fc.integer({ min: 1, max: 6 }),
      replicas: fc.integer({ min: 1, max: 3 }),
      scheme: fc.constantFrom('http' as const, 'https' as const),
      version: fc.constantFrom('1.2' as const, '1.3' as const),
      resumed: fc.constantFrom(0, 0.5, 1),
      path: fc.constantFrom('/cart', '/old', '/elsewhere', '/gone'),
      bytes: fc.integer({ min: 1, max: 200_000 }),
      workers: fc.integer({ min: 1, max: 3 }),
      connections: fc.integer({ min: 0, max: 2 }),
      flowsPerSecond: fc.integer({ min: 1, max: 60 }),
      seed: fc.string(),
    })
    const property = fc.property(choices, (each) => {
      const { clients, replicas, scheme, path, seed } = each
      const given: IngressChoices = {
        clients,
        replicas,
        seed,
        offered: poisson(each.flowsPerSecond, SECOND, each.bytes),
        request: { scheme, path },
        tls: { version: each.version, resumed: each.resumed, fullPs: MS, resumedPs: MS / 4 },
        capacity: { workers: each.workers, request: { kind: 'exponential', meanPs: 2 * MS } },
        keepAlive: { connections: each.connections, idlePs: SECOND },
      }
      const [packets, flows] = both(given)
      endsOf(packets)
      endsOf(flows)
      expect(countsOf(flows)).toEqual(countsOf(packets))
      expect([flows.flows.active, flows.flows.completed, flows.flows.failed]).toEqual([
        0,
        packets.flows.completed,
        packets.flows.failed,
      ])
      const [expected, measured] = [packets, flows].map(({ ingress }) => {
        const { books, queues } = ingress!.controllers[0]!
        return { shaken: books.wholeHandshakes, jobs: queues.map((queue) => queue.counts()) }
      })
      expect(measured!.shaken).toBe(expected!.shaken)
      for (const [replica, { served, busyPs }] of measured!.jobs.entries()) {
        const other = expected!.jobs[replica]!
        expect(served).toBe(other.served)
        // service times are drawn by requests in the order in which they come
        expect(Math.abs(busyPs - other.busyPs)).toBeLessThanOrEqual(0.01 * other.busyPs)
      }
      let underWay = 0
      flows.clock.transfers.forEach(() => {
        underWay++
      })
      expect(underWay).toBe(0)
    })
    fc.assert(property, { numRuns: 40 })
  })

  it('meet policies that come and go as packets do, also on connections that were kept', () => {
    const seen = { all: 0, some: 0, late: 0 }
    const choices = fc.record({
      clients: fc.integer({ min: 1, max: 4 }),
      scheme: fc.constantFrom('http' as const, 'https' as const),
      kept: fc.integer({ min: 0, max: 2 }),
      perSecond: fc.integer({ min: 5, max: 60 }),
      fromPs: fc.integer({ min: 1, max: 800 }).map((ms) => ms * MS),
      // SYNs come again after 1 s and 3 s, data after some round trips
      toPs: fc.constantFrom(100, 400, 20_000).map((ms) => SECOND + ms * MS),
      // above what packets take to come through once they may, so that none is at the edge
      backendTimeoutPs: fc.constantFrom(5 * SECOND, 60 * SECOND),
      connections: fc.constantFrom('block' as const, 'keep' as const),
      seed: fc.string(),
    })
    const property = fc.property(choices, (given) => {
      const { clients, scheme, kept, perSecond, seed, backendTimeoutPs, ...denied } = given
      const [packets, flows] = both({
        backendTimeoutPs,
        clients,
        seed,
        denied,
        offered: poisson(perSecond, SECOND, 1000),
        request: { scheme },
        tls: { fullPs: MS, resumedPs: MS / 4 },
        keepAlive: { connections: kept, idlePs: 10 * SECOND },
      })
      const runTo = (ps: number) => {
        for (const { sim } of [packets, flows]) sim.run(ps)
      }
      runTo(denied.fromPs - 1)
      // packets are judged where they are, flows where their packets set out
      const underWay = packets.flows.active
      runTo(denied.toPs - 1)
      expect(Math.abs(flows.flows.completed - packets.flows.completed)).toBeLessThanOrEqual(underWay)
      seen[packets.flows.active > underWay ? 'some' : 'all']++
      runTo(200 * SECOND)
      expect(countsOf(flows)).toEqual(countsOf(packets))
      seen.late += packets.ingress!.controllers[0]!.books.total('backend-timeout')
    })
    fc.assert(property, { numRuns: 30 })
    expect(Math.min(seen.all, seen.some, seen.late)).toBeGreaterThan(0)
  })

  it('wait for workers as M/M/c does (Erlang C)', () => {
    const [stopPs, warmPs, batches] = [12 * SECOND, SECOND, 20]
    const run = flowRun({
      clients: 10,
      offered: poisson(140, stopPs, 100),
      keepAlive: { connections: 1000 },
      capacity: { workers: 2, request: { kind: 'exponential', meanPs: MS } },
    })
    const { waitsPs, busy } = replicaWork(run, { warmPs, stopPs, batches })
    expect(Math.abs(mean(busy) - 0.7)).toBeLessThan(Z_999 * standardError(busy))
    const expected = erlangCWaitMean(1.4, 2) * MS
    expect(Math.abs(mean(waitsPs) - expected)).toBeLessThan(Z_999 * standardError(waitsPs))
  })

  it.each<[string, Partial<IngressChoices>]>([
    ['HTTP', { keepAlive: { connections: 2 } }],
    ['TLS 1.3', { request: { scheme: 'https' } }],
    [
      'TLS 1.2, half of them resumed',
      { request: { scheme: 'https' }, tls: { version: '1.2', resumed: 0.5 } },
    ],
  ])('load links as packets do, over %s', (_name, rest) => {
    const [packets, flows] = both({
      clients: 4,
      replicas: 2,
      offered: poisson(25, 4 * SECOND, 30_000),
      ...rest,
    })
    endsOf(packets)
    endsOf(flows)
    flows.clock.bookAll()
    const wire = packets.clock.transmitters.flat().map(({ wireBytesSent }) => 8 * wireBytesSent)
    wire.forEach((bits, direction) => {
      // where there are requests and acknowledgements alone, packets that close connections are a part of it
      expect(Math.abs(flows.clock.carriedBits(direction) / bits - 1)).toBeLessThan(0.05)
    })
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
    const carried = wire.map((_, direction) => flows.clock.carriedBits(direction))
    expect(Math.abs(sum(carried) / sum(wire) - 1)).toBeLessThan(0.01)
  })
})
