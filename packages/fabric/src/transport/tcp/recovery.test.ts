import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Passing } from '../test-kit/pipe.ts'
import { transfer } from '../test-kit/transfer.ts'

const MSS = 1000
const RTT = 20 * US

/** Ten segments at first, every one acknowledged, no probes: only what a test is about. */
const PLAIN: Partial<TcpOptions> = {
  mssBytes: MSS,
  delayedAckSegments: 1,
  tailLossProbe: false,
  minRtoPs: 1 * SECOND,
}

/** Loses the first copies of these data segments, counted from 0. */
function losing(...segments: number[]) {
  const lost = new Set(segments.map((segment) => 1 + segment * MSS))
  return {
    fate: (packet: Passing) => ({
      drop: packet.side === 'client' && packet.payload > 0 && lost.delete(packet.sequence),
    }),
  }
}

/** Numbers of the data segments that left, in order, grouped by the instant. */
function bursts(log: readonly Passing[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const packet of log) {
    if (packet.side !== 'client' || packet.payload === 0) continue
    const group = groups.get(packet.sentPs) ?? []
    groups.set(packet.sentPs, group)
    group.push((packet.sequence - 1) / MSS)
  }
  return [...groups.values()]
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('fast recovery with SACK (RFC 6675)', () => {
  it('sends two new segments on the first duplicates, the lost one on the third, then holds the pipe', () => {
    const { pair, flow, connection } = transfer(40 * MSS, PLAIN, losing(0))
    pair.sim.run()
    // 12 in flight with limited transmit, of which ten count: ssthresh 5. Sacked at the third duplicate: 3,
    // lost 1, so the pipe is 8 with the copy; it must fall below 5 before new data leaves: at the seventh
    // duplicate
    expect(bursts(pair.log).slice(0, 2)).toEqual([range(0, 9), [10, 11, 0, 12, 13]])
    expect(connection.sender!.control.ssthreshBytes).toBe(5 * MSS)
    expect(pair.flows.retransmissions[flow]).toBe(1)
    expect(pair.flows.timeouts[flow]).toBe(0)
  })

  it('repairs several losses of a window in one round trip each way, without a timeout', () => {
    const { pair, flow } = transfer(40 * MSS, PLAIN, losing(0, 3, 4, 5))
    pair.sim.run()
    expect(pair.flows.retransmissions[flow]).toBe(4)
    expect(pair.flows.timeouts[flow]).toBe(0)
    expect(pair.flows.completedPs[flow]).toBeLessThan(10 * RTT)
  })

  it('waits for the timeout when a retransmission is lost', () => {
    let copies = 0
    const fate = (packet: Passing) => ({
      drop: packet.side === 'client' && packet.sequence === 1 && packet.payload > 0 && copies++ < 2,
    })
    const { pair, flow } = transfer(30 * MSS, PLAIN, { fate })
    pair.sim.run()
    expect(pair.flows.timeouts[flow]).toBe(1)
    expect(pair.flows.retransmissions[flow]).toBeGreaterThanOrEqual(2)
  })

  it('sends nothing twice that was only reordered within the threshold', () => {
    const fate = (packet: Passing) =>
      packet.dataCount === 3 && packet.side === 'client' ? { extraDelayPs: 1 } : {}
    const { pair, flow } = transfer(40 * MSS, PLAIN, { fate, psPerByte: 1 })
    pair.sim.run()
    expect(pair.flows.retransmissions[flow]).toBe(0)
  })

  it('tells three blocks with timestamps, four without, the latest first (RFC 2018)', () => {
    for (const [timestamps, blocks] of [
      [true, 3],
      [false, 4],
    ] as const) {
      const { pair } = transfer(10 * MSS, { ...PLAIN, timestamps }, losing(0, 2, 4, 6, 8))
      pair.sim.run()
      const told = pair
        .sentBy('server')
        .filter((packet) => packet.acknowledgement === 1)
        .at(-1)!
      const block = (segment: number) => [
        1 + segment * MSS,
        1 + (segment + 1) * MSS + (segment === 9 ? 1 : 0),
      ]
      expect(told.sack).toEqual([9, 7, 5, 3].slice(0, blocks).map(block))
    }
  })
})

describe('fast recovery without SACK (RFC 6582)', () => {
  const NO_SACK = { ...PLAIN, sack: false }

  it('repairs one hole per partial acknowledgement, in one round trip each', () => {
    const { pair, flow, connection } = transfer(30 * MSS, NO_SACK, losing(1, 3, 5))
    pair.sim.run()
    const copies = pair.log.filter((packet, i) => {
      const same = (other: Passing) =>
        other.side === 'client' && other.payload > 0 && other.sequence === packet.sequence
      return packet.payload > 0 && pair.log.slice(0, i).some(same)
    })
    expect(copies.map((packet) => (packet.sequence - 1) / MSS)).toEqual([1, 3, 5])
    expect(copies[1]!.sentPs - copies[0]!.sentPs).toBe(RTT)
    expect(copies[2]!.sentPs - copies[1]!.sentPs).toBe(RTT)
    expect(pair.flows.timeouts[flow]).toBe(0)
    // ten were in flight and the first acknowledgement let two more out: eleven, halved
    expect(connection.sender!.control.ssthreshBytes).toBe(5500)
  })

  it('sends one new segment for each of the first two duplicates (RFC 3042), then the first hole', () => {
    const { pair } = transfer(30 * MSS, NO_SACK, losing(0))
    pair.sim.run()
    // nine acknowledgements, the first no duplicate since it opens the window beyond the SYN-ACK's (RFC 5681
    // section 2); from the fourth, window 5 + 3 and one per further duplicate: 13 at last, for twelve in
    // flight
    expect(bursts(pair.log)[1]).toEqual([10, 11, 0, 12])
  })
})

describe('retransmission timeout', () => {
  it('repairs the loss of a whole flight in slow start from one segment', () => {
    const { pair, flow } = transfer(10 * MSS, { ...PLAIN, minRtoPs: 1 * MS }, losing(...range(0, 9)))
    pair.sim.run()
    expect(bursts(pair.log)).toEqual([range(0, 9), [0], [1, 2], [3, 4, 5, 6], [7, 8, 9]])
    expect(pair.flows.timeouts[flow]).toBe(1)
    expect(pair.flows.retransmissions[flow]).toBe(10)
  })

  it('backs off twofold while nothing comes through', () => {
    let lost = 0
    const fate = (packet: Passing) => ({ drop: packet.side === 'client' && packet.payload > 0 && lost++ < 4 })
    const { pair } = transfer(MSS, { ...PLAIN, minRtoPs: 1 * MS }, { fate })
    pair.sim.run()
    const sent = pair.log.filter((packet) => packet.payload > 0).map((packet) => packet.sentPs)
    expect(sent.slice(1).map((at, i) => at - sent[i]!)).toEqual([1 * MS, 2 * MS, 4 * MS, 8 * MS])
  })

  it('comes a timeout after the first segment was sent again, however many other copies leave', () => {
    const RTO = 100 * US
    // the copy of the first segment is lost as well; those of the others leave over a long time
    let copies = 0
    const isFirst = (packet: Passing) =>
      packet.side === 'client' && packet.sequence === 1 && packet.payload > 0
    const others = losing(...range(1, 60).filter((segment) => segment % 2 === 0))
    const fate = (packet: Passing) => (isFirst(packet) ? { drop: copies++ < 2 } : others.fate(packet))
    const options = { ...PLAIN, initialWindowSegments: 100, minRtoPs: RTO, maxRtoPs: RTO, initialRtoPs: RTO }
    const { pair } = transfer(100 * MSS, options, { fate, psPerByte: 800 })
    pair.sim.run()
    const sent = pair.log.filter(isFirst).map((packet) => packet.sentPs)
    expect(sent.length).toBe(3)
    expect(sent[2]! - sent[1]!).toBe(RTO)
    const copiesBetween = pair.log.filter(
      (packet, i) =>
        packet.payload > 0 &&
        packet.sentPs > sent[1]! &&
        packet.sentPs < sent[2]! &&
        pair.log.slice(0, i).some((other) => other.payload > 0 && other.sequence === packet.sequence),
    )
    expect(copiesBetween.length).toBeGreaterThan(10)
  })

  it('keeps what the receiver has: only the missing segments leave again', () => {
    const { pair, flow } = transfer(10 * MSS, { ...PLAIN, minRtoPs: 1 * MS }, losing(7, 8))
    pair.sim.run()
    expect(pair.flows.timeouts[flow]).toBe(1)
    expect(pair.flows.retransmissions[flow]).toBe(2)
  })
})

describe('tail loss probe (RFC 8985 section 7)', () => {
  const last = losing(9)

  it('repairs a lost tail in two round trips and a bit, not in an RTO', () => {
    const { pair, flow } = transfer(10 * MSS, { ...PLAIN, tailLossProbe: true }, losing(9))
    pair.sim.run()
    expect(pair.flows.timeouts[flow]).toBe(0)
    expect(pair.flows.retransmissions[flow]).toBe(1)
    // handshake 1.5 RTT with the data; acknowledgements of the flight at 2 RTT; the probe 2 SRTT later; half
    // to arrive
    expect(pair.flows.completedPs[flow]).toBe(2 * RTT + 2 * RTT + RTT / 2)
  })

  it('without it the tail waits for the RTO', () => {
    const { pair, flow } = transfer(10 * MSS, PLAIN, last)
    pair.sim.run()
    expect(pair.flows.timeouts[flow]).toBe(1)
    expect(pair.flows.completedPs[flow]).toBeGreaterThan(1 * SECOND)
  })

  it('turns the loss of several last segments into fast recovery', () => {
    const { pair, flow } = transfer(10 * MSS, { ...PLAIN, tailLossProbe: true }, losing(5, 6, 7, 8))
    pair.sim.run()
    expect(pair.flows.timeouts[flow]).toBeLessThanOrEqual(1)
    const { pair: without, flow: same } = transfer(10 * MSS, PLAIN, losing(5, 6, 7, 8))
    without.sim.run()
    expect(pair.flows.completedPs[flow]).toBeLessThanOrEqual(without.flows.completedPs[same]!)
  })

  it('halves the window for the loss it repaired, and not for a probe that was not needed', () => {
    const run = (fate: (packet: Passing) => object) => {
      const { pair, connection } = transfer(10 * MSS, { ...PLAIN, tailLossProbe: true }, { fate })
      pair.sim.run()
      return connection.sender!.control.cwndBytes
    }
    const slowAck = (packet: Passing) =>
      packet.side === 'server' && packet.count >= 10 ? { extraDelayPs: 5 * RTT } : {}
    expect(run(last.fate)).toBeLessThan(20 * MSS)
    expect(run(losing(9).fate)).toBeLessThan(run(slowAck))
  })
})
