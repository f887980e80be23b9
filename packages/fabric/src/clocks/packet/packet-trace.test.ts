import { US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { leafSpineNetwork, plainLink } from '../../../test/helpers/networks.ts'
import { OpenLoop } from '../../../test/helpers/open-loop.ts'
import { Network } from '../../build/network.ts'
import { PacketClock } from './packet-clock.ts'
import { PacketTrace, type PacketTraceOptions } from './packet-trace.ts'

const FROM = 'ord1/leaf-0/host-0'
const TO = 'ord1/leaf-1/host-0'

/** Five packets at once over one spine and slow uplinks that hold two and mark one that finds another waiting. */
function run(options: PacketTraceOptions = {}, markAt: 'enqueue' | 'dequeue' = 'enqueue') {
  const link = plainLink(100e9, US)
  const queue = { capacity: { packets: 2 }, ecn: { threshold: { packets: 1 }, markAt } }
  const fabricLink = { ...plainLink(10e9, US), queue }
  const blueprint = leafSpineNetwork({ spines: 1, hostsPerLeaf: 1, hostLink: link, fabricLink })
  const trace = new PacketTrace(options)
  const clock = new PacketClock(new Network(blueprint, { checked: true }), { trace })
  const traffic = new OpenLoop(clock)
  traffic.send(Array.from({ length: 5 }, () => ({ atPs: 0, from: FROM, to: TO, sizeBytes: 1000 })))
  clock.network.sim.run()
  return { trace, clock, traffic }
}

const outline = (trace: PacketTrace, packet: number) =>
  trace
    .storyOf(packet)
    .map(({ atPs, event, place, reason = '' }) => `${atPs / 1e3} ${event} ${place} ${reason}`.trim())

describe('a packet trace', () => {
  it("tells a packet's story from host to host", () => {
    expect(outline(run().trace, 1)).toEqual([
      '0 originated ord1/leaf-0/host-0',
      '0 sent ord1/leaf-0/host-0 → ord1/leaf-0',
      '1080 received ord1/leaf-0',
      '1080 sent ord1/leaf-0 → ord1/spine-0',
      '2880 received ord1/spine-0',
      '2880 sent ord1/spine-0 → ord1/leaf-1',
      '4680 received ord1/leaf-1',
      '4680 sent ord1/leaf-1 → ord1/leaf-1/host-0',
      '5760 received ord1/leaf-1/host-0',
      '5760 delivered ord1/leaf-1/host-0',
    ])
  })

  it('tells of a mark where it is set, and once', () => {
    const marked = run()
      .trace.rows()
      .filter(({ event }) => event === 'marked')
    expect(marked.map(({ packet, place, atPs }) => [packet, place, atPs])).toEqual([
      [3, 'ord1/leaf-0 → ord1/spine-0', 1_240_000],
    ])
  })

  it('tells of a mark at dequeue when the packet arrives', () => {
    const marked = run({}, 'dequeue')
      .trace.rows()
      .filter(({ event }) => event === 'marked')
    expect(marked.map(({ packet, place, atPs }) => [packet, place, atPs])).toEqual([
      [2, 'ord1/leaf-0 → ord1/spine-0', 3_680_000],
    ])
  })

  it('ends with the reason of a drop', () => {
    const { trace } = run()
    expect(outline(trace, 4).at(-1)).toBe('1320 dropped ord1/leaf-0 → ord1/spine-0 queue-full')
    expect(trace.rows().filter(({ event }) => event === 'delivered')).toHaveLength(3)
  })

  it('follows the packets that it is asked to follow', () => {
    const { trace } = run({ follows: (packets, packet) => packets.sequence[packet] === 3 })
    const rows = trace.rows()
    expect(new Set(rows.map(({ packet, sequence }) => `${packet} ${sequence}`))).toEqual(new Set(['1 3']))
    expect(rows.at(-1)).toMatchObject({ event: 'dropped', reason: 'queue-full' })
  })

  it('keeps the latest rows and counts what it has overwritten', () => {
    const all = run().trace.rows()
    const { trace } = run({ capacity: 7 })
    expect(trace.rows()).toEqual(all.slice(-7))
    expect(trace.overwritten).toBe(all.length - 7)
  })

  it('prints a line for every row', () => {
    const { trace } = run()
    const lines = trace.toText(trace.storyOf(4)).split('\n')
    expect(lines).toEqual([
      '    0s  #4  originated  ord1/leaf-0/host-0                10.0.0.1:1024 > 10.0.0.2:9 udp, seq 3, 1000 B, ttl 64',
      '    0s  #4  sent        ord1/leaf-0/host-0 → ord1/leaf-0  10.0.0.1:1024 > 10.0.0.2:9 udp, seq 3, 1000 B, ttl 64',
      '1.32us  #4  received    ord1/leaf-0                       10.0.0.1:1024 > 10.0.0.2:9 udp, seq 3, 1000 B, ttl 64',
      '1.32us  #4  dropped     ord1/leaf-0 → ord1/spine-0        queue-full: 10.0.0.1:1024 > 10.0.0.2:9 udp, seq 3, 1000 B, ttl 63',
      '',
    ])
  })

  it('changes nothing about the run', () => {
    const { clock, traffic } = run()
    const plain = new PacketClock(new Network(clock.network.blueprint))
    const untraced = new OpenLoop(plain)
    untraced.send(Array.from({ length: 5 }, () => ({ atPs: 0, from: FROM, to: TO, sizeBytes: 1000 })))
    plain.network.sim.run()
    expect(untraced.fates).toEqual(traffic.fates)
    expect(plain.network.sim.digest.toString()).toBe(clock.network.sim.digest.toString())
  })

  it('serves one packet clock, and says so', () => {
    const { trace, clock } = run()
    expect(() => new PacketClock(clock.network, { trace })).toThrow('serves one packet clock')
    expect(() => new PacketTrace().toText()).not.toThrow()
    expect(() => new PacketTrace({ capacity: 0 })).toThrow('keeps 1 row or more')
  })
})
