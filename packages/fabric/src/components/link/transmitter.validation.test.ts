import { type EventHandler, MS, Simulation } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { mean, standardError } from '../../../test/helpers/statistics.ts'
import { framingBytes } from '../../model/framing.ts'
import { Ledger } from '../../model/ledger.ts'
import { NOT_ECT, PacketTable } from '../../model/packet-table.ts'
import { Transmitter } from './transmitter.ts'
import { TransmitterTable } from './transmitter-table.ts'

/** Header and FCS of an Ethernet frame: what a frame's length counts beyond the IP packet. */
const FRAME_BYTES = 18

/** A lone Ethernet link whose receiver frees packets. */
function ethernetLink(rateBps: number, onArrival: (sentPs: number) => void, overheadBytes?: number) {
  const sim = new Simulation()
  const packets = new PacketTable()
  const ledger = new Ledger(packets)
  const receiver = {
    receive(packet: number) {
      onArrival(packets.timestampValue[packet]!)
      ledger.deliver(packet)
    },
  }
  const framing = overheadBytes === undefined ? framingBytes('ethernet') : framingBytes({ overheadBytes })
  const unlimited = {
    capacityPackets: Infinity,
    capacityBytes: Infinity,
    ecnPackets: Infinity,
    ecnBytes: Infinity,
  }
  const config = { name: 'a → b', rateBps, delayPs: 0, ...framing, ...unlimited, markAtDequeue: false }
  const link = new Transmitter(config, new TransmitterTable(sim, packets, ledger, receiver), 0, 0)
  const send = (sizeBytes: number) => {
    const packet = packets.allocate()
    packets.sizeBytes[packet] = sizeBytes
    packets.ecn[packet] = NOT_ECT
    packets.timestampValue[packet] = sim.now
    link.send(packet)
  }
  return { sim, send }
}

/** Frames that a link saturated from time 0 has carried within this time. */
function framesWithin(durationPs: number, rateBps: number, frameBytes: number): number {
  let arrived = 0
  const { sim, send } = ethernetLink(rateBps, () => {
    arrived++
    send(frameBytes - FRAME_BYTES)
  })
  // two, so that one always waits while the other is sent
  send(frameBytes - FRAME_BYTES)
  send(frameBytes - FRAME_BYTES)
  sim.run(durationPs)
  return arrived
}

/** The time on the wire of one frame among its like. */
function slotPs(rateBps: number, frameBytes: number): number {
  let last = 0
  const { sim, send } = ethernetLink(rateBps, () => (last = sim.now))
  for (let i = 0; i < 1000; i++) send(frameBytes - FRAME_BYTES)
  sim.run()
  return last / 1000
}

describe('row 46: frames per second at line rate', () => {
  it.each([
    [10e9, 64, 14_880_952],
    [10e9, 128, 8_445_946],
    [10e9, 256, 4_528_986],
    [10e9, 512, 2_349_624],
    [10e9, 1024, 1_197_318],
    [10e9, 1280, 961_538],
    [10e9, 1518, 812_744],
    [10e9, 9018, 138_305],
    [100e9, 64, 148_809_524],
    [1e9, 64, 1_488_095],
    [400e9, 64, 595_238_095],
  ])('row 46: %d bit/s with frames of %d bytes: %d per second', (rateBps, frameBytes, expected) => {
    expect(Math.round(1e12 / slotPs(rateBps, frameBytes))).toBe(expected)
    expect(framesWithin(MS, rateBps, frameBytes)).toBe(Math.floor(expected / 1000))
  })
})

describe('row 47: slot times at 100 Gbit/s', () => {
  it.each([
    [64, 6_720],
    [1518, 123_040],
    [9018, 723_040],
  ])('row 47: a frame of %d bytes occupies %d ps', (frameBytes, expected) => {
    expect(slotPs(100e9, frameBytes)).toBe(expected)
  })
})

const SLOT_BYTES = 1538
const SLOT_PS = 123_040
const LOAD = 0.9

/** Mean wait behind a 100G port under Poisson arrivals at this load, in picoseconds, the first tenth left out. */
function meanWaitPs(seed: string, packetCount: number, exponentialSizes: boolean): number {
  let waits = 0
  let arrived = 0
  const warmup = packetCount / 10
  const { sim, send } = ethernetLink(
    100e9,
    (sentPs) => {
      if (arrived++ >= warmup) waits += sim.now - sentPs
    },
    0,
  )
  const arrivals = sim.random(`${seed}/arrivals`)
  const sizes = sim.random(`${seed}/sizes`)
  let sent = 0
  let transmissionPs = 0
  const source: EventHandler = {
    name: 'poisson',
    onEvent() {
      const size = exponentialSizes
        ? Math.max(1, Math.round(-Math.log(1 - sizes.next()) * SLOT_BYTES))
        : SLOT_BYTES
      if (sent >= warmup) transmissionPs += size * 80
      send(size)
      if (++sent === packetCount) return
      sim.schedule(sim.now + Math.round((-Math.log(1 - arrivals.next()) * SLOT_PS) / LOAD), handler)
    },
  }
  const handler = sim.register(source)
  sim.schedule(0, handler)
  sim.run()
  return (waits - transmissionPs) / (packetCount - warmup)
}

describe('row 3: a 100G port with 1538-byte slots at 90 % Poisson load', { timeout: 120_000 }, () => {
  it.each([
    ['equal', 553.68, false],
    ['exponential', 1107.36, true],
  ])('row 3: with %s sizes a packet waits %d ns on average', (_sizes, expectedNs, exponentialSizes) => {
    const waits = Array.from(
      { length: 40 },
      (_, i) => meanWaitPs(`row-3/${i}`, 100_000, exponentialSizes) / 1000,
    )
    // Student's t, 39 degrees of freedom, 99 %
    const halfWidth = 2.708 * standardError(waits)
    expect(Math.abs(mean(waits) - expectedNs)).toBeLessThan(halfWidth)
    expect(halfWidth / expectedNs).toBeLessThan(0.03)
  })
})
