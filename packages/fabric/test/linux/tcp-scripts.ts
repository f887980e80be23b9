import fc from 'fast-check'
import { INSIDE, OUTSIDE } from './firewall-router.ts'
import { ipPacket, TCP, tcpSegment } from './ip-packets.ts'
import type { ScriptedPacket } from './scripted-packet.ts'

/** A segment by what it is beside the numbers that its connection has come to. */
export interface ScriptedSegment {
  readonly from: 'inside' | 'outside'
  readonly flags: number
  /** How far its numbers are from the expected ones. */
  readonly ahead: number
  readonly ackAhead: number
  readonly window: number
  readonly payloadBytes: number
  readonly windowScale?: number | undefined
  readonly sackPermitted: boolean
  /** Right edge of a SACK block beyond the acknowledgement. */
  readonly sackAhead?: number | undefined
}

export interface TcpScript {
  readonly isIpv6: boolean
  readonly starts: readonly [inside: number, outside: number]
  readonly segments: readonly ScriptedSegment[]
}

const [FIN, SYN, RST, PSH, ACK, URG] = [1, 2, 4, 8, 16, 32]
const NAMES = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

const usually = <Value>(common: Value, rare: fc.Arbitrary<Value>, weight = 3): fc.Arbitrary<Value> =>
  fc.oneof({ arbitrary: fc.constant(common), weight }, { arbitrary: rare, weight: 1 })

const flags = fc.oneof(
  { arbitrary: fc.constantFrom(SYN, SYN | ACK, ACK, ACK | PSH, FIN | ACK, RST, RST | ACK), weight: 20 },
  {
    arbitrary: fc.constantFrom(SYN | 0xc0, SYN | URG, FIN | ACK | URG, ACK | 0x40, SYN | ACK | URG),
    weight: 2,
  },
  { arbitrary: fc.nat({ max: 255 }), weight: 1 },
)
const numberAhead = usually(
  0,
  fc.oneof(
    fc.constantFrom(1, -1, 2, -2, 1000, -1000, 65_535, 65_536, -65_536, -66_000, -66_001, 70_000),
    fc.integer({ min: -200_000, max: 200_000 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  ),
)
const segment: fc.Arbitrary<ScriptedSegment> = fc.record({
  from: fc.constantFrom('inside' as const, 'outside' as const),
  flags,
  ahead: numberAhead,
  ackAhead: numberAhead,
  window: fc.oneof(fc.constantFrom(65_535, 0, 1, 1000), fc.nat({ max: 65_535 })),
  payloadBytes: usually(0, fc.constantFrom(1, 100, 1400), 2),
  windowScale: fc.option(fc.constantFrom(0, 1, 7, 14, 15), { nil: undefined }),
  sackPermitted: fc.boolean(),
  sackAhead: fc.option(fc.constantFrom(1, 1400, 100_000), { nil: undefined, freq: 5 }),
})
const plain = (from: 'inside' | 'outside', bits: number): ScriptedSegment => ({
  from,
  flags: bits,
  ahead: 0,
  ackAhead: 0,
  window: 65_535,
  payloadBytes: 0,
  sackPermitted: false,
})
/** Usual courses, so that random segments meet every state. */
const opening = [plain('inside', SYN), plain('outside', SYN | ACK), plain('inside', ACK)]
const answered = [...opening, { ...plain('inside', ACK), payloadBytes: 100 }, plain('outside', ACK)]
const course = fc.constantFrom(
  [],
  [],
  opening.slice(0, 1),
  opening.slice(0, 2),
  opening,
  answered,
  [...answered, plain('outside', FIN | ACK), plain('inside', ACK)],
  [...answered, plain('inside', FIN | ACK), plain('outside', ACK), plain('outside', FIN | ACK)],
  [...answered, plain('inside', FIN | ACK), plain('outside', FIN | ACK), plain('inside', ACK)],
  [...answered, plain('inside', RST)],
  [plain('inside', SYN), plain('outside', SYN)],
)

export const tcpScript: fc.Arbitrary<TcpScript> = fc
  .record({
    isIpv6: fc.boolean(),
    starts: fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 2 ** 32 - 1 })),
    course,
    segments: fc.array(segment, { minLength: 1, maxLength: 12 }),
  })
  .map(({ course, segments, ...rest }) => ({ ...rest, segments: [...course, ...segments] }))

/** The script's segments as packets, and as words. */
export function segmentsOf({ isIpv6, starts, segments }: TcpScript): ScriptedPacket[] {
  const version = isIpv6 ? 1 : 0
  const next = { inside: starts[0], outside: starts[1] }
  return segments.map((one) => {
    const other = one.from === 'inside' ? 'outside' : 'inside'
    const sequence = (next[one.from] + one.ahead) >>> 0
    const acknowledgement = (next[other] + one.ackAhead) >>> 0
    const length = one.payloadBytes + (one.flags & SYN ? 1 : 0) + (one.flags & FIN ? 1 : 0)
    if (one.ahead === 0) next[one.from] = (sequence + length) >>> 0
    const [source, destination] = one.from === 'inside' ? [INSIDE, OUTSIDE] : [OUTSIDE, INSIDE]
    const ports = one.from === 'inside' ? [1000, 80] : [80, 1000]
    const right = (acknowledgement + (one.sackAhead ?? 0)) >>> 0
    const payload = tcpSegment({
      sourcePort: ports[0]!,
      destinationPort: ports[1]!,
      flags: one.flags,
      sequence,
      acknowledgement,
      window: one.window,
      payloadBytes: one.payloadBytes,
      ...(one.flags & SYN && one.windowScale !== undefined ? { windowScale: one.windowScale } : {}),
      ...(one.flags & SYN ? { sackPermitted: one.sackPermitted } : {}),
      ...(one.sackAhead === undefined || one.flags & SYN
        ? {}
        : { sackBlocks: [[(right - 1) >>> 0, right]] as const }),
    })
    const packet = ipPacket({
      source: source[version],
      destination: destination[version],
      protocol: TCP,
      payload,
    })
    return { step: [one.from, packet], words: wordsOf(one, sequence, acknowledgement) }
  })
}

function wordsOf(one: ScriptedSegment, sequence: number, acknowledgement: number): string {
  const bits = NAMES.filter((_, bit) => one.flags & (1 << bit)).join('+')
  const options = `${one.windowScale ?? '-'}${one.sackPermitted ? ' sack' : ''}${one.sackAhead === undefined ? '' : ` sacks +${one.sackAhead}`}`
  return `${one.from} ${bits || 'no flags'} seq ${sequence} (${one.ahead}) ack ${acknowledgement} (${one.ackAhead}) win ${one.window} len ${one.payloadBytes} scale ${options}`
}
