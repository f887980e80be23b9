import { NS, Simulation, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { EcmpBlueprint, EcmpMode } from '../src/blueprint/network.ts'
import { graph } from '../src/blueprint/generators/graph.ts'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { networkOf, plainLink } from './helpers/networks.ts'
import { OpenLoop } from './helpers/open-loop.ts'

/** Two ways of equal cost that differ by 30 us of propagation. */
const DIFFERENCE = 30 * US

/** Packets that arrive before an earlier one of their flow, among 400 sent a fixed time apart. */
function overtakings(
  mode: EcmpMode,
  flowletGapPs: number,
  pausePs: number,
): { count: number; waysUsed: number } {
  const ecmp: EcmpBlueprint = { mode, weights: 'equal', flowletGapPs }
  const short = plainLink(100e9, US)
  const long = plainLink(100e9, US + DIFFERENCE)
  const blueprint = networkOf(
    graph({
      region: 'r',
      switches: ['in', 'near', 'far', 'out'].map((name) => ({ name, tier: 'any', ecmp })),
      hosts: [
        { name: 'a', bond: false },
        { name: 'b', bond: false },
      ],
      links: [
        { between: ['a', 'in'], options: short },
        { between: ['in', 'near'], options: short },
        { between: ['in', 'far'], options: long },
        { between: ['near', 'out'], options: short },
        { between: ['far', 'out'], options: short },
        { between: ['out', 'b'], options: short },
      ],
    }),
  )
  const clock = new PacketClock(new Network(blueprint, { sim: new Simulation({ seed: 'flowlet-order' }) }))
  const traffic = new OpenLoop(clock)
  traffic.send(
    Array.from({ length: 400 }, (_, i) => ({ atPs: i * pausePs, from: 'r/a', to: 'r/b', sizeBytes: 100 })),
  )
  clock.network.sim.run()
  let latest = -1
  let count = 0
  for (const number of traffic.deliveries) {
    if (number < latest) count++
    latest = Math.max(latest, number)
  }
  const { topology } = clock.network
  const used = ['r/near', 'r/far'].filter((name) => clock.forwarders[topology.nodeIndex(name)]!.received > 0)
  return { count, waysUsed: used.length }
}

describe('order of a flow over ways of different delay', () => {
  it('is kept by flowlets whose gap exceeds the difference, while they use both ways', () => {
    expect(overtakings('flowlet', DIFFERENCE, DIFFERENCE + NS)).toEqual({ count: 0, waysUsed: 2 })
  })

  it('is lost by flowlets whose gap is shorter', () => {
    expect(overtakings('flowlet', 5 * US, 6 * US).count).toBeGreaterThan(20)
  })

  it('is kept by one flowlet: no pause exceeds the gap, so it never moves', () => {
    expect(overtakings('flowlet', 5 * US, 5 * US)).toEqual({ count: 0, waysUsed: 1 })
  })

  it('is lost by spraying, and kept by per-flow hashing', () => {
    expect(overtakings('spray', 0, 6 * US).count).toBeGreaterThan(20)
    expect(overtakings('five-tuple', 0, 6 * US)).toEqual({ count: 0, waysUsed: 1 })
    expect(overtakings('resilient', 0, 6 * US)).toEqual({ count: 0, waysUsed: 1 })
  })
})
