import fc from 'fast-check'
import { ICMP, TCP, UDP } from './ip-packets.ts'
import {
  externalAddress,
  FAR,
  nodePort,
  REMOTES,
  type Sender,
  SERVER,
  serviceAddress,
  SERVICE_PORT,
  type ServerPlan,
  STRANGER,
  TARGET,
  WORKLOADS,
} from './server-rules.ts'
import type { WirePacket } from './server-packets.ts'
import type { ServerOutcome } from './weft-server.ts'

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16]
const SERVICES = 3

/** What is sent next, by whom: who has sent or got something before says so by the place of that. */
export type Turn =
  | {
      readonly do: 'open'
      readonly from: number
      readonly to: number
      readonly protocol: number
      readonly flags: number
    }
  | {
      readonly do: 'answer' | 'again'
      readonly which: number
      readonly flags: number
      readonly payloadBytes: number
      /** How far its numbers are from those that its end has come to. */
      readonly ahead: number
      readonly ackAhead: number
    }
  | { readonly do: 'error'; readonly which: number; readonly code: number; readonly isStranger: boolean }

const mostly = <Value>(common: Value, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ arbitrary: fc.constant(common), weight: 6 }, { arbitrary: rare, weight: 1 })

const ahead = mostly(
  0,
  fc.constantFrom(1, -1, 1000, -1000, 65_535, 65_536, -66_000, -66_001, 200_000, 2 ** 31),
)
const rest = { payloadBytes: fc.constantFrom(0, 0, 100), ahead, ackAhead: ahead }
const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('open' as const),
      from: fc.nat({ max: 4 }),
      to: fc.nat({ max: 3 * SERVICES + 5 }),
      protocol: fc.constantFrom(TCP, TCP, UDP),
      flags: mostly(SYN, fc.constantFrom(ACK, SYN | ACK, RST)),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which: fc.nat({ max: 30 }),
      flags: fc.constantFrom(SYN | ACK, SYN | ACK, ACK, FIN | ACK, RST, RST | ACK),
      ...rest,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('again' as const),
      which: fc.nat({ max: 30 }),
      flags: fc.constantFrom(SYN, ACK, ACK, FIN | ACK, RST),
      ...rest,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('error' as const),
      which: fc.nat({ max: 30 }),
      code: fc.constantFrom(1, 3, 13),
      isStranger: fc.boolean(),
    }),
  },
)

const allowed = fc.option(
  fc.array(
    fc.record({
      peer: fc.constantFrom(undefined, WORKLOADS.a, WORKLOADS.b, FAR, ...REMOTES),
      port: fc.constantFrom(TARGET, TARGET, TARGET + 1),
    }),
    { maxLength: 3 },
  ),
  { nil: undefined, freq: 2 },
)
const rules = fc.record({ egress: allowed, ingress: allowed }).map(({ egress, ingress }) => ({
  ...(egress !== undefined && { egress }),
  ...(ingress !== undefined && { ingress }),
}))

export const serverPlan: fc.Arbitrary<ServerPlan> = fc.record({
  services: fc.array(
    fc.record({
      endpoint: fc.constantFrom(
        'a' as const,
        'a' as const,
        'b' as const,
        'far' as const,
        'far' as const,
        'self' as const,
        'none' as const,
      ),
      isLocal: fc.boolean(),
    }),
    { minLength: SERVICES, maxLength: SERVICES },
  ),
  rules: fc.record({ a: rules, b: rules }),
  whenDenied: fc.constantFrom('drop' as const, 'reject' as const),
})

export const serverTurns: fc.Arbitrary<Turn[]> = fc.array(turn, { minLength: 1, maxLength: 25, size: 'max' })

type Segment = Omit<Extract<Turn, { do: 'answer' | 'again' }>, 'do' | 'which'>

/** Those that call: two workloads, two over the uplink, and the server itself. */
const CALLERS = [
  { link: 'a', address: WORKLOADS.a },
  { link: 'b', address: WORKLOADS.b },
  { link: 'up', address: REMOTES[0] },
  { link: 'up', address: REMOTES[1] },
  { link: 'self', address: SERVER },
] as const

interface Sent {
  readonly link: Sender
  readonly packet: WirePacket
}

/** Numbers of one end of a connection, as that end sees it. */
interface Numbers {
  next: number
  acknowledged: number
}

/** Makes packets of turns, each by what came out for those before it. */
export class ServerScript {
  readonly sent: Sent[] = []
  readonly #got: Sent[] = []
  readonly #numbers = new Map<string, Numbers>()

  /** The packet of a turn; undefined where it refers to nothing. */
  next(turn: Turn): Sent | undefined {
    const made = this.#make(turn)
    if (made !== undefined) this.sent.push(made)
    return made
  }

  /** What came out for the last packet. */
  came({ out }: ServerOutcome): void {
    for (const each of out) {
      const { protocol, sequence, payloadBytes, flags } = each.packet
      this.#got.push(each)
      if (protocol !== TCP) continue
      const own = this.#of(each.link, turned(each.packet))
      const end = (sequence + lengthOf(payloadBytes, flags)) >>> 0
      // a SYN begins anew, and nobody acknowledges what does not follow
      if ((flags & SYN) !== 0 || sequence === own.acknowledged) own.acknowledged = end
    }
  }

  #make(turn: Turn): Sent | undefined {
    if (turn.do === 'open') return this.#open(turn)
    const known = turn.do === 'again' ? this.sent : this.#got
    const about = known[turn.which % Math.max(1, known.length)]
    if (about === undefined || about.packet.protocol === ICMP) return undefined
    if (turn.do === 'error') return errorAbout(about, turn)
    const packet = turn.do === 'again' ? about.packet : turned(about.packet)
    return { link: about.link, packet: this.#filled(about.link, packet, turn) }
  }

  #open({ from, to, protocol, flags }: Extract<Turn, { do: 'open' }>): Sent | undefined {
    const { link, address } = CALLERS[from]!
    const targets = [
      ...Array.from({ length: SERVICES }, (_, i) => [SERVER, nodePort(i)] as const),
      [WORKLOADS.a, TARGET],
      [WORKLOADS.b, TARGET],
      [WORKLOADS.b, TARGET + 1],
      // what is not for this server does not come over its uplink
      ...(link === 'up'
        ? []
        : ([
            ...Array.from({ length: SERVICES }, (_, i) => [serviceAddress(i), SERVICE_PORT] as const),
            ...Array.from({ length: SERVICES }, (_, i) => [externalAddress(i), SERVICE_PORT] as const),
            [FAR, TARGET],
            [REMOTES[0], TARGET + 1],
            [SERVER, TARGET],
          ] as const)),
    ] as const
    const place = to % targets.length
    const [destination, destinationPort] = targets[place]!
    // what is sent to itself otherwise is in no table here
    if (destination === address && destinationPort < nodePort(0)) return undefined
    const sourcePort = 2000 + 100 * from + place
    const ends = {
      source: address,
      destination,
      protocol,
      sourcePort,
      destinationPort,
      sequence: 0,
      acknowledgement: 0,
    }
    const plain = { flags, payloadBytes: 0, ahead: 0, ackAhead: 0 }
    return { link, packet: this.#filled(link, { ...ends, ...plain }, plain) }
  }

  #filled(link: Sender, packet: WirePacket, { flags, payloadBytes, ahead, ackAhead }: Segment): WirePacket {
    const { error: _, ...rest } = packet
    if (packet.protocol === UDP) return { ...rest, flags: 0, sequence: 0, acknowledgement: 0, payloadBytes }
    const own = this.#of(link, packet)
    // a SYN that comes again has its old number
    const expected = (flags & SYN) !== 0 ? 0 : own.next
    const carried = (flags & (SYN | RST)) !== 0 ? 0 : payloadBytes
    if (ahead === 0) own.next = (expected + lengthOf(carried, flags)) >>> 0
    const acknowledgement = (flags & ACK) !== 0 ? (own.acknowledged + ackAhead) >>> 0 : 0
    return { ...rest, flags, sequence: (expected + ahead) >>> 0, acknowledgement, payloadBytes: carried }
  }

  #of(link: Sender, { source, destination, sourcePort, destinationPort }: WirePacket): Numbers {
    const key = `${link} ${source}:${sourcePort} ${destination}:${destinationPort}`
    const numbers = this.#numbers.get(key) ?? { next: 0, acknowledged: 0 }
    this.#numbers.set(key, numbers)
    return numbers
  }
}

const lengthOf = (payloadBytes: number, flags: number): number =>
  payloadBytes + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0)

const turned = (packet: WirePacket): WirePacket => ({
  ...packet,
  source: packet.destination,
  destination: packet.source,
  sourcePort: packet.destinationPort,
  destinationPort: packet.sourcePort,
})

function errorAbout({ link, packet }: Sent, { code, isStranger }: Extract<Turn, { do: 'error' }>): Sent {
  const source = isStranger && link === 'up' ? STRANGER : packet.destination
  const ends = { source, destination: packet.source, protocol: ICMP, sourcePort: 0, destinationPort: 0 }
  const rest = { flags: 0, sequence: 0, acknowledgement: 0, payloadBytes: 0 }
  return { link, packet: { ...ends, ...rest, error: { type: 3, code, about: packet } } }
}
