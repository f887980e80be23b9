import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { utilizations } from '../src/clocks/steady/steady-loads.ts'
import { LinkState } from '../src/routing/topology.ts'
import { demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { networkOf, plainLink } from './helpers/networks.ts'

/** Hosts a and b behind switch s, c and d behind t; 10 Gbit/s between the switches, 4 Gbit/s to d, 20 Gbit/s elsewhere. */
const network = new Network(
  networkOf(
    graph({
      region: 'r',
      switches: ['s', 't'].map((name) => ({ name, tier: 'any', ecmp })),
      hosts: ['a', 'b', 'c', 'd'].map((name) => ({ name, bond: false })),
      links: [
        { between: ['s', 't'], options: plainLink(10e9, 0) },
        { between: ['a', 's'], options: plainLink(20e9, 0) },
        { between: ['b', 's'], options: plainLink(20e9, 0) },
        { between: ['c', 't'], options: plainLink(20e9, 0) },
        { between: ['d', 't'], options: plainLink(4e9, 0) },
      ],
    }),
  ),
)
const { topology } = network
const node = (name: string) => topology.nodeIndex(`r/${name}`)

function direction(from: string, to: string): number {
  const link = topology.ports[node(from)]!.find(({ neighbour }) => neighbour === node(to))!.link
  return 2 * link + (topology.linkNodes[link]![0] === node(from) ? 0 : 1)
}

const clock = new SteadyClock(
  network,
  demandMatrix([
    { source: node('a'), destination: node('c'), ipBps: 8e9 },
    { source: node('b'), destination: node('d'), ipBps: 12e9 },
    { source: node('a'), destination: node('b'), ipBps: 1e9 },
    { source: node('a'), destination: node('a'), ipBps: 5e9 },
  ]),
)

describe('losses for want of capacity', () => {
  const loads = clock.loads()

  it('take the same part of all that arrives, and spare what is downstream', () => {
    const at = (from: string, to: string) => {
      const d = direction(from, to)
      return [loads.offeredBps[d]!, loads.arrivingBps[d]!, loads.carriedBps[d]!].map((bps) => bps / 1e9)
    }
    expect(at('a', 's')).toEqual([9, 9, 9])
    expect(at('s', 't')).toEqual([20, 20, 10])
    expect(at('t', 'c')).toEqual([8, 4, 4])
    expect(at('t', 'd')).toEqual([12, 6, 4])
    expect(at('s', 'b')).toEqual([1, 1, 1])
  })

  it('are counted by direction, and balance', () => {
    const drops = loads.drops.map(({ place, reason, ipBps }) => [place, reason, Math.round(ipBps / 1e6)])
    expect(drops).toEqual([
      ['r/t → r/d', 'queue-full', 2000],
      ['r/s → r/t', 'queue-full', 10_000],
    ])
    expect(loads.demand.ipBps).toBe(21e9)
    expect(loads.delivered.ipBps).toBeCloseTo(9e9, 0)
    expect(loads.thinning).toMatchObject({ converged: true, iterations: 2 })
  })

  it('are told apart from load: utilization is of what is offered', () => {
    expect(utilizations(loads)[direction('s', 't')]).toBe(2)
  })
})

describe('before routing has noticed', () => {
  it('what meets a dead link is lost there', () => {
    const state = new LinkState(topology)
    state.linkUp[direction('s', 't') >> 1] = 0
    const places = (drops: readonly { place: string; reason: string }[]) =>
      drops.map(({ place, reason }) => [place, reason])
    expect(places(clock.loadsAsInstalled(state).drops)).toEqual([['r/s', 'link-down']])
    expect(places(clock.loads(state).drops)).toEqual([['r/s', 'no-route']])
    // the routes that were installed are there again
    expect(clock.loads().delivered.ipBps).toBeCloseTo(9e9, 0)
  })
})

describe('bad demands', () => {
  it('are refused with what is wrong', () => {
    const from = (demand: object) => () =>
      new SteadyClock(
        network,
        demandMatrix([{ source: node('a'), destination: node('b'), ipBps: 1, ...demand }]),
      )
    expect(from({ destination: node('s') })).toThrow(
      `node ${node('s')} is not a host; demands are between hosts`,
    )
    expect(from({ ipBps: Number.NaN })).toThrow('demands.0.ipBps: is NaN, expected a rate of 0 or more')
  })
})
