import { MS, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { EDGE_PLACES } from '../src/edge/edge-blueprint.ts'
import { OUTSIDE, regionOnline } from './helpers/region-online.ts'

const CALLS = 5

/** Calls from a workload to a host on the internet, one after the other. */
function run(Run: typeof PacketRun | typeof FlowRun, place: (typeof EDGE_PLACES)[number]) {
  const flows = Array.from({ length: CALLS }, (_, i) => ({
    startPs: i * 100 * MS,
    from: 'shop/web',
    to: `internet/${OUTSIDE[0]}`,
    bytes: 20_000,
  }))
  const blueprint: Blueprint = {
    name: 'nat',
    seed: 'nat',
    network: regionOnline({ place }),
    traffic: [
      {
        name: 'calls',
        pairs: { kind: 'from-to', from: ['shop/web'], to: [`internet/${OUTSIDE[0]}`] },
        offered: { kind: 'list', flows },
        transport: { kind: 'tcp', options: {} },
        dscp: 0,
        priority: 0,
        family: 'ipv4',
      },
    ],
    events: [],
  }
  const started = new Run(blueprint, { arrivalsEndPs: SECOND })
  started.sim.run(100 * SECOND)
  const { flows: books, network } = started
  const used = network.pools.all.filter(({ peak }) => peak > 0)
  return {
    completed: books.completed,
    pools: used.map((pool) => {
      const { asked, refused, usedPs } = pool.counts(network.sim.now)
      return { name: pool.name, peak: pool.peak, asked, refused, usedSeconds: Math.round(usedPs / SECOND) }
    }),
  }
}

describe.each(EDGE_PLACES)('what connections hold where they are translated, at %s', (place) => {
  it('is the same by packets and as flows: connections and mappings', () => {
    const byPackets = run(PacketRun, place)
    expect(byPackets.completed).toBe(CALLS)
    const kinds = byPackets.pools.map(({ name }) => name.split(' ').at(-1)!)
    expect(kinds).toContain('nat-connections')
    expect(kinds.some((kind) => kind === 'nat-mappings' || kind === 'nat-ports')).toBe(true)
    for (const { peak, asked, refused } of byPackets.pools)
      expect({ peak, asked, refused }).toEqual({ peak: CALLS, asked: CALLS, refused: 0 })
    expect(run(FlowRun, place)).toEqual(byPackets)
  })
})
