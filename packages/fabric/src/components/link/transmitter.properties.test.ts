import { type EventHandler, Simulation } from '@weft/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CE, ECT0, NOT_ECT, PacketTable } from '../../model/packet-table.ts'
import { Ledger } from '../../model/ledger.ts'
import { Transmitter } from './transmitter.ts'
import type { TransmitterConfig } from './transmitter-config.ts'
import { TransmitterTable } from './transmitter-table.ts'
import { TransmitterOracle } from './transmitter.oracle.ts'

type Action =
  | { readonly kind: 'send'; readonly gapPs: number; readonly sizeBytes: number; readonly ecn: number }
  | { readonly kind: 'up' | 'down' | 'read'; readonly gapPs: number }

/** Drawn before the link is known: counts of 100-byte slots on the wire become times and sizes that often tie. */
interface Draft {
  readonly kind: 'send' | 'up' | 'down' | 'read'
  readonly gap: { readonly slots: number } | { readonly ps: number }
  readonly size: { readonly slots: number } | { readonly bytes: number }
  readonly ecn: number
}

const limit = fc.oneof(
  fc.record({ packets: fc.integer({ min: 0, max: 6 }), bytes: fc.constant(Infinity) }),
  fc.record({ packets: fc.constant(Infinity), bytes: fc.integer({ min: 0, max: 6000 }) }),
)

const threshold = fc.oneof(
  fc.constant({ packets: Infinity, bytes: Infinity }),
  fc.record({ packets: fc.integer({ min: 1, max: 5 }), bytes: fc.constant(Infinity) }),
  fc.record({ packets: fc.constant(Infinity), bytes: fc.integer({ min: 1, max: 4000 }) }),
)

const config: fc.Arbitrary<TransmitterConfig> = fc
  .record({
    // 80, 800, 20, 2666.67, 1142.86, 8000 ps per byte, and a prime rate
    rateBps: fc.constantFrom(100e9, 10e9, 400e9, 3e9, 7e9, 1e9, 999_999_937),
    delayPs: fc.constantFrom(0, 1, 8_000, 1_000_000),
    framing: fc.constantFrom([0, 0], [38, 84], [2, 0]),
    capacity: limit,
    ecn: threshold,
    markAtDequeue: fc.boolean(),
  })
  .map(({ rateBps, delayPs, framing, capacity, ecn, markAtDequeue }) => ({
    name: 'a → b',
    rateBps,
    delayPs,
    overheadBytes: framing[0]!,
    slotBytesMin: framing[1]!,
    capacityPackets: capacity.packets,
    capacityBytes: capacity.bytes,
    ecnPackets: ecn.packets,
    ecnBytes: ecn.bytes,
    markAtDequeue,
  }))

const gap = fc.oneof(
  { weight: 6, arbitrary: fc.record({ slots: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ ps: fc.integer({ min: 0, max: 400_000 }) }) },
  { weight: 1, arbitrary: fc.record({ ps: fc.integer({ min: 0, max: 100_000_000 }) }) },
)
const size = fc.oneof(
  { weight: 3, arbitrary: fc.record({ slots: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ bytes: fc.integer({ min: 1, max: 9000 }) }) },
)
const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constant('send' as const) },
    { weight: 4, arbitrary: fc.constant('read' as const) },
    { weight: 2, arbitrary: fc.constantFrom('up' as const, 'down' as const) },
  ),
  gap,
  size,
  ecn: fc.constantFrom(NOT_ECT, ECT0, CE),
})

const SLOT_BYTES = 100

function actionsOf(config: TransmitterConfig, drafts: readonly Draft[]): Action[] {
  const slotPs = Math.floor((SLOT_BYTES * 8e12) / config.rateBps)
  return drafts.map(({ kind, gap, size, ecn }) => {
    const gapPs = 'ps' in gap ? gap.ps : gap.slots * slotPs
    if (kind !== 'send') return { kind, gapPs }
    return {
      kind,
      gapPs,
      sizeBytes: 'bytes' in size ? size.bytes : size.slots * SLOT_BYTES - config.overheadBytes,
      ecn,
    }
  })
}

/** Everything that can be seen of a transmitter, in order. */
interface Observed {
  readonly arrivals: [number, number, number][]
  readonly drops: [number, number, string][]
  readonly readings: number[][]
  readonly totals: number[]
}

function runTransmitter(config: TransmitterConfig, actions: readonly Action[]): Observed {
  const sim = new Simulation()
  const packets = new PacketTable({ checked: true })
  const ledger = new Ledger(packets)
  const observed: Observed = { arrivals: [], drops: [], readings: [], totals: [] }
  const idOf = (packet: number) => packets.sequence[packet]!
  ledger.addDropListener({
    onDrop: (packet, reason) => observed.drops.push([sim.now, idOf(packet), ledger.reasonName(reason)]),
  })
  const receiver = {
    receive(packet: number) {
      observed.arrivals.push([sim.now, idOf(packet), packets.ecn[packet]!])
      ledger.deliver(packet)
    },
  }
  const link = new Transmitter(config, new TransmitterTable(sim, packets, ledger, receiver), 0, 0)
  const script: EventHandler = {
    name: 'script',
    onEvent(index) {
      const action = actions[index]!
      if (action.kind === 'send') {
        const packet = packets.allocate()
        packets.sequence[packet] = index
        packets.sizeBytes[packet] = action.sizeBytes
        packets.ecn[packet] = action.ecn
        ledger.originated++
        link.send(packet)
      } else if (action.kind === 'read') {
        observed.readings.push([link.waitingPackets, link.waitingBytes, link.busyPs, link.packetsMarked])
      } else {
        link.setUp(action.kind === 'up')
      }
      ledger.assertConserved()
    },
  }
  const handler = sim.register(script)
  let at = 0
  actions.forEach((action, index) => {
    at += action.gapPs
    sim.schedule(at, handler, index)
  })
  sim.run()
  const { packetsSent, packetsMarked, wireBytesSent, busyPs } = link
  const peakWaiting = link.takePeakWaiting()
  observed.totals.push(packetsSent, wireBytesSent, packetsMarked, peakWaiting, busyPs, packets.live)
  return observed
}

function runOracle(config: TransmitterConfig, actions: readonly Action[]): Observed {
  const oracle = new TransmitterOracle(config)
  const readings: number[][] = []
  const sizes = actions.map((action) => (action.kind === 'send' ? action.sizeBytes : 0))
  let now = 0
  actions.forEach((action, id) => {
    now += action.gapPs
    if (action.kind === 'send') oracle.arrive(now, { id, sizeBytes: action.sizeBytes, ecn: action.ecn })
    else if (action.kind !== 'read') oracle.setUp(now, action.kind === 'up')
    else {
      oracle.advance(now)
      readings.push([oracle.waitingPackets(), oracle.waitingBytes(), oracle.busyPs(now), oracle.marked])
    }
  })
  oracle.advance(Infinity)
  const wire = oracle.arrivals.map(([, id]) =>
    Math.max(sizes[id]! + config.overheadBytes, config.slotBytesMin),
  )
  const wireTotal = wire.reduce((sum, bytes) => sum + bytes, 0)
  const totals = [oracle.arrivals.length, wireTotal, oracle.marked, oracle.peak, oracle.busyPs(0), 0]
  return { arrivals: oracle.arrivals, drops: oracle.drops, readings, totals }
}

it('does to the packet and picosecond what a naive FIFO link does', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(config, fc.array(draft, { maxLength: 120, size: 'max' }), (config, drafts) => {
      const actions = actionsOf(config, drafts)
      expect(runTransmitter(config, actions)).toEqual(runOracle(config, actions))
    }),
    { numRuns: 800 },
  )
})

it('carries the remainder of a picosecond: n packets take the whole part of their total time', () => {
  const property = fc.property(
    fc.oneof(
      fc.integer({ min: 1_000, max: 137_000_000_000 }),
      fc.integer({ min: 1, max: 1_600_000 }).map((megabits) => megabits * 1_000_000),
    ),
    fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 60, size: 'max' }),
    (rateBps, sizes) => {
      const unlimited = {
        capacityPackets: Infinity,
        capacityBytes: Infinity,
        ecnPackets: Infinity,
        ecnBytes: Infinity,
      }
      const bare = {
        name: 'a → b',
        rateBps,
        delayPs: 0,
        overheadBytes: 0,
        slotBytesMin: 0,
        markAtDequeue: false,
      }
      const sends = sizes.map((sizeBytes) => ({ kind: 'send' as const, gapPs: 0, sizeBytes, ecn: NOT_ECT }))
      const { arrivals } = runTransmitter({ ...bare, ...unlimited }, sends)
      let bits = 0n
      arrivals.forEach(([atPs], i) => {
        bits += BigInt(sizes[i]!) * 8n
        expect(BigInt(atPs)).toBe((bits * 1_000_000_000_000n) / BigInt(rateBps))
      })
    },
  )
  fc.assert(property)
})
