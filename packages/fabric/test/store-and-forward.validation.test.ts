import { MS, US } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import { IdealFct } from '../src/traffic/ideal-fct.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'
import { type Datagram, OpenLoop } from './helpers/open-loop.ts'

const FROM = 'ord1/leaf-0/host-0'
const TO = 'ord1/leaf-1/host-0'

function arrivalsPs(
  blueprint: ReturnType<typeof leafSpineNetwork>,
  datagrams: readonly Datagram[],
): number[] {
  const clock = new PacketClock(new Network(blueprint))
  const traffic = new OpenLoop(clock)
  traffic.send(datagrams)
  clock.network.sim.run()
  return traffic.fates.map((fate) => fate!.atPs)
}

/** Ethernet frames count 18 bytes beyond the IP packet. */
const frame = (bytes: number, rest: Partial<Datagram> = {}): Datagram => ({
  atPs: 0,
  from: FROM,
  to: TO,
  sizeBytes: bytes - 18,
  ...rest,
})

describe('row 47: store and forward', () => {
  it('row 47: a full frame crosses four 100G links in 492.16 ns and four propagation delays', () => {
    for (const delayPs of [0, US]) {
      const link = { ...plainLink(100e9, delayPs), framing: 'ethernet' as const }
      const [arrival] = arrivalsPs(leafSpineNetwork({ hostLink: link, fabricLink: link }), [frame(1518)])
      expect(arrival).toBe(492_160 + 4 * delayPs)
    }
  })

  it('row 47: 1,000 km of fibre and back take 9.8 ms', () => {
    // 4.9 us a kilometre: light in glass of refractive index 1.469
    const near = plainLink(100e9, 0)
    const far = { ...plainLink(100e9, 1000 * 4.9 * US), nicQueue: near.nicQueue }
    const blueprint = leafSpineNetwork({
      leaves: 1,
      spines: 1,
      hostsPerLeaf: 2,
      hostLink: near,
      fabricLink: near,
    })
    const links = blueprint.links.map((link, i) => (i === 0 ? { ...link, delayPs: far.delayPs } : link))
    const [there, back] = ['ord1/leaf-0/host-0', 'ord1/leaf-0/host-1'] as const
    const transmissionPs = 2 * 100 * 80
    const [first] = arrivalsPs({ ...blueprint, links }, [frame(118, { from: there, to: back })])
    const [both] = arrivalsPs({ ...blueprint, links }, [frame(118, { atPs: first!, from: back, to: there })])
    expect(both! - 2 * transmissionPs).toBe(9.8 * MS)
  })
})

describe('the ideal completion time', () => {
  it('is what a burst takes that has the network to itself', () => {
    const rate = fc.constantFrom(10e9, 40e9, 100e9)
    const property = fc.property(
      rate,
      rate,
      fc.integer({ min: 1, max: 60_000 }),
      fc.constantFrom('ethernet' as const, { overheadBytes: 2 }, { overheadBytes: 2, slotBytesMin: 417 }),
      (hostRate, fabricRate, bytes, framing) => {
        const [segment, header] = [1448, 52]
        const hostLink = { ...plainLink(hostRate, US), framing }
        const fabricLink = { ...plainLink(fabricRate, US), framing }
        const blueprint = leafSpineNetwork({ spines: 1, hostsPerLeaf: 1, hostLink, fabricLink })
        const sizes: number[] = []
        for (let left = bytes; left > 0; left -= segment) sizes.push(Math.min(left, segment) + header)
        const arrivals = arrivalsPs(
          blueprint,
          sizes.map((sizeBytes) => ({ atPs: 0, from: FROM, to: TO, sizeBytes })),
        )
        const network = new Network(blueprint)
        const [source, destination] = [FROM, TO].map((host) => network.addressOf(host, 'ipv4')!) as [
          number,
          number,
        ]
        const ideal = new IdealFct(network).of(source, destination, bytes, segment, header)
        expect(arrivals.at(-1)).toBe(ideal)
      },
    )
    fc.assert(property)
  })

  it('is nothing to oneself, and not a number where there is no way', () => {
    const blueprint = leafSpineNetwork({ leaves: 2, spines: 1, hostsPerLeaf: 1 })
    const network = new Network({
      ...blueprint,
      links: blueprint.links.filter(({ tier }) => tier === 'host'),
    })
    const [source, destination] = [FROM, TO].map((host) => network.addressOf(host, 'ipv4')!) as [
      number,
      number,
    ]
    const ideal = new IdealFct(network)
    expect(ideal.of(source, destination, 1000, 1448, 52)).toBeNaN()
    expect(ideal.of(source, source, 1000, 1448, 52)).toBe(0)
  })
})
