import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { Blueprint } from '../src/blueprint/blueprint.ts'
import type { TrafficBlueprint } from '../src/blueprint/traffic.ts'
import { FlowRun } from '../src/clocks/flow/flow-run.ts'
import { PacketRun } from '../src/clocks/packet/packet-run.ts'
import { SteadyClock } from '../src/clocks/steady/steady-clock.ts'
import { demandOfTraffic } from '../src/traffic/demand/index.ts'
import { line } from './helpers/flow-lists.ts'
import { plainLink } from './helpers/networks.ts'

const RATE_BPS = 100e9
/** A middle box of 10 million packets per second on 100 Gbit/s: a slot of 1,250 bytes. */
const LIMIT_PER_SECOND = 10e6
const SLOT_BYTES = RATE_BPS / 8 / LIMIT_PER_SECOND
const SPAN_PS = 2 * MS

/** Packets of one size per second from `r/a` to `r/b` through the limit. */
function stream(packetBytes: number, perSecond: number): Blueprint {
  const plain = plainLink(RATE_BPS, US, 64)
  const limited = { ...plain, framing: { overheadBytes: 38, slotBytesMin: SLOT_BYTES } }
  const traffic: TrafficBlueprint = {
    name: 'small',
    pairs: { kind: 'from-to', from: ['r/a'], to: ['r/b'] },
    offered: {
      kind: 'stream',
      packetBytes,
      rateBps: 8 * packetBytes * perSecond,
      process: { kind: 'constant' },
      startPs: 0,
    },
    transport: { kind: 'udp' },
    dscp: 0,
    priority: 0,
    family: 'ipv4',
  }
  const network = line([plain, limited, plain])
  return { name: 'limited', seed: 'limited', network, traffic: [traffic], events: [] }
}

/** Packets per second that arrive under each clock. */
function arriving(blueprint: Blueprint, packetBytes: number) {
  const payloadBytes = packetBytes - 28
  const packet = new PacketRun(blueprint, { arrivalsEndPs: SPAN_PS })
  packet.sim.run(SPAN_PS / 2)
  const before = packet.flows.bytesDelivered[0]!
  packet.sim.run(SPAN_PS)
  const perSecond = (bytes: number, spanPs: number) => (bytes / payloadBytes / spanPs) * SECOND
  const flow = new FlowRun(blueprint, { arrivalsEndPs: SPAN_PS })
  flow.sim.run(SPAN_PS)
  flow.clock.bookAll()
  const { network } = flow
  const loads = new SteadyClock(
    network,
    demandOfTraffic(network, blueprint.traffic, { forPs: SPAN_PS }),
  ).loads()
  const last = network.topology.links.findIndex(({ ends }) => ends.includes('r/b'))
  const carriedBps = Math.max(loads.carriedBps[2 * last]!, loads.carriedBps[2 * last + 1]!)
  return {
    packet: perSecond(packet.flows.bytesDelivered[0]! - before, SPAN_PS / 2),
    flow: perSecond(flow.flows.bytesDelivered[0]!, SPAN_PS),
    steady: carriedBps / 8 / packetBytes,
  }
}

describe('a limit in packets per second, as a least slot', () => {
  it.each([
    ['small packets are held to it, whatever their bits', 100, 25e6, LIMIT_PER_SECOND],
    ['other small packets as well', 600, 15e6, LIMIT_PER_SECOND],
    ['below it nothing is held back', 600, 8e6, 8e6],
  ])('%s', (_, packetBytes, offered, expected) => {
    const arrives = arriving(stream(packetBytes, offered), packetBytes)
    expect(arrives.packet).toBeCloseTo(expected, -4)
    expect(arrives.flow / expected).toBeCloseTo(1, 9)
    expect(arrives.steady / expected).toBeCloseTo(1, 9)
  })

  it('leaves packets longer than the slot to the rate', () => {
    const bytes = 1462
    const arrives = arriving(stream(bytes, 9e6), bytes)
    const expected = RATE_BPS / 8 / (bytes + 38)
    expect(arrives.packet).toBeCloseTo(expected, -4)
    expect(arrives.flow / expected).toBeCloseTo(1, 9)
    expect(arrives.steady / expected).toBeCloseTo(1, 9)
  })
})
