import fc from 'fast-check'
import { INSIDE, OUTSIDE, STRANGER } from './firewall-router.ts'
import {
  ICMP,
  ICMPV6,
  icmpError,
  icmpQuery,
  ipBytes,
  type IpPacket,
  ipPacket,
  TCP,
  tcpSegment,
  UDP,
  udpDatagram,
} from './ip-packets.ts'
import type { ScriptedPacket } from './scripted-packet.ts'

type Side = 'inside' | 'outside'

/** A packet of one of a few flows, so that flows come again and are mistaken for each other if they can be. */
interface Datagram {
  readonly kind: 'udp' | 'query' | 'plain' | 'syn'
  readonly from: Side
  /** Local and remote port, or ICMP's identifier. */
  readonly ports: readonly [inside: number, outside: number]
  /** ICMP type of whoever asks, and whether this packet is the answer. */
  readonly query: number
  readonly isAnswer: boolean
  readonly code: number
  readonly protocol: number
}

/** An ICMP error about a packet that went the other way. */
interface ErrorMessage {
  readonly kind: 'error'
  readonly from: Side
  readonly isStranger: boolean
  readonly error: number
  readonly code: number
  readonly about: Datagram
  /** Sent to somebody else than who sent the packet. */
  readonly isMisled: boolean
}

export interface DatagramScript {
  readonly isIpv6: boolean
  readonly packets: readonly (Datagram | ErrorMessage)[]
}

const rarely = <Value>(common: Value, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ arbitrary: fc.constant(common), weight: 8 }, { arbitrary: rare, weight: 1 })

/** What flows are of: few of them, so that packets and errors meet connections that there are. */
const flow = fc.record({
  kind: fc.constantFrom<Datagram['kind']>('udp', 'query', 'plain', 'syn'),
  ports: fc.tuple(fc.constantFrom(1000, 2000), fc.constantFrom(80, 1000)),
  query: rarely(0, fc.integer({ min: 1, max: 5 })),
  protocol: fc.constantFrom(50, 89, 253),
})
const turn = fc.record({
  flow: fc.nat({ max: 2 }),
  from: fc.constantFrom<Side>('inside', 'inside', 'outside'),
  isAnswer: fc.boolean(),
  code: rarely(0, fc.constant(1)),
  error: fc.option(
    fc.record({
      isStranger: fc.boolean(),
      error: fc.nat({ max: 4 }),
      isMisled: rarely(false, fc.constant(true)),
    }),
    { freq: 2 },
  ),
})

export const datagramScript: fc.Arbitrary<DatagramScript> = fc
  .record({
    isIpv6: fc.boolean(),
    flows: fc.array(flow, { minLength: 1, maxLength: 3 }),
    turns: fc.array(turn, { minLength: 1, maxLength: 25 }),
  })
  .map(({ isIpv6, flows, turns }) => ({
    isIpv6,
    packets: turns.map(({ flow: place, from, isAnswer, code, error }) => {
      const packet: Datagram = { ...flows[place % flows.length]!, from, isAnswer, code }
      // the error goes the other way
      return error === null
        ? packet
        : { kind: 'error', from: from === 'inside' ? 'outside' : 'inside', ...error, code, about: packet }
    }),
  }))

/** Echo, timestamp, information, mask; two types that are none of them, one beyond the known ones. */
const QUERIES = [8, 13, 15, 17, 10, 40]
const ANSWERS = [0, 14, 16, 18, 9, 41]
const QUERIES_V6 = [128, 139, 128, 139, 145, 200]
const ANSWERS_V6 = [129, 140, 129, 140, 146, 201]
const ERRORS = [3, 4, 5, 11, 12]
const ERRORS_V6 = [1, 2, 3, 4, 100]

/** The script as packets, and as words. */
export function datagramsOf({ isIpv6, packets }: DatagramScript): ScriptedPacket[] {
  return packets.map((packet) => {
    const made = packet.kind === 'error' ? errorOf(packet, isIpv6) : datagramOf(packet, isIpv6)
    return { step: [packet.from, ipPacket(made)], words: wordsOf(packet, made) }
  })
}

function datagramOf(packet: Datagram, isIpv6: boolean): IpPacket {
  const version = isIpv6 ? 1 : 0
  const [inside, outside] = packet.ports
  const isOut = packet.from === 'inside'
  const [source, destination] = isOut ? [INSIDE, OUTSIDE] : [OUTSIDE, INSIDE]
  const ends = { source: source[version]!, destination: destination[version]! }
  const [sourcePort, destinationPort] = isOut ? [inside, outside] : [outside, inside]
  switch (packet.kind) {
    case 'udp':
      return { ...ends, protocol: UDP, payload: udpDatagram(sourcePort, destinationPort, 4) }
    case 'syn':
      return {
        ...ends,
        protocol: TCP,
        payload: tcpSegment({
          sourcePort,
          destinationPort,
          flags: packet.isAnswer ? 0x12 : 2,
          acknowledgement: 1,
        }),
      }
    case 'plain':
      return { ...ends, protocol: packet.protocol, payload: new Uint8Array(16) }
    case 'query': {
      const queries = isIpv6 ? QUERIES_V6 : QUERIES
      const answers = isIpv6 ? ANSWERS_V6 : ANSWERS
      const type = (packet.isAnswer ? answers : queries)[packet.query]!
      return { ...ends, protocol: isIpv6 ? ICMPV6 : ICMP, payload: icmpQuery(type, packet.code, inside) }
    }
  }
}

function errorOf(packet: ErrorMessage, isIpv6: boolean): IpPacket {
  const version = isIpv6 ? 1 : 0
  const about = datagramOf(packet.about, isIpv6)
  const destination = packet.isMisled
    ? packet.from === 'inside'
      ? STRANGER[version]!
      : INSIDE[version]!
    : about.source
  const source =
    packet.from === 'inside' ? INSIDE[version]! : (packet.isStranger ? STRANGER : OUTSIDE)[version]!
  const type = (isIpv6 ? ERRORS_V6 : ERRORS)[packet.error]!
  return {
    source,
    destination,
    protocol: isIpv6 ? ICMPV6 : ICMP,
    payload: icmpError(type, packet.code, ipBytes(about)),
  }
}

function wordsOf(packet: Datagram | ErrorMessage, made: IpPacket): string {
  const head = `${packet.from} ${packet.kind} ${made.source} > ${made.destination} protocol ${made.protocol}`
  if (packet.kind === 'error') return `${head} type ${made.payload[0]} about ${JSON.stringify(packet.about)}`
  return `${head} ports ${packet.ports.join(' ')} first bytes ${made.payload.slice(0, 2).join(' ')}`
}
