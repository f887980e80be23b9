import { randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { binomialInterval } from '../src/clocks/steady/imbalance/hash-imbalance.ts'
import { linkImbalance } from '../src/clocks/steady/imbalance/link-imbalance.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { walk } from '../src/clocks/walk/walk.ts'
import { PROTOCOL_UDP } from '../src/model/packet-table.ts'
import { demandMatrix } from '../src/traffic/demand/demand-matrix.ts'
import { uniformDemand } from '../src/traffic/demand/patterns.ts'
import { hostsOf } from './helpers/demand-arbitraries.ts'
import { leafSpineNetwork } from './helpers/networks.ts'

const network = new Network(leafSpineNetwork({ leaves: 4, spines: 4, hostsPerLeaf: 3 }))
const hosts = hostsOf(network.topology)
const clock = new SteadyClock(network, uniformDemand(hosts, 1e9))

const isHostLink = (direction: number) => network.topology.links[direction >> 1]!.tier === 'host'

describe('linkImbalance', () => {
  it('is binomial on the links of a leaf-spine, and a point on those of hosts', () => {
    const { meanBps, lowBps, highBps } = linkImbalance(clock, { flowsPerPair: 2 }, 0.9)
    const { offeredBps } = clock.loads()
    // nine hosts elsewhere for each of three, two flows each, over four spines; down to a leaf likewise
    const expected = binomialInterval(3 * 9 * 2, 1 / 4, 0.9)
    offeredBps.forEach((load, direction) => {
      expect(meanBps[direction]! / load).toBeCloseTo(1, 12)
      if (isHostLink(direction)) {
        expect(lowBps[direction]).toBe(meanBps[direction])
        expect(highBps[direction]).toBe(meanBps[direction])
      } else {
        expect(lowBps[direction]! / load).toBeCloseTo(expected.low / expected.mean, 9)
        expect(highBps[direction]! / load).toBeCloseTo(expected.high / expected.mean, 9)
      }
    })
  })

  it('takes flows from new connections and how long they last', () => {
    const demands = uniformDemand(hosts, 1e9, { connectionsPerSecond: 4 })
    const byHold = linkImbalance(new SteadyClock(network, demands), { holdSeconds: 0.5 })
    expect(byHold).toEqual(linkImbalance(clock, { flowsPerPair: 2 }))
    expect(linkImbalance(clock, { holdSeconds: 9, flowsPerPair: 2 })).toEqual(byHold)
  })

  it('holds for flows of different rates that are hashed by their five-tuples', () => {
    const uneven = demandMatrix(
      hosts.flatMap((source, i) =>
        hosts
          .filter((destination) => destination !== source)
          .map((destination) => ({ source, destination, ipBps: 1e6 * (1 + (i % 4)) })),
      ),
    )
    const clockOfUneven = new SteadyClock(network, uneven)
    const { lowBps, highBps, confidence } = linkImbalance(clockOfUneven, { flowsPerPair: 1 }, 0.9)
    let inside = 0
    let all = 0
    for (let trial = 0; trial < 60; trial++) {
      hashedLoads(uneven, trial).forEach((load, direction) => {
        if (isHostLink(direction)) return
        all++
        if (load >= lowBps[direction]! * (1 - 1e-9) && load <= highBps[direction]! * (1 + 1e-9)) inside++
      })
    }
    // equal-tailed and discrete: at least as often as promised, less what 60 trials of 32 links may stray
    expect(inside / all).toBeGreaterThan(confidence - 0.03)
    expect(inside / all).toBeLessThan(0.98)
  })

  it('refuses demands without flows', () => {
    expect(() => linkImbalance(clock, { holdSeconds: 1 })).toThrow('flows: are none for a demand that sends')
  })
})

/** What every direction carries when each demand is one flow from a random source port, bit/s on the wire. */
function hashedLoads(demands: ReturnType<typeof demandMatrix>, trial: number): Float64Array {
  const { topology } = network
  const stream = randomStream('link-imbalance', `${trial}`)
  const loads = new Float64Array(2 * topology.links.length)
  demands.source.forEach((source, i) => {
    const addressOf = (node: number) => network.addressOf(topology.nodes[node]!.name, 'ipv4')!
    const { hops } = walk(network, {
      source: addressOf(source),
      destination: addressOf(demands.destination[i]!),
      protocol: PROTOCOL_UDP,
      sourcePort: stream.int(65_536),
      destinationPort: 9,
      sizeBytes: 1500,
    })
    for (const { node, outcome } of hops) {
      if (outcome.kind !== 'forwarded') continue
      for (const { port, share } of outcome.members) {
        const { link } = topology.ports[node]![port]!
        const direction = 2 * link + (topology.linkNodes[link]![0] === node ? 0 : 1)
        loads[direction]! += (share * demands.ipBps[i]! * 1538) / 1500
      }
    }
  })
  return loads
}
