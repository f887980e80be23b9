import { describe, expect, it, test } from 'vitest'
import { mg1WaitMean, SECOND } from '@weft/core'
import { graph } from '../../blueprint/generators/graph.ts'
import { assignAddresses, parsePrefix } from '../../blueprint/generators/addresses.ts'
import { ecmp, link } from '../../blueprint/generators/options.fixture.ts'
import { Network } from '../../build/network.ts'
import { type DemandClass, demandMatrix } from '../../traffic/demand/demand-matrix.ts'
import { queueingDelaysPs } from './queueing-delay.ts'
import { SteadyClock } from './steady-clock.ts'

const RATE_BPS = 10e9

/** Mean wait at the first host's link for demands to another behind one switch, picoseconds. */
function waitPs(utilization: number, packetSizes: DemandClass['packetSizes'] & {}): number {
  const options = link(RATE_BPS)
  const parts = graph({
    region: 'r',
    switches: [{ name: 's', tier: 'any', ecmp }],
    hosts: ['a', 'b'].map((name) => ({ name, bond: false })),
    links: ['a', 'b'].map((name) => ({ between: [name, 's'] as const, options })),
  })
  const parsed = parsePrefix('10.0.0.0/24')
  const addressed = assignAddresses(parts.nodes, parsed.ok ? [parsed.prefix] : [])
  const nodes = addressed.ok ? addressed.nodes : []
  const network = new Network({ nodes, links: parts.links, routing: { detectionPs: 0, convergencePs: 0 } })
  const wireBytes = packetSizes.reduce((sum, { sizeBytes, share }) => sum + (sizeBytes + 38) * share, 0)
  const ipBytes = packetSizes.reduce((sum, { sizeBytes, share }) => sum + sizeBytes * share, 0)
  const demand = { source: 0, destination: 1, ipBps: (utilization * RATE_BPS * ipBytes) / wireBytes }
  const clock = new SteadyClock(network, demandMatrix([demand], [{ name: 'c', family: 'ipv4', packetSizes }]))
  return queueingDelaysPs(clock.loads())[0]!
}

test('row 2: M/D/1 in closed form: the wait of packets of one size, in slots', () => {
  const slotPs = ((1538 * 8) / RATE_BPS) * SECOND
  for (const [utilization, waits] of [
    [0.5, 0.5],
    [0.8, 2],
    [0.9, 4.5],
  ] as const) {
    expect(waitPs(utilization, [{ sizeBytes: 1500, share: 1 }]) / slotPs).toBeCloseTo(waits, 9)
  }
})

describe('queueingDelaysPs', () => {
  it('is that of M/G/1 for mixed sizes', () => {
    const sizes = [
      { sizeBytes: 62, share: 0.6 },
      { sizeBytes: 562, share: 0.15 },
      { sizeBytes: 1462, share: 0.25 },
    ]
    const moment = (power: number) =>
      sizes.reduce(
        (sum, { sizeBytes, share }) => sum + share * (((sizeBytes + 38) * 8) / RATE_BPS) ** power,
        0,
      )
    const expected = mg1WaitMean({
      utilization: 0.7,
      serviceMean: moment(1),
      serviceVariation: moment(2) / moment(1) ** 2 - 1,
    })
    expect(waitPs(0.7, sizes) / SECOND / expected).toBeCloseTo(1, 9)
  })

  it('has no end where a link is full', () => {
    expect(waitPs(1, [{ sizeBytes: 1500, share: 1 }])).toBe(Infinity)
    expect(waitPs(1.3, [{ sizeBytes: 1500, share: 1 }])).toBe(Infinity)
  })
})
