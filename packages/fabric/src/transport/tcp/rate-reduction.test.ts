import { US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Passing } from '../test-kit/pipe.ts'
import { transfer } from '../test-kit/transfer.ts'
import { RateReduction } from './rate-reduction.ts'

const MSS = 1000

/** A sender with so many segments in flight, of which some are lost. */
class Flight {
  una = 1
  next: number
  pipeBytes: number
  readonly board = { sackedBytes: 0 }
  readonly control: { cwndBytes: number; ssthreshBytes: number }
  readonly reduction = new RateReduction(this, MSS)

  constructor(segments: number, lost: number, ssthreshSegments: number) {
    this.next = 1 + segments * MSS
    this.pipeBytes = (segments - lost) * MSS
    this.control = { cwndBytes: segments * MSS, ssthreshBytes: ssthreshSegments * MSS }
    this.reduction.begin()
  }

  /** One acknowledgement that a segment was SACKed; answers how many segments it lets out, which leave. */
  sacked(safe = false): number {
    this.board.sackedBytes += MSS
    this.pipeBytes -= MSS
    this.reduction.update(MSS, safe)
    let sent = 0
    while (this.control.cwndBytes - this.pipeBytes >= MSS) {
      this.next += MSS
      this.pipeBytes += MSS
      this.reduction.sent(MSS)
      sent++
    }
    return sent
  }
}

const sackedTimes = (flight: Flight, count: number, safe = false) =>
  Array.from({ length: count }, () => flight.sacked(safe))

describe('proportional rate reduction (RFC 9937)', () => {
  it.each([
    [20, 10],
    [20, 14],
    [31, 30],
  ])(
    'of %i in flight takes the flight to %i in one round trip, in proportion to what arrives',
    (flightSegments, ssthresh) => {
      const flight = new Flight(flightSegments, 0, ssthresh)
      let total = 0
      for (let arrived = 1; arrived <= flightSegments; arrived++) {
        const reducing = flight.pipeBytes - MSS > ssthresh * MSS
        total += flight.sacked()
        // the first acknowledgement lets one out in any case; then whole segments of the share that is due
        const due = Math.max(1, Math.floor((arrived * ssthresh) / flightSegments))
        if (reducing) expect(total).toBe(due)
      }
      expect(flight.pipeBytes).toBe(ssthresh * MSS)
    },
  )

  it('sends no more than arrived once losses have taken the pipe below ssthresh', () => {
    const flight = new Flight(20, 15, 10)
    expect(sackedTimes(flight, 4)).toEqual([1, 1, 1, 1])
    expect(flight.pipeBytes).toBe(5 * MSS)
  })

  it('sends one more for each acknowledgement that advances and shows no loss, up to ssthresh', () => {
    const flight = new Flight(20, 15, 10)
    expect(sackedTimes(flight, 8, true)).toEqual([2, 2, 2, 2, 2, 1, 1, 1])
    expect(flight.pipeBytes).toBe(10 * MSS)
  })

  it('leaves the window at ssthresh when what was in flight is acknowledged, and something beyond', () => {
    const flight = new Flight(20, 0, 10)
    const { reduction } = flight
    sackedTimes(flight, 3)
    flight.una = 1 + 20 * MSS
    expect(reduction.isPast).toBe(false)
    flight.una += MSS
    expect(reduction.isPast).toBe(true)
    reduction.finish()
    expect(flight.control.cwndBytes).toBe(10 * MSS)
    expect(reduction.active).toBe(false)
  })
})

describe('a connection with proportional rate reduction', () => {
  const PLAIN: Partial<TcpOptions> = {
    mssBytes: MSS,
    delayedAckSegments: 1,
    tailLossProbe: false,
    initialWindowSegments: 20,
  }
  const PER_BYTE = 1
  /** Twenty segments fit into the round trip many times over, so that every acknowledgement is an instant of its own. */
  const pipe = { psPerByte: PER_BYTE, delayPs: 10 * US }

  /** How many data segments left in answer to each acknowledgement, from the first that came back. */
  function answers(log: readonly Passing[], count: number): number[] {
    const arrivals = log
      .filter((packet) => packet.side === 'server' && !packet.flags.includes('S'))
      .map((packet) => packet.sentPs + packet.size * PER_BYTE + pipe.delayPs)
    return arrivals
      .slice(0, count)
      .map((at) => log.filter((p) => p.side === 'client' && p.payload > 0 && p.sentPs === at).length)
  }

  it('repairs one loss of twenty in flight and goes on sending on every other acknowledgement', () => {
    let lost = false
    const fate = (packet: Passing) => {
      if (lost || packet.side !== 'client' || packet.dataCount !== 0) return undefined
      lost = true
      return { drop: true }
    }
    const { pair, connection } = transfer(200 * MSS, PLAIN, { ...pipe, fate })
    pair.sim.run(60 * US)
    // limited transmit twice, the copy on the third, then the second half segment of each two that arrive
    expect(answers(pair.log, 12)).toEqual([1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1])
    expect(connection.sender!.control.ssthreshBytes).toBe(10 * MSS)
  })

  it.each([
    [true, [1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]],
    [false, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]],
  ])('with prr %s, a mark halves the window: segments sent per acknowledgement', (prr, expected) => {
    const options = { ...PLAIN, ecn: true, prr, initialSsthreshBytes: 20 * MSS }
    const fate = (packet: Passing) => ({ mark: packet.dataCount === 0 })
    const { pair, connection } = transfer(200 * MSS, options, { ...pipe, fate })
    pair.sim.run(50 * US)
    expect(answers(pair.log, 16)).toEqual(expected)
    expect(connection.sender!.control.ssthreshBytes).toBe(10 * MSS)
  })
})
