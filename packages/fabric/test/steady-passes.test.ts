import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import type { SteadyLoads } from '../src/clocks/steady/steady-loads.ts'
import { SteadyRun } from '../src/clocks/steady/steady-run.ts'
import { allPasses } from '../src/clocks/steady/thinning.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

const RATE_BPS = 10e9
const SENT_BPS = 8e9
const SWITCHES = 5
const MS = 1e9

/** A ring of switches with a host each, which sends two switches further: all links of one way round thin each other. */
const ring = () =>
  networkOf(
    graph({
      region: 'r',
      switches: Array.from({ length: SWITCHES }, (_, i) => ({ name: `s${i}`, tier: 'any', ecmp })),
      hosts: Array.from({ length: SWITCHES }, (_, i) => ({ name: `h${i}`, bond: false })),
      links: Array.from({ length: SWITCHES }, (_, i) => [
        { between: [`h${i}`, `s${i}`] as const, options: plainLink(RATE_BPS, 0) },
        { between: [`s${i}`, `s${(i + 1) % SWITCHES}`] as const, options: plainLink(RATE_BPS, 0) },
      ]).flat(),
    }),
  )

const further = (i: number) => (i + 2) % SWITCHES

/** All alike: a share p passes each link, of what one host sends and of that share of what the one before does. */
const SHARE = (Math.sqrt(1 + (4 * RATE_BPS) / SENT_BPS) - 1) / 2
const DELIVERED_BPS = SWITCHES * SENT_BPS * SHARE * SHARE

function overRing() {
  const network = new Network(ring())
  const node = (i: number) => network.topology.nodeIndex(`r/h${i}`)
  const demands = Array.from({ length: SWITCHES }, (_, i) => ({
    source: node(i),
    destination: node(further(i)),
    ipBps: SENT_BPS,
  }))
  return { network, clock: new SteadyClock(network, demandMatrix(demands)) }
}

const runOver = (inPasses: boolean) => {
  const blueprint: Blueprint = {
    name: 'ring',
    seed: 'ring',
    network: ring(),
    traffic: Array.from({ length: SWITCHES }, (_, i) => ({
      name: `stream-${i}`,
      pairs: { kind: 'from-to', from: [`r/h${i}`], to: [`r/h${further(i)}`] },
      offered: {
        kind: 'stream',
        rateBps: SENT_BPS,
        packetBytes: 1250,
        process: { kind: 'constant' },
        startPs: 0,
        phases: 'aligned',
      },
      transport: { kind: 'udp' },
      dscp: 0,
      priority: 0,
      family: 'ipv4',
    })),
    events: [{ action: 'fail', target: 'r/s0:r/s1', atPs: MS }],
  }
  const run = new SteadyRun(blueprint, { arrivalsEndPs: 3 * MS, windowPs: MS, inPasses })
  const spans: { fromPs: number; loads: SteadyLoads }[] = []
  run.listener = { onSpan: ({ fromPs, loads }) => spans.push({ fromPs, loads }) }
  return { run, spans }
}

describe('losses in a circle of full links', () => {
  it('come to what their equation says, in some tens of passes', () => {
    const { delivered, thinning } = overRing().clock.loads()
    expect(delivered.ipBps / DELIVERED_BPS).toBeCloseTo(1, 11)
    expect(thinning.converged).toBe(true)
    expect(thinning.iterations).toBeGreaterThan(20)
  })

  it('pass by pass are the same; interrupted, near, and said not to be exact', () => {
    const { network, clock } = overRing()
    const routes = network.routes
    expect(allPasses(clock.loadsInPasses())).toEqual(clock.loads())
    const passes = clock.loadsInPasses(new LinkState(network.topology))
    for (let pass = 0; pass < 10; pass++) expect(passes.next(true).done).toBe(false)
    const { done, value } = passes.next(false)
    expect(done).toBe(true)
    const { delivered, thinning } = value as SteadyLoads
    expect(thinning).toMatchObject({ converged: false, iterations: 9 })
    expect(thinning.residual).toBeLessThan(0.1)
    expect(Math.abs(delivered.ipBps / DELIVERED_BPS - 1)).toBeLessThan(0.1)
    expect(network.routes).toBe(routes)
  })
})

describe('a steady run in passes', () => {
  it('stands still at the instant until its loads are found, and then is as it would be at once', () => {
    const whole = runOver(false)
    whole.run.sim.run(3 * MS)
    const { run, spans } = runOver(true)
    let passes = 0
    while (run.isSolving || run.sim.now < 3 * MS) {
      if (run.isSolving) {
        const atPs = run.sim.now
        run.solveOn()
        passes++
        expect(run.sim.now).toBe(atPs)
      } else run.sim.run(3 * MS)
    }
    expect(passes).toBeGreaterThan(20)
    expect(spans).toEqual(whole.spans)
    expect(run.sim.digest.toString()).toBe(whole.run.sim.digest.toString())
    expect(run.sim.eventsRun).toBe(whole.run.sim.eventsRun)
  })

  it('told to end, has the loads at hand', () => {
    const { run, spans } = runOver(true)
    run.sim.run(3 * MS)
    expect(run).toMatchObject({ isSolving: true, sim: { now: 0 } })
    expect(spans).toEqual([])
    run.solveOn(false)
    expect(run.isSolving).toBe(false)
    expect(spans).toMatchObject([{ fromPs: 0, loads: { thinning: { converged: false } } }])
    // and nothing more, where nothing is left to solve
    run.solveOn()
    expect(spans).toHaveLength(1)
  })
})
