import { MS, SECOND } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SteadyRun, type SteadySpan } from '../src/clocks/steady/steady-run.ts'
import { controllerLoad, replicasSpare } from '../src/ingress/controller/controller-load.ts'
import type { RequestBooks } from '../src/ingress/controller/running-ingress.ts'
import { withUpstream } from '../src/ingress/controller/upstream-traffic.ts'
import { type IngressChoices, ingressBlueprint, runIngress } from './helpers/ingress.ts'

const PER_CLIENT = 20
const CLIENTS = 5

const choices = (rest: Partial<IngressChoices>): IngressChoices => ({
  clients: CLIENTS,
  replicas: 2,
  offered: {
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 900 },
    response: { kind: 'constant', bytes: 30_000 },
    rate: { flowsPerSecond: PER_CLIENT },
    startPs: 0,
    stopPs: 4 * SECOND,
  },
  ...rest,
})

/** Wire bits per second of each direction: there is no framing. */
function steadyBps(given: IngressChoices): Float64Array {
  const run = new SteadyRun(ingressBlueprint(given), { arrivalsEndPs: 4 * SECOND, windowPs: SECOND })
  const spans: SteadySpan[] = []
  run.listener = { onSpan: (span) => void spans.push(span) }
  run.sim.run(SECOND)
  return spans[0]!.loads.offeredBps
}

describe('requests under the steady clock', () => {
  it.each<[string, Partial<IngressChoices>, number]>([
    ['HTTP', {}, 0.005],
    ['TLS 1.3', { request: { scheme: 'https' } }, 0.01],
    ['TLS 1.2, some resumed', { request: { scheme: 'https' }, tls: { version: '1.2', resumed: 0.5 } }, 0.02],
  ])('over %s load links on both legs as packets do', (_name, rest, tolerance) => {
    const given = choices(rest)
    const run = runIngress(given)
    run.sim.run(20 * SECOND)
    const perFlow = run.clock.transmitters
      .flat()
      .map(({ wireBytesSent }) => (8 * wireBytesSent) / run.flows.size)
    const steady = steadyBps(given)
    // of the backend's links, which all requests pass
    const { links } = run.network.topology
    const link = links.findIndex(({ ends }) => ends.includes('r/cart'))
    for (const direction of [2 * link, 2 * link + 1])
      expect(perFlow[direction]! / (steady[direction]! / (CLIENTS * PER_CLIENT))).toBeCloseTo(1, 2)
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((all, value) => all + value, 0)
    const ratio = sum(perFlow) / (sum(steady) / (CLIENTS * PER_CLIENT))
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance)
  })

  it('are passed on as traffic of its own, once', () => {
    const { traffic } = ingressBlueprint(choices({}))
    const all = withUpstream(traffic, SECOND)
    expect(all.map(({ name }) => name)).toEqual(['shoppers', 'shoppers → cart'])
    expect(all[1]).toMatchObject({
      pairs: { kind: 'to-address', from: ['r/edge-0', 'r/edge-1'] },
      port: 8080,
      offered: { kind: 'flows', rate: { totalPerSecond: CLIENTS * PER_CLIENT } },
    })
    expect(withUpstream(all, SECOND)).toEqual(all)
    const [burst] = ingressBlueprint(choices({ offered: { kind: 'burst', bytes: 700, atPs: 0 } })).traffic
    expect(withUpstream([burst!], 2 * SECOND)[1]!.offered).toEqual({
      kind: 'flows',
      sizes: { kind: 'constant', bytes: 700 },
      rate: { totalPerSecond: (CLIENTS * 2) / 2 },
      startPs: 0,
    })
  })
})

/** Under both clocks: requests by outcome, what each replica's workers did, and bits on all links. */
function bothClocks(given: IngressChoices) {
  const packets = runIngress(given)
  packets.sim.run(60 * SECOND)
  const steady = new SteadyRun(ingressBlueprint(given), { arrivalsEndPs: ENDS_PS, windowPs: ENDS_PS })
  let bits = 0
  let bps = 0
  let sincePs = 0
  steady.listener = {
    onSpan: ({ fromPs, loads }) => {
      bits += (bps * (fromPs - sincePs)) / SECOND
      bps = loads.offeredBps.reduce((sum, each) => sum + each, 0)
      sincePs = fromPs
    },
  }
  steady.sim.run(ENDS_PS)
  steady.sim.advanceTo(ENDS_PS)
  bits += (bps * (ENDS_PS - sincePs)) / SECOND
  const wireBytes = packets.clock.transmitters.flat().reduce((sum, each) => sum + each.wireBytesSent, 0)
  const [byPackets] = packets.ingress!.controllers
  const [expected] = steady.ingress.controllers
  return { byPackets: byPackets!, expected: expected!, ratio: (8 * wireBytes) / bits }
}

const ENDS_PS = 20 * SECOND

const busyOf = ({ queues }: ReturnType<typeof bothClocks>['expected' | 'byPackets']) =>
  queues.reduce((sum, queue) => sum + queue.counts().busyPs, 0)

describe('requests that are not served, under the steady clock', { timeout: 60_000 }, () => {
  const offered = (flowsPerSecond: number): IngressChoices['offered'] => ({
    kind: 'flows',
    sizes: { kind: 'constant', bytes: 900 },
    response: { kind: 'constant', bytes: 20_000 },
    rate: { flowsPerSecond },
    startPs: 0,
    stopPs: ENDS_PS,
  })

  it('are refused by workers, and keep links free, as under the packet clock (M/M/c/K)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 5 }),
        fc.double({ min: 0.5, max: 2.5, noNaN: true }),
        fc.integer({ min: 1, max: 2 }),
        (workers, waitingMax, load, replicas) => {
          const perSecond = 150 * replicas
          const meanPs = (load * workers * replicas * SECOND) / perSecond
          const capacity = { workers, waitingMax, request: { kind: 'exponential', meanPs } as const }
          const given = choices({ offered: offered(perSecond / CLIENTS), replicas, capacity })
          const { byPackets, expected, ratio } = bothClocks(given)
          const share = (books: RequestBooks) => books.total('controller-overloaded') / books.total()
          expect(Math.abs(share(byPackets.books) - share(expected.books))).toBeLessThan(0.06)
          expect(Math.abs(busyOf(byPackets) / busyOf(expected) - 1)).toBeLessThan(0.1)
          expect(Math.abs(ratio - 1)).toBeLessThan(0.12)
        },
      ),
      { numRuns: 6 },
    )
  })

  it.each(['/old', '/gone', '/void', '/elsewhere'])('are answered by rules: %s', (path) => {
    const given = choices({ offered: offered(20), request: { path } })
    const { byPackets, expected, ratio } = bothClocks(given)
    const of = ({ books }: { books: RequestBooks }) =>
      books.counts().map(({ rule, backend, outcome }) => ({ rule, backend, outcome }))
    expect(of(expected)).toEqual(of(byPackets))
    expect(expected.books.total()).toBeCloseTo(20 * CLIENTS * 20, 6)
    expect(Math.abs(ratio - 1)).toBeLessThan(0.07)
  })

  it('are given up when certificates have expired, but for those that resume', () => {
    const certificates = {
      lifetimePs: 5 * SECOND,
      renewBeforePs: SECOND,
      failureProbability: 1,
      issuance: { kind: 'constant', ps: 100 * MS } as const,
    }
    const request = { scheme: 'https' } as const
    const given = choices({ offered: offered(20), request, certificates, tls: { resumed: 0.4 } })
    const { byPackets, expected, ratio } = bothClocks(given)
    const share = (books: RequestBooks) => books.total('certificate-expired') / books.total()
    // of 20 s the last 15
    expect(share(expected.books)).toBeCloseTo(0.6 * 0.75, 6)
    expect(share(byPackets.books)).toBeCloseTo(0.45, 1)
    expect(Math.abs(ratio - 1)).toBeLessThan(0.07)
  })
})

describe('the load of a controller', () => {
  const given = choices({
    request: { scheme: 'https' },
    capacity: { workers: 2, request: { kind: 'constant', ps: 10 * MS } },
    tls: { resumed: 0.5, fullPs: 20 * MS, resumedPs: 4 * MS },
  })
  const [controller] = ingressBlueprint(given).ingress!

  it('is rate times cost over workers', () => {
    const load = controllerLoad(controller!, 2, [{ perSecond: 100, isTls: true }])
    // 10 ms of each request and 12 ms of its handshake on the mean, four workers
    expect(load.offeredErlangs).toBeCloseTo(2.2, 12)
    expect(load.utilization).toBeCloseTo(0.55, 12)
    expect(load.capacityPerSecond).toBeCloseTo(100 / 0.55, 9)
    expect(controllerLoad(controller!, 2, [{ perSecond: 100, isTls: false }]).utilization).toBeCloseTo(
      0.25,
      12,
    )
    expect(controllerLoad(controller!, 2, [])).toMatchObject({ utilization: 0, waitPs: 0, lost: 0 })
    expect(controllerLoad(controller!, 2, [{ perSecond: 400, isTls: true }])).toMatchObject({
      waitPs: null,
      lost: expect.closeTo(1 - 1 / 2.2, 12),
    })
  })

  it('is what packets keep workers busy with', () => {
    const run = runIngress(given)
    run.sim.run(20 * SECOND)
    const busyPs = run.ingress!.controllers[0]!.queues.reduce((sum, queue) => sum + queue.counts().busyPs, 0)
    const { books } = run.ingress!.controllers[0]!
    const resumed = books.resumedHandshakes / run.flows.size
    const { offeredErlangs } = controllerLoad({ ...controller!, tls: { ...controller!.tls, resumed } }, 2, [
      { perSecond: 1, isTls: true },
    ])
    expect(busyPs / run.flows.size / SECOND / offeredErlangs).toBeCloseTo(1, 9)
  })

  it('tells how many replicas may be gone', () => {
    const spare = (perSecond: number, replicas: number) =>
      replicasSpare(controllerLoad(controller!, replicas, [{ perSecond, isTls: true }]), replicas)
    // a replica does 90.9 a second
    expect([spare(50, 3), spare(100, 3), spare(200, 3), spare(270, 3), spare(300, 3)]).toEqual([
      2, 1, 0, 0, -1,
    ])
  })
})
