import { Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkBlueprint } from '../src/blueprint/network.ts'
import { Network } from '../src/build/network.ts'
import { Failures } from '../src/clocks/failures.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { CE, ECT0, NOT_ECT } from '../src/model/packet-table.ts'
import { networks } from './helpers/arbitraries.ts'
import { OpenLoop } from './helpers/open-loop.ts'

const US = 1_000_000
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const instant = fc.integer({ min: 0, max: 400 }).map((n) => n * US)

const story = fc.record({
  network: networks({ hostsMax: 5 }),
  queuePackets: fc.integer({ min: 0, max: 8 }),
  routing: fc.record({
    detectionPs: fc.constantFrom(0, 20 * US),
    convergencePs: fc.constantFrom(0, 50 * US),
  }),
  /** Bit error rate of a share of the links. */
  errors: fc.record({ rate: fc.constantFrom(0, 1e-6, 1e-4, 0.5, 0.999_999), share: fraction }),
  bursts: fc.array(
    fc.record({
      atPs: instant,
      from: fraction,
      to: fraction,
      packets: fc.integer({ min: 1, max: 40 }),
      sizeBytes: fc.integer({ min: 20, max: 9000 }),
      sourcePort: fc.integer({ min: 0, max: 65_535 }),
      ttl: fc.oneof(
        { weight: 4, arbitrary: fc.constant(64) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }) },
      ),
      ecn: fc.constantFrom(NOT_ECT, ECT0, CE),
      family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
    }),
    { minLength: 1, maxLength: 30, size: 'max' },
  ),
  failures: fc.array(
    fc.record({
      atPs: instant,
      action: fc.constantFrom('fail' as const, 'fail' as const, 'repair' as const),
      target: fraction,
    }),
    { maxLength: 8 },
  ),
  pauses: fc.array(instant, { maxLength: 20, size: 'max' }),
})

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

function harden({ network, queuePackets, routing, errors }: Story): NetworkBlueprint {
  const ecn = { threshold: { packets: 2 }, markAt: 'enqueue' as const }
  const queue = { capacity: { packets: queuePackets }, ecn }
  const links = network.links.map((link, i) => {
    const bitErrorRate = i < errors.share * network.links.length ? errors.rate : 0
    return { ...link, bitErrorRate, queues: [queue, queue] as const }
  })
  return { ...network, links, routing }
}

/** Plays a story, checking the books at every pause. */
function play(story: Story) {
  const blueprint = harden(story)
  const network = new Network(blueprint, { sim: new Simulation({ seed: 'story' }), checked: true })
  const clock = new PacketClock(network)
  const traffic = new OpenLoop(clock)
  const hosts = blueprint.nodes.filter((node) => node.kind === 'host').map((node) => node.name)
  const targets = [...blueprint.nodes, ...blueprint.links].map(({ name }) => name)
  const pick = (names: readonly string[], at: number) => names[Math.floor(at * names.length)]!
  new Failures(
    clock,
    story.failures.map((event) => ({ ...event, target: pick(targets, event.target) })),
  )
  for (const { packets, from, to, ...rest } of story.bursts) {
    const datagram = { ...rest, from: pick(hosts, from), to: pick(hosts, to) }
    traffic.send(Array.from({ length: packets }, () => datagram))
  }
  for (const pause of [...story.pauses].sort((a, b) => a - b)) {
    network.sim.run(pause)
    network.ledger.assertConserved()
  }
  network.sim.run()
  network.ledger.assertConserved()
  return { network, clock, traffic }
}

const REASONS = ['queue-full', 'link-down', 'node-down', 'no-route', 'ttl-expired', 'bit-error']

describe('under failures, errors and overload', { timeout: 30_000 }, () => {
  it('every packet ends once, as delivered or dropped for a named reason at a named place', () => {
    const property = fc.property(story, (story) => {
      const { network, clock, traffic } = play(story)
      const { ledger, packets } = network
      expect(packets.live).toBe(0)
      expect(ledger.originated).toBe(traffic.fates.length)
      const counts = traffic.counts()
      expect(counts['in flight']).toBeUndefined()
      expect(ledger.delivered).toBe(counts['delivered'] ?? 0)
      for (const reason of REASONS) expect(ledger.droppedFor(reason)).toBe(counts[reason] ?? 0)
      for (const { reason } of ledger.drops()) expect(REASONS).toContain(reason)
      for (const transmitter of clock.transmitters.flat()) {
        expect(transmitter.waitingPackets).toBe(0)
        expect(transmitter.busyPs).toBeGreaterThanOrEqual(0)
      }
      // what links took in, they gave to nodes or corrupted
      const sent = clock.transmitters.flat().reduce((sum, { packetsSent }) => sum + packetsSent, 0)
      const received = clock.forwarders.reduce((sum, forwarder) => sum + forwarder.received, 0)
      expect(sent).toBe(received + ledger.droppedFor('bit-error'))
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('the same story has the same digest and the same end', () => {
    const property = fc.property(story, (story) => {
      const [first, second] = [play(story), play(story)]
      expect(first.network.sim.digest.toString()).toBe(second.network.sim.digest.toString())
      expect(first.traffic.fates).toEqual(second.traffic.fates)
    })
    fc.assert(property, { numRuns: 30 })
  })
})
