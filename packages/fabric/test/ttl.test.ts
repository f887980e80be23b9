import { US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { graph } from '../src/blueprint/generators/graph.ts'
import { ecmp } from '../src/blueprint/generators/options.fixture.ts'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import type { Switch } from '../src/components/switch/switch.ts'
import { networkOf, plainLink } from './helpers/networks.ts'
import { OpenLoop } from './helpers/open-loop.ts'

/** Two hosts at the ends of a chain of switches `s0 - s1 - ...`. */
function chain(switches: number): PacketClock {
  const options = plainLink(100e9, US)
  const names = Array.from({ length: switches }, (_, i) => `s${i}`)
  const blueprint = networkOf(
    graph({
      region: 'r',
      switches: names.map((name) => ({ name, tier: 'any', ecmp })),
      hosts: [
        { name: 'a', bond: false },
        { name: 'b', bond: false },
      ],
      links: [
        { between: ['a', 's0'], options },
        ...names.slice(1).map((name, i) => ({ between: [`s${i}`, name] as const, options })),
        { between: [names.at(-1)!, 'b'], options },
      ],
    }),
  )
  return new PacketClock(new Network(blueprint, { checked: true }))
}

function sendOne(clock: PacketClock, ttl: number) {
  const traffic = new OpenLoop(clock)
  traffic.send([{ atPs: 0, from: 'r/a', to: 'r/b', sizeBytes: 100, ttl }])
  clock.network.sim.run()
  clock.network.ledger.assertConserved()
  return traffic.fates[0]
}

describe('time to live', () => {
  it('falls by one at every switch', () => {
    expect(sendOne(chain(5), 64)).toMatchObject({ place: 'r/b', ttl: 59 })
  })

  it('lets a packet cross one switch fewer than it says', () => {
    expect(sendOne(chain(5), 6)).toMatchObject({ place: 'r/b', ttl: 1 })
    expect(sendOne(chain(5), 5)).toMatchObject({ place: 'r/s4', reason: 'ttl-expired' })
    expect(sendOne(chain(5), 1)).toMatchObject({ place: 'r/s0', reason: 'ttl-expired' })
  })

  it('drops a packet that comes with none left', () => {
    expect(sendOne(chain(2), 0)).toMatchObject({ place: 'r/s0', reason: 'ttl-expired' })
  })

  it('ends a forwarding loop', () => {
    const clock = chain(2)
    const { nodes, topology, addresses } = clock.network
    // each of the two switches sends everything to the other
    const portTo = (from: string, to: string) =>
      topology.ports[topology.nodeIndex(from)]!.findIndex(
        ({ neighbour }) => neighbour === topology.nodeIndex(to),
      )
    for (const [from, to] of [
      ['r/s0', 'r/s1'],
      ['r/s1', 'r/s0'],
    ] as const) {
      const loop = {
        byClass: Int32Array.of(portTo(from, to)),
        hostRoutes: new Int32Array(0),
        hostBase: 0,
        groups: [],
      }
      const node = nodes[topology.nodeIndex(from)] as Switch
      node.install(new Int32Array(addresses.size), loop)
    }
    expect(sendOne(clock, 64)).toMatchObject({ place: 'r/s1', reason: 'ttl-expired' })
    const crossings = clock.forwarders.reduce((sum, { received }) => sum + received, 0)
    expect(crossings).toBe(64)
  })
})
