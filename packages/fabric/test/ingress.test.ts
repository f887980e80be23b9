import { MS, SECOND, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RequestOutcome } from '../src/ingress/controller/exchange.ts'
import type { TlsBlueprint } from '../src/ingress/tls/tls-blueprint.ts'
import { hostsOf, type IngressChoices, once, ROUND_TRIP_PS, runIngress } from './helpers/ingress.ts'

/** What links of 1 Pbit/s add to sums of delays. */
const LINK_PS = 5000

/** When the first byte of each answer was there. */
function firstBytes(choices: IngressChoices): number[] {
  const run = runIngress(choices)
  const times: number[] = []
  run.ingress!.onEnd = ({ firstBytePs }) => times.push(firstBytePs!)
  run.sim.run(10 * SECOND)
  return times
}

const outcomes = (choices: IngressChoices, untilPs = 10 * SECOND) => {
  const run = runIngress(choices)
  run.sim.run(untilPs)
  const { books } = run.ingress!.controllers[0]!
  return { run, books, counts: books.counts() }
}

describe('the first byte of an answer', () => {
  // connect to the controller 1, TLS n, ask 1, and behind it connect to the backend 1 and ask 1
  it.each<[string, 'http' | 'https', Partial<TlsBlueprint>, number]>([
    ['HTTP', 'http', {}, 4],
    ['TLS 1.3', 'https', {}, 5],
    ['TLS 1.3 resumed', 'https', { resumed: 1 }, 5],
    ['TLS 1.3 with early data', 'https', { resumed: 1, earlyData: true }, 4],
    ['TLS 1.2', 'https', { version: '1.2' }, 6],
    ['TLS 1.2 resumed', 'https', { version: '1.2', resumed: 1 }, 5],
  ])('over %s comes after so many round trips', (_name, scheme, tls, roundTrips) => {
    const [time] = firstBytes({ offered: once(), request: { scheme }, tls })
    expect(time! - roundTrips * ROUND_TRIP_PS).toBeGreaterThanOrEqual(0)
    expect(time! - roundTrips * ROUND_TRIP_PS).toBeLessThan(LINK_PS)
  })

  it('comes later by what a worker takes for the handshake and for the request', () => {
    const [time] = firstBytes({
      offered: once(),
      request: { scheme: 'https' },
      tls: { key: 'rsa-2048', fullPs: 370 * US },
      capacity: { request: { kind: 'constant', ps: 50 * US } },
    })
    expect(Math.abs(time! - 5 * ROUND_TRIP_PS - 420 * US)).toBeLessThan(LINK_PS)
  })

  it('comes a round trip sooner where a connection to the backend was kept', () => {
    const flows = [0, 1, 2].map((second) => ({
      startPs: second * SECOND,
      from: 'r/client-0',
      to: 'r/edge-0',
      bytes: 500,
    }))
    const times = firstBytes({
      offered: { kind: 'list', flows },
      keepAlive: { connections: 1, idlePs: 1.5 * SECOND },
    })
    const trips = times.map((time, index) => (time - index * SECOND) / ROUND_TRIP_PS)
    expect(trips).toEqual([4, 3, 3].map((trip) => expect.closeTo(trip, 5)))
  })

  it('waits behind those that were there first', () => {
    const times = firstBytes({
      clients: 5,
      offered: once(),
      capacity: { workers: 2, request: { kind: 'constant', ps: 10 * MS } },
    })
    const waits = times.map((time) => Math.round((time - 4 * ROUND_TRIP_PS) / MS))
    expect(waits.sort((a, b) => a - b)).toEqual([10, 10, 20, 20, 30])
  })
})

describe('a request', () => {
  it.each<[string, RequestOutcome, string | undefined, string]>([
    ['/cart/1', 'served', 'cart', 'completed'],
    ['/old', 'answered', undefined, 'completed'],
    ['/elsewhere', 'no-rule', undefined, 'no-rule'],
    ['/gone', 'no-endpoint', undefined, 'no-endpoint'],
    ['/void', 'no-backend', undefined, 'no-backend'],
  ])('for %s is %s', (path, outcome, backend, end) => {
    for (const scheme of ['http', 'https'] as const) {
      const { run, counts } = outcomes({ offered: once(), request: { path, scheme } })
      expect(counts).toMatchObject([{ outcome, requests: 1, ...(backend && { backend }) }])
      expect(run.flows.failureOf(0) ?? 'completed').toBe(end)
    }
  })

  it('finds certificates missing, or expired', () => {
    const request = { scheme: 'https' } as const
    const offered = { kind: 'burst', bytes: 500, atPs: SECOND } as const
    const fate = (rest: Partial<IngressChoices>) => outcomes({ offered, request, ...rest }).counts[0]!.outcome
    expect(fate({ host: 'other.example.com' })).toBe('certificate-missing')
    expect(fate({ certificates: { initially: 'ordered' } })).toBe('certificate-missing')
    const short = { lifetimePs: SECOND / 2, issuance: { kind: 'constant', ps: 20 * MS } } as const
    expect(fate({ certificates: short })).toBe('served')
    expect(fate({ certificates: { ...short, failureProbability: 1 } })).toBe('certificate-expired')
    expect(fate({ certificates: { ...short, failureProbability: 1 }, tls: { resumed: 1 } })).toBe('served')
    expect(fate({ certificates: { initially: 'ordered' }, request: { scheme: 'http' } })).toBe('served')
  })

  it('is refused where as many wait as may, in HTTP with an answer', () => {
    const capacity = { workers: 1, waitingMax: 2, request: { kind: 'constant', ps: 100 * MS } } as const
    const plain = outcomes({ clients: 10, offered: once(), capacity })
    expect(plain.counts.map(({ outcome, requests }) => [outcome, requests])).toEqual([
      ['controller-overloaded', 7],
      ['served', 3],
    ])
    const secure = outcomes({
      clients: 10,
      offered: once(),
      capacity,
      request: { scheme: 'https' },
      tls: { fullPs: 100 * MS },
    })
    expect(secure.books.total('controller-overloaded')).toBe(7)
    expect(secure.books.wholeHandshakes).toBe(3)
    const [failed] = [...Array(10).keys()].filter((flow) => secure.run.flows.failureOf(flow) !== undefined)
    expect(secure.run.flows.failureOf(failed!)).toBe('controller-overloaded')
  })

  it('to a backend that is gone is told so, to a port without a listener refused', () => {
    const offered = { kind: 'burst', bytes: 500, atPs: SECOND } as const
    const gone = (backendTimeoutPs: number) => {
      const run = runIngress({ offered, downPs: SECOND / 2, backendTimeoutPs })
      run.sim.run(400 * SECOND)
      expect(run.stackOf('r/edge-0').tcp.connectionCount).toBe(0)
      return run
    }
    // TCP gives up after 127 s
    for (const [timeoutPs, outcome] of [
      [60 * SECOND, 'backend-timeout'],
      [300 * SECOND, 'backend-unreachable'],
    ] as const) {
      const run = gone(timeoutPs)
      expect(run.ingress!.controllers[0]!.books.counts()).toEqual([
        { rule: 'rule /cart', backend: 'cart', outcome, requests: 1 },
      ])
      expect(run.flows.failureOf(0)).toBe(outcome)
    }
    const refused = outcomes({ offered: once(), request: { port: 8443 } })
    expect(refused.counts).toEqual([{ outcome: 'connection-failed', requests: 1 }])
    expect(refused.run.flows.failureOf(0)).toBe('connection-refused')
  })
})

describe('ingress under packets', () => {
  it('ends every request once, and leaves nothing behind', () => {
    const choices = fc.record({
      clients: fc.integer({ min: 1, max: 6 }),
      replicas: fc.integer({ min: 1, max: 3 }),
      scheme: fc.constantFrom('http' as const, 'https' as const),
      version: fc.constantFrom('1.2' as const, '1.3' as const),
      resumed: fc.constantFrom(0, 0.5, 1),
      path: fc.constantFrom('/cart', '/old', '/elsewhere', '/gone'),
      requestBytes: fc.integer({ min: 1, max: 20_000 }),
      bytes: fc.integer({ min: 1, max: 200_000 }),
      workers: fc.integer({ min: 1, max: 2 }),
      waitingMax: fc.integer({ min: 0, max: 3 }),
      connections: fc.integer({ min: 0, max: 2 }),
      flowsPerSecond: fc.integer({ min: 1, max: 100 }),
      seed: fc.string(),
    })
    const property = fc.property(choices, (each) => {
      const { clients, replicas, scheme, path, requestBytes, bytes, flowsPerSecond, seed } = each
      const run = runIngress({
        clients,
        replicas,
        seed,
        offered: {
          kind: 'flows',
          sizes: { kind: 'constant', bytes: requestBytes },
          response: { kind: 'constant', bytes },
          rate: { flowsPerSecond },
          startPs: 0,
          stopPs: SECOND / 2,
        },
        request: { scheme, path },
        tls: { version: each.version, resumed: each.resumed, fullPs: 5 * MS, resumedPs: MS },
        capacity: {
          workers: each.workers,
          waitingMax: each.waitingMax,
          request: { kind: 'exponential', meanPs: 20 * MS },
        },
        keepAlive: { connections: each.connections, idlePs: SECOND },
      })
      run.sim.run(20 * SECOND)
      const { flows, network, ingress } = run
      const { books, queues } = ingress!.controllers[0]!
      expect(flows.active).toBe(0)
      expect(books.total()).toBe(flows.size)
      expect(books.total('served') + books.total('answered')).toBe(flows.completed)
      expect(network.packets.live).toBe(0)
      for (const host of ['r/cart', ...hostsOf('client', clients), ...hostsOf('edge', replicas)])
        expect(run.stackOf(host).tcp.connectionCount).toBe(0)
      const shaken = books.wholeHandshakes + books.resumedHandshakes
      expect(shaken).toBeLessThanOrEqual(scheme === 'https' ? flows.size : 0)
      const jobs = queues.map((queue) => queue.counts())
      const sum = (read: (job: (typeof jobs)[number]) => number) =>
        jobs.reduce((all, job) => all + read(job), 0)
      expect(sum(({ refused }) => refused)).toBe(books.total('controller-overloaded'))
      expect(sum(({ served }) => served)).toBe(shaken + flows.size - books.total('controller-overloaded'))
    })
    fc.assert(property, { numRuns: 60 })
  })
})
