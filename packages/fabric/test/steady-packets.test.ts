import { ln, meanInterval, MS, randomStream, SECOND, Simulation } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { ecmp, link } from '../src/blueprint/generators/options.fixture.ts'
import type { EcmpMode } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { uniformDemand } from '../src/traffic/demand/patterns.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork } from './helpers/networks.ts'
import { type Datagram, OpenLoop } from './helpers/open-loop.ts'

const SPAN_PS = 2 * MS
const RUNS = 30
const IP_BPS_PER_HOST = 3e9
const PACKET_BYTES = 1500

function networkOf(mode: EcmpMode, seed: string): Network {
  const blueprint = leafSpineNetwork({
    leaves: 2,
    spines: 2,
    hostsPerLeaf: 3,
    hostLink: link(10e9),
    fabricLink: link(10e9),
    ecmp: { ...ecmp, mode },
  })
  return new Network(blueprint, { sim: new Simulation({ seed }) })
}

/** Poisson packets between all hosts, each of a flow of its own; wire bit/s that every direction sent. */
function measured(mode: EcmpMode, seed: string): number[] {
  const network = networkOf(mode, seed)
  const clock = new PacketClock(network)
  const names = hostsOf(network.topology).map((node) => network.topology.nodes[node]!.name)
  const stream = randomStream(seed, 'arrivals')
  const gapPs = (PACKET_BYTES * 8 * SECOND) / IP_BPS_PER_HOST
  const datagrams: Datagram[] = names.flatMap((from) => {
    const others = names.filter((name) => name !== from)
    const own: Datagram[] = []
    const gap = () => -ln(1 - stream.next()) * gapPs
    for (let atPs = gap(); atPs < SPAN_PS; atPs += gap()) {
      own.push({
        atPs: Math.round(atPs),
        from,
        to: others[stream.int(others.length)]!,
        sizeBytes: PACKET_BYTES,
        sourcePort: stream.int(65_536),
      })
    }
    return own
  })
  const openLoop = new OpenLoop(clock)
  openLoop.send(datagrams)
  network.sim.run()
  expect(Object.keys(openLoop.counts())).toEqual(['delivered'])
  return clock.transmitters.flatMap((pair) =>
    pair.map(({ wireBytesSent }) => (wireBytesSent * 8 * SECOND) / SPAN_PS),
  )
}

describe('steady clock and packet clock agree', { timeout: 30_000 }, () => {
  it.each(['five-tuple', 'spray'] as const)(
    'on the load of every link, with Poisson packets and %s',
    (mode) => {
      const network = networkOf(mode, 'steady')
      const demands = uniformDemand(hostsOf(network.topology), IP_BPS_PER_HOST)
      const { offeredBps } = new SteadyClock(network, demands).loads()
      const runs = Array.from({ length: RUNS }, (_, run) => measured(mode, `steady-${run}`))
      offeredBps.forEach((load, direction) => {
        // all intervals hold together with at least 99 %
        const confidence = 1 - 0.01 / offeredBps.length
        const interval = meanInterval(
          runs.map((loads) => loads[direction]!),
          confidence,
        )
        expect(interval.low).toBeLessThan(load)
        expect(interval.high).toBeGreaterThan(load)
        // and are narrow enough to tell
        expect((interval.high - interval.low) / load).toBeLessThan(0.2)
      })
    },
  )
})
