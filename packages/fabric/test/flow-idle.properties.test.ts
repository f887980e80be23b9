import { SECOND, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { LinkOptions } from '../src/blueprint/generators/parts.ts'
import type { Framing } from '../src/blueprint/network.ts'
import type { TcpOptions } from '../src/blueprint/traffic.ts'
import { FlowRun, type FlowRunOptions } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { IdealFct } from '../src/traffic/ideal-fct.ts'
import { flowsOver, line } from './helpers/flow-lists.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'

const FRAMINGS: Framing[] = ['ethernet', { overheadBytes: 0 }]
const linksOf = (framings: readonly Framing[]) => {
  const link = fc
    .record({
      rateBps: fc.constantFrom(1e9, 3e9, 10e9, 25e9, 40e9, 100e9),
      delayPs: fc.constantFrom(0, 1000, 200_000, US, 20 * US),
      framing: fc.constantFrom(...framings),
    })
    .map((drawn): LinkOptions => ({ ...plainLink(drawn.rateBps, drawn.delayPs, 1e6), ...drawn }))
  return fc.array(link, { minLength: 2, maxLength: 5 })
}
const links = linksOf(FRAMINGS)
/** Of some links, short packets take as long as full ones: waits of slow start are then off by slots. */
const slotted = linksOf([...FRAMINGS, { overheadBytes: 38, slotBytesMin: 3000 }])
const bytes = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 1_000_000 }))

// a tail loss probe sends again or ahead what was not lost, where a segment takes as long as the handshake did
const NO_PROBE = { tailLossProbe: false } as const
const usual = fc.record({
  control: fc.constantFrom('newreno' as const, 'dctcp' as const),
  initialWindowSegments: fc.constantFrom(1, 2, 3, 4, 10, 16),
  delayedAckSegments: fc.constantFrom(1, 2),
  mssBytes: fc.constantFrom(536, 1448),
  timestamps: fc.boolean(),
  sack: fc.boolean(),
})

/** A single flow from `r/a` to `r/b` that begins at once. */
const single = (links: readonly LinkOptions[], bytes: number, options: Partial<TcpOptions> = {}) =>
  flowsOver(line(links), [{ startPs: 0, from: 'r/a', to: 'r/b', bytes }], options)

function fluid(blueprint: Blueprint, model: FlowRunOptions['model'] = {}): FlowRun {
  const run = new FlowRun(blueprint, { arrivalsEndPs: SECOND, model })
  run.sim.run()
  return run
}

function packets(blueprint: Blueprint): PacketRun {
  const run = new PacketRun(blueprint, { arrivalsEndPs: SECOND })
  for (let ms = 1; run.flows.completed === 0 && ms < 1000; ms++) run.sim.run(ms * 1e9)
  return run
}

const fctPs = ({ flows }: PacketRun | FlowRun) => flows.completedPs[0]! - flows.startPs[0]!

describe('a flow alone', { timeout: 60_000 }, () => {
  it('takes its ideal time where nothing but capacities and store and forward holds it back', () => {
    const property = fc.property(slotted, bytes, (links, bytes) => {
      const run = fluid(single(links, bytes), { startUp: 'none', windows: false, acknowledgements: false })
      const { source, destination } = run.flows
      const ideal = new IdealFct(run.network).of(source[0]!, destination[0]!, bytes, 1448, 52)
      expect(fctPs(run)).toBeGreaterThanOrEqual(ideal - 1e-3)
      expect(fctPs(run)).toBeLessThan(ideal + 2)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('takes the time of its packets, to the picoseconds that these are rounded to', () => {
    const property = fc.property(links, bytes, usual, (links, bytes, options) => {
      const blueprint = single(links, bytes, { ...options, ...NO_PROBE })
      const [flow, real] = [fluid(blueprint), packets(blueprint)]
      // 3 Gbit/s takes a fraction of a picosecond per byte: every link of every round trip may round
      expect(Math.abs(fctPs(flow) - fctPs(real))).toBeLessThan(100)
      expect(Math.abs(flow.flows.establishedPs[0]! - real.flows.establishedPs[0]!)).toBeLessThan(10)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('is at most two round trips off with small buffers, long frames and rare acknowledgements', () => {
    const odd = fc.record({
      control: fc.constantFrom('newreno' as const, 'dctcp' as const),
      initialWindowSegments: fc.constantFrom(1, 3, 10, 16),
      delayedAckSegments: fc.constantFrom(1, 2, 3, 4),
      mssBytes: fc.constantFrom(536, 1448, 8948),
      windowScaling: fc.boolean(),
      receiveBufferBytes: fc.constantFrom(50_000, 100_000, 300_000),
      sendBufferBytes: fc.constantFrom(100_000, 16e6),
    })
    const property = fc.property(slotted, bytes, odd, (links, bytes, options) => {
      const blueprint = single(links, bytes, { ...options, ...NO_PROBE })
      const fullPs = links.reduce((sum, { rateBps }) => sum + (9100 * 8e12) / rateBps, 0)
      const roundTripPs = 2 * links.reduce((sum, { delayPs }) => sum + delayPs, 0) + fullPs
      expect(Math.abs(fctPs(fluid(blueprint)) - fctPs(packets(blueprint)))).toBeLessThan(2 * roundTripPs)
    })
    fc.assert(property, { numRuns: 200 })
  })
})

/** Sizes of data centres, bin by bin. */
const BINS: readonly (readonly number[])[] = [
  [1, 100, 1448, 1449, 5000, 9999],
  [10_000, 14_480, 14_481, 43_440, 70_000, 99_999],
  [100_000, 250_000, 500_000, 999_999],
  [1e6, 3e6, 9e6],
  [30e6],
]

/** Largest relative error of completion times in each bin. */
function errorsByBin(options: Partial<TcpOptions>, queuePackets: number, ecnPackets?: number): number[] {
  const queue = {
    capacity: { packets: queuePackets },
    ...(ecnPackets === undefined
      ? {}
      : { ecn: { threshold: { packets: ecnPackets }, markAt: 'enqueue' as const } }),
  }
  const wire = { ...plainLink(100e9, US), framing: 'ethernet' as const, queue, nicQueue: queue }
  const network = leafSpineNetwork({ hostLink: wire, fabricLink: { ...wire, rateBps: 400e9 } })
  const [from, to] = ['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0'] as const
  return BINS.map((sizes) => {
    const errors = sizes.map((bytes) => {
      const blueprint = flowsOver(network, [{ startPs: 0, from, to, bytes }], options)
      return Math.abs(fctPs(fluid(blueprint)) / fctPs(packets(blueprint)) - 1)
    })
    return Math.max(...errors)
  })
}

describe('completion times on an idle leaf-spine fabric at 100 Gbit/s, against packets', {
  timeout: 60_000,
}, () => {
  const exact = 1e-6

  it('equal those of NewReno but where a flow ends amid the losses that end slow start', () => {
    const [tiny, small, medium, large, huge] = errorsByBin({ control: 'newreno' }, 256)
    for (const error of [tiny, small, huge]) expect(error).toBeLessThan(exact)
    // at 1 MB 27 segments are sent again, and the flow clock carries no retransmissions
    for (const error of [medium, large]) expect(error).toBeLessThan(0.09)
  })

  it('equal those of DCTCP: marks end slow start with the link full', () => {
    for (const error of errorsByBin({ control: 'dctcp' }, 1000, 65)) expect(error).toBeLessThan(exact)
  })
})
