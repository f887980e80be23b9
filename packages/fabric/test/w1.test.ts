import { type EventHandler, MS, NS, Simulation, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Network } from '../src/build/network.ts'
import { PacketClock } from '../src/clocks/packet/packet-clock.ts'
import type { HashKey } from '../src/model/five-tuple.ts'
import { NOT_ECT } from '../src/model/packet-table.ts'
import { leafSpineNetwork, plainLink } from './helpers/networks.ts'
import { type Counts, hashedSpine, runOracle, splitmix64, type Workload } from './w1.oracle.ts'

const HOSTS = 64

/** A key that names the spine: leaves have their uplinks in order of spines, so that eight members are picked by it. */
function spineKey(network: Network, spineOf: Workload['spineOf']): HashKey {
  const table = new Int32Array(HOSTS * HOSTS)
  for (let s = 0; s < HOSTS; s++) for (let d = 0; d < HOSTS; d++) table[s * HOSTS + d] = spineOf(s, d)
  const hostOf = new Int32Array(network.addresses.size)
  for (const [host, name] of hostNames.entries()) hostOf[network.addressOf(name, 'ipv4')!] = host
  return ({ source, destination }, packet) =>
    table[hostOf[source[packet]!]! * HOSTS + hostOf[destination[packet]!]!]!
}

const hostNames = Array.from({ length: HOSTS }, (_, h) => `ord1/leaf-${Math.floor(h / 8)}/host-${h % 8}`)

/** The same workload on Weft's own components under the packet clock; drops happen at these links alone. */
function runWeft(workload: Workload, dropsAt = /./): Counts {
  const { durationPs, intervalPs, staggerPs, wireBytes, queuePackets, offset } = workload
  const framed = { ...plainLink(100e9, US, queuePackets), framing: { overheadBytes: 2 } }
  const fabric = { leaves: 8, spines: 8, hostsPerLeaf: 8, hostLink: framed, fabricLink: framed }
  let key: HashKey = () => 0
  const network = new Network(leafSpineNetwork(fabric), {
    sim: new Simulation(),
    hashKey: (...all) => key(...all),
  })
  key = spineKey(network, workload.spineOf)
  const clock = new PacketClock(network)
  const { sim, packets, ledger, topology } = network
  const forwarders = hostNames.map((name) => clock.forwarders[topology.nodeIndex(name)]!)
  const addresses = hostNames.map((name) => network.addressOf(name, 'ipv4')!)
  for (const forwarder of forwarders) forwarder.endpoint = { deliver: (packet) => ledger.deliver(packet) }
  const source: EventHandler = {
    name: 'periodic',
    onEvent(host) {
      const packet = packets.allocate()
      packets.source[packet] = addresses[host]!
      packets.destination[packet] = addresses[(host + offset) % HOSTS]!
      packets.ttl[packet] = 64
      packets.ecn[packet] = NOT_ECT
      packets.sizeBytes[packet] = wireBytes - 2
      packets.tupleHash[packet] = host
      forwarders[host]!.originate(packet)
      if (sim.now + intervalPs < durationPs) sim.schedule(sim.now + intervalPs, handler, host)
    },
  }
  const handler = sim.register(source)
  for (let host = 0; host < HOSTS; host++) sim.schedule(host * staggerPs, handler, host)
  sim.run()
  ledger.assertConserved()
  const hops = clock.transmitters.flat().reduce((sum, { packetsSent }) => sum + packetsSent, 0)
  for (const { reason, place } of ledger.drops()) {
    expect(reason).toBe('queue-full')
    expect(place).toMatch(dropsAt)
  }
  return { sent: ledger.originated, delivered: ledger.delivered, dropped: ledger.dropped, hops }
}

const BASE = {
  durationPs: MS,
  offset: 8,
  intervalPs: 150 * NS,
  staggerPs: 2 * NS,
  wireBytes: 1502,
  queuePackets: 256,
}
const perm: Workload = { ...BASE, spineOf: (source) => source % 8 }
const hash: Workload = { ...BASE, spineOf: hashedSpine }

it('has the published generator: splitmix64 of 0, and of its own increment', () => {
  // first two outputs of the generator seeded with 0
  expect(splitmix64(0n)).toBe(0xe220a8397b1dcdafn)
  expect(splitmix64(0x9e3779b97f4a7c15n)).toBe(0x6e789e6aa1b965f4n)
})

describe('open-loop traffic over 8 leaves and 8 spines, to the packet', { timeout: 30_000 }, () => {
  it('loses nothing without collisions: the counts that other simulators give', () => {
    const expected = { sent: 426_674, delivered: 426_674, dropped: 0, hops: 1_706_696 }
    expect(runWeft(perm)).toEqual(expected)
    expect(runOracle(perm)).toEqual(expected)
  })

  it('loses what collides at leaf uplinks: the counts that other simulators give', () => {
    const expected = { sent: 426_674, delivered: 305_825, dropped: 120_849, hops: 1_344_149 }
    expect(runWeft(hash, /^ord1\/leaf-\d → ord1\/spine-\d$/)).toEqual(expected)
    expect(runOracle(hash)).toEqual(expected)
  })

  const short = { durationPs: MS / 10 }
  it.each<[string, Workload]>([
    ['0.1 ms without collisions', { ...perm, ...short }],
    ['0.1 ms', { ...hash, ...short }],
    ['0.3 ms', { ...hash, durationPs: 0.3 * MS }],
    ['another offset', { ...hash, ...short, offset: 13 }],
    ['an offset within the leaf for some', { ...hash, ...short, offset: 3 }],
    ['an offset that is its own reverse', { ...hash, ...short, offset: 32 }],
    ['jumbo packets', { ...hash, durationPs: 0.5 * MS, wireBytes: 9002, intervalPs: 900 * NS }],
    ['small packets', { ...hash, durationPs: MS / 50, wireBytes: 66, intervalPs: 10 * NS, staggerPs: 0 }],
    ['short queues', { ...hash, ...short, queuePackets: 8 }],
    ['no queues', { ...hash, ...short, queuePackets: 0 }],
    ['half the load', { ...hash, ...short, intervalPs: 300 * NS }],
    ['overload at the NIC', { ...hash, ...short, intervalPs: 60 * NS, queuePackets: 32 }],
    ['everything at the same instants', { ...hash, ...short, staggerPs: 0, queuePackets: 16 }],
    [
      'slots that tie with arrivals',
      { ...hash, ...short, wireBytes: 1500, intervalPs: 120 * NS, queuePackets: 4 },
    ],
  ])('agrees with plain queues: %s', (_name, workload) => {
    expect(runWeft(workload)).toEqual(runOracle(workload))
  })
})
