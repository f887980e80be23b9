import { randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Nat } from './nat.ts'
import { EXTERNAL, natOf, REMOTE, TCP, UDP } from './nat.fixture.ts'
import { DEPENDENCES, type NatOptions } from './nat-options.ts'
import {
  FILTERED,
  HOST_LIMIT,
  NAT_DROP_REASONS,
  NO_HAIRPIN,
  NO_MAPPING,
  PORTS_EXHAUSTED,
  TRANSLATED,
} from './nat-outcome.ts'
import { natPool } from './nat-pool.ts'

const [A, B, C] = [10, 11, 12]
const [X, Y] = [20, 21]
const ICMP = 1
const GRE = 47

function setUp(
  options: Partial<NatOptions> = {},
  ports: readonly (readonly [number, number])[] = [[1024, 65_535]],
) {
  const clock = { now: 0 }
  const pool = natPool({ addresses: [EXTERNAL], ports })
  const nat = new Nat(clock, randomStream('nat', 'test'), { pool, ...options })
  /** The external port of an inside endpoint towards a remote one, held by a session; or the drop reason. */
  const out = (protocol: number, inside: number, port: number, remote: number, remotePort: number) => {
    const outcome = nat.outbound(protocol, inside, port, remote, remotePort)
    if (outcome !== TRANSLATED) return NAT_DROP_REASONS[outcome]
    if (nat.options.lifetime === 'sessions') nat.retain(nat.mapping, remote, remotePort)
    return nat.port
  }
  return { clock, nat, out }
}

describe('mapping behaviours by the definitions of RFC 4787 §4.1', () => {
  it.each([
    ['endpoint-independent', 'same', 'same', 'same'],
    ['address-dependent', 'same', 'other', 'other'],
    ['address-and-port-dependent', 'other', 'other', 'other'],
  ] as const)('%s: another port of X %s, the same of Y %s, another of Y %s', (mapping, xPort, y, yPort) => {
    const { nat, out } = setUp({ profile: 'rfc', mapping, allocation: 'sequential' })
    const first = out(UDP, A, 5000, X, 80)
    const sameOrOther = (port: unknown) => (port === first ? 'same' : 'other')
    expect(
      [out(UDP, A, 5000, X, 81), out(UDP, A, 5000, Y, 80), out(UDP, A, 5000, Y, 81)].map(sameOrOther),
    ).toEqual([xPort, y, yPort])
    expect(out(UDP, A, 5000, X, 80)).toBe(first)
    expect(out(UDP, A, 5001, X, 80)).not.toBe(first)
    expect(nat.counts().byKind.udp.size).toBe(nat.counts().size)
  })
})

describe('filtering behaviours by the definitions of RFC 4787 §5', () => {
  const cases = DEPENDENCES.flatMap((mapping) =>
    DEPENDENCES.map((filtering) => [mapping, filtering] as const),
  )
  it.each(cases)('mapping %s, filtering %s', (mapping, filtering) => {
    const { nat, out } = setUp({ profile: 'rfc', mapping, filtering })
    const port = Number(out(UDP, A, 5000, X, 80))
    const strictness = DEPENDENCES.indexOf(filtering)
    const arrive = (remote: number, remotePort: number) =>
      nat.inbound(UDP, EXTERNAL, port, remote, remotePort)
    expect(arrive(X, 80)).toBe(TRANSLATED)
    expect([nat.address, nat.port]).toEqual([A, 5000])
    expect(arrive(X, 81)).toBe(strictness <= 1 ? TRANSLATED : FILTERED)
    expect(arrive(Y, 80)).toBe(strictness === 0 ? TRANSLATED : FILTERED)
    expect(nat.inbound(UDP, EXTERNAL, port + 1, X, 80)).toBe(NO_MAPPING)
    expect(nat.inbound(TCP, EXTERNAL, port, X, 80)).toBe(NO_MAPPING)
    expect(nat.inbound(UDP, 99, port, X, 80)).toBe(NO_MAPPING)
    const refused = [arrive(X, 81), arrive(Y, 80)].filter((outcome) => outcome === FILTERED).length
    expect(nat.counts()).toMatchObject({ filtered: 2 * refused, noMapping: 3 })
  })
})

describe('Nat', () => {
  it('names the first that found no port', () => {
    const { clock, nat, connect } = natOf(3, SECOND)
    for (let i = 0; i < 3; i++) connect()
    clock.now = 7
    expect(connect()).toBe(PORTS_EXHAUSTED)
    expect(connect()).toBe(PORTS_EXHAUSTED)
    expect(nat.counts()).toMatchObject({
      portsExhausted: 2,
      firstPortVictim: {
        atPs: 7,
        protocol: UDP,
        address: 104,
        port: 0,
        remoteAddress: REMOTE,
        remotePort: 53,
      },
    })
  })

  it('keeps ports as Linux does: the own one where it is free for this destination, else of its class', () => {
    const { out } = setUp({}, [[1, 65_535]])
    expect(out(TCP, A, 5000, X, 443)).toBe(5000)
    expect(out(TCP, B, 5000, Y, 443)).toBe(5000)
    const other = Number(out(TCP, B, 5000, X, 443))
    expect(other).not.toBe(5000)
    expect(other).toBeGreaterThanOrEqual(1024)
    // its newest mapping first, then its own port again
    expect(out(TCP, B, 5000, 22, 443)).toBe(other)
    for (const [port, low, high] of [
      [99, 1, 511],
      [599, 600, 1023],
    ] as const) {
      expect(out(UDP, A, port, X, 53)).toBe(port)
      for (let host = 100; host < 150; host++) {
        const moved = Number(out(UDP, host, port, X, 53))
        expect(moved >= low && moved <= high && moved !== port).toBe(true)
      }
    }
  })

  it('has 4 ports 4 times for each destination and protocol where they are overloaded', () => {
    const { out, nat } = setUp({}, [[1024, 1027]])
    const toX = [1, 2, 3, 4, 5].map((i) => out(TCP, A, 7000 + i, X, 80))
    expect(toX.slice(0, 4).sort()).toEqual([1024, 1025, 1026, 1027])
    expect(toX[4]).toBe('nat-ports-exhausted')
    for (const [protocol, remote, port] of [
      [TCP, X, 81],
      [TCP, Y, 80],
      [UDP, X, 80],
    ] as const)
      expect([1, 2, 3, 4].map((i) => out(protocol, B, 7000 + i, remote, port)).sort()).toEqual([
        1024, 1025, 1026, 1027,
      ])
    expect(nat.counts().size).toBe(16)
  })

  it('finds every last port of a large range', () => {
    const { out, nat } = setUp({}, [[2000, 2599]])
    const ports = Array.from({ length: 600 }, (_, i) => out(TCP, A, 10_000 + i, X, 80))
    expect(new Set(ports).size).toBe(600)
    expect(ports.every((port) => Number(port) >= 2000 && Number(port) <= 2599)).toBe(true)
    expect(out(TCP, A, 9999, X, 80)).toBe('nat-ports-exhausted')
    nat.release(nat.mappingOf(TCP, A, 10_300, X, 80), X, 80)
    expect(out(TCP, A, 9999, X, 80)).toBe(ports[300])
  })

  it('limits the mappings of a host, of all protocols and of one', () => {
    const { nat, out } = setUp({ mappingsPerHostMax: 3, mappingsPerHostAndKindMax: { tcp: 2 } })
    out(TCP, A, 1, X, 80)
    out(TCP, A, 2, X, 80)
    expect(out(TCP, A, 3, X, 80)).toBe('nat-limit')
    expect(out(UDP, A, 3, X, 80)).toBeTypeOf('number')
    expect(out(UDP, A, 4, X, 80)).toBe('nat-limit')
    expect(out(UDP, B, 4, X, 80)).toBeTypeOf('number')
    expect(nat.hostOf(A)).toEqual({ address: A, mappings: 3, peak: 3, refused: 2 })
    expect(nat.counts()).toMatchObject({
      hostLimit: 2,
      firstLimitVictim: { address: A, protocol: TCP, port: 3 },
    })
    nat.release(nat.mappingOf(TCP, A, 1, X, 80), X, 80)
    expect(nat.outbound(TCP, A, 3, X, 80)).toBe(TRANSLATED)
    expect(nat.outbound(TCP, A, 4, X, 80)).toBe(HOST_LIMIT)
  })

  it('holds a freed port down, from the instant at which it was freed', () => {
    const { clock, nat, out } = setUp({ profile: 'rfc', holdDownPs: 100 }, [[2000, 2000]])
    out(UDP, A, 1, X, 80)
    const mapping = nat.mappingOf(UDP, A, 1, X, 80)
    clock.now = 50
    nat.release(mapping, X, 80, 30)
    expect(nat.counts()).toMatchObject({ size: 0, held: 1, mean: 30 / 50 })
    clock.now = 129
    expect(out(UDP, B, 1, X, 80)).toBe('nat-ports-exhausted')
    expect(nat.inbound(UDP, EXTERNAL, 2000, X, 80)).toBe(NO_MAPPING)
    clock.now = 130
    expect(out(UDP, B, 1, X, 80)).toBe(2000)
  })

  it('takes back a mapping whose packet was not let through, without holding its port down', () => {
    const { nat } = setUp({ profile: 'rfc' }, [[2000, 2000]])
    nat.outbound(UDP, A, 1, X, 80)
    nat.discard(nat.mapping)
    expect(nat.counts()).toMatchObject({ size: 0, held: 0 })
    expect(nat.outbound(UDP, B, 1, X, 80)).toBe(TRANSLATED)
  })

  it('keeps a mapping while one of its sessions lives', () => {
    const { nat, out } = setUp({ profile: 'rfc', filtering: 'address-and-port-dependent' })
    const port = Number(out(UDP, A, 1, X, 80))
    out(UDP, A, 1, Y, 80)
    const mapping = nat.mappingOf(UDP, A, 1, X, 80)
    nat.release(mapping, X, 80)
    expect(nat.inbound(UDP, EXTERNAL, port, X, 80)).toBe(FILTERED)
    expect(nat.inbound(UDP, EXTERNAL, port, Y, 80)).toBe(TRANSLATED)
    nat.release(mapping, Y, 80)
    expect(nat.inbound(UDP, EXTERNAL, port, Y, 80)).toBe(NO_MAPPING)
    expect(() => nat.release(mapping, Y, 80)).toThrow(`mapping ${mapping} is not in use`)
  })

  it('refreshes by packets from outside only if told to', () => {
    for (const refreshesInbound of [true, false]) {
      const options = {
        lifetime: 'idle',
        refreshesInbound,
        timeoutsPs: { udp: 10, udpAnswered: 10 },
      } as const
      const { clock, nat, out } = setUp(options)
      const port = Number(out(UDP, A, 5000, X, 80))
      clock.now = 9
      expect(nat.inbound(UDP, EXTERNAL, port, X, 80)).toBe(TRANSLATED)
      clock.now = 11
      expect(nat.inbound(UDP, EXTERNAL, port, X, 80)).toBe(refreshesInbound ? TRANSLATED : NO_MAPPING)
    }
  })

  it('waits for TCP as long as its state says', () => {
    const { clock, nat } = setUp({ lifetime: 'idle', timeoutsPs: { tcpTransitory: 10, tcpEstablished: 100 } })
    const [FIN, SYN, RST, ACK] = [17, 2, 4, 16]
    const send = (flags: number) => nat.outbound(TCP, A, 5000, X, 80, flags)
    const answer = (flags: number) => nat.inbound(TCP, EXTERNAL, 5000, X, 80, flags)
    const waits = () => {
      const began = clock.now
      const { created } = nat.counts()
      for (; nat.counts().size === 1 && clock.now < began + 200; clock.now++);
      expect(nat.counts().created).toBe(created)
      return clock.now - began - 1
    }
    const after = (...packets: (() => unknown)[]) => {
      for (const packet of packets) packet()
      return waits()
    }
    const open = [() => send(SYN), () => answer(SYN + ACK), () => send(ACK)]
    expect(after(...open.slice(0, 1))).toBe(9)
    expect(after(...open.slice(0, 2))).toBe(9)
    expect(after(...open)).toBe(99)
    // a SYN begins anew, but one that comes again after its answer is no loss
    expect(after(...open, () => send(SYN))).toBe(9)
    expect(
      after(
        ...open.slice(0, 2),
        () => send(SYN),
        () => send(ACK),
      ),
    ).toBe(99)
    expect(after(...open, () => send(FIN))).toBe(99)
    expect(
      after(
        ...open,
        () => send(FIN),
        () => answer(FIN),
      ),
    ).toBe(9)
    expect(after(...open, () => answer(RST))).toBe(9)
  })

  it('lets nobody in to the next mapping by what the one before it in its row sent to', () => {
    const { clock, nat } = setUp({
      profile: 'rfc',
      filtering: 'address-dependent',
      lifetime: 'idle',
      timeoutsPs: { tcpTransitory: 10, tcpEstablished: 100 },
    })
    const [SYN, RST, ACK] = [2, 4, 16]
    nat.outbound(TCP, A, 5000, X, 80, SYN)
    const [row, port] = [nat.mapping, nat.port]
    nat.inbound(TCP, EXTERNAL, port, X, 80, SYN + ACK)
    nat.outbound(TCP, A, 5000, X, 80, ACK)
    // its end is let in for 100 ps, but a reset with another shortens the mapping's life
    nat.outbound(TCP, A, 5000, Y, 80, RST)
    clock.now = 10
    expect(nat.outbound(TCP, B, 5000, Y, 80, SYN)).toBe(TRANSLATED)
    expect(nat.mapping).toBe(row)
    expect(nat.inbound(TCP, EXTERNAL, nat.port, Y, 80)).toBe(TRANSLATED)
    nat.outbound(TCP, B, 5000, Y, 80, ACK)
    expect(nat.inbound(TCP, EXTERNAL, nat.port, X, 80)).toBe(FILTERED)
  })

  it('hairpins between inside endpoints, by their external ones', () => {
    const { nat, out } = setUp({ profile: 'rfc' })
    const port = Number(out(UDP, B, 6000, X, 80))
    expect(nat.isExternal(EXTERNAL)).toBe(true)
    expect(nat.hairpin(UDP, A, 5000, EXTERNAL, port)).toBe(TRANSLATED)
    expect([nat.address, nat.targetAddress, nat.targetPort]).toEqual([EXTERNAL, B, 6000])
    // its source is A's external endpoint, by which B answers
    const [back, mapping] = [nat.port, nat.mapping]
    nat.retain(mapping, EXTERNAL, port)
    expect(nat.hairpin(UDP, B, 6000, EXTERNAL, back)).toBe(TRANSLATED)
    expect([nat.port, nat.targetAddress, nat.targetPort]).toEqual([port, A, 5000])
    const before = nat.counts().size
    expect(nat.hairpin(UDP, C, 5000, EXTERNAL, port === 65_535 ? port - 1 : port + 1)).toBe(NO_MAPPING)
    expect(nat.counts().size).toBe(before)
    expect(setUp().nat.hairpin(UDP, A, 5000, EXTERNAL, 5000)).toBe(NO_HAIRPIN)
  })

  it('does not hairpin to the mapping that the packet itself would make, as it translates the destination first', () => {
    const { nat, out } = setUp({ profile: 'rfc', allocation: 'preserve' })
    expect(nat.hairpin(UDP, A, 5000, EXTERNAL, 5000)).toBe(NO_MAPPING)
    expect(nat.counts().size).toBe(0)
    expect(out(UDP, A, 5000, X, 80)).toBe(5000)
    expect(nat.hairpin(UDP, A, 5000, EXTERNAL, 5000)).toBe(TRANSLATED)
    expect([nat.targetAddress, nat.targetPort]).toEqual([A, 5000])
  })

  it('gives an attached address all ports and protocols, both ways, from anybody', () => {
    const { nat, out } = setUp()
    nat.attach(A, 50)
    for (const protocol of [TCP, UDP, ICMP, GRE, 50]) {
      expect(nat.outbound(protocol, A, 7, X, 80)).toBe(TRANSLATED)
      expect([nat.address, nat.port, nat.mapping]).toEqual([50, 7, -1])
      expect(nat.inbound(protocol, 50, 22, Y, 9)).toBe(TRANSLATED)
      expect([nat.address, nat.port]).toEqual([A, 22])
    }
    expect(nat.counts().size).toBe(0)
    expect(out(TCP, B, 7000, X, 80)).toBe(7000)
    expect(nat.address).toBe(EXTERNAL)
    // by its external address it is reached from inside, and by itself, whatever the mappings of others do
    for (const inside of [B, A]) {
      expect(nat.hairpin(TCP, inside, 7000, 50, 22)).toBe(TRANSLATED)
      expect([nat.address, nat.targetAddress, nat.targetPort]).toEqual([inside === A ? 50 : EXTERNAL, A, 22])
    }
    expect(() => nat.attach(A, 51)).toThrow('inside address 10 has external address 50 already')
    expect(() => nat.attach(B, 50)).toThrow('external address 50 stands for inside address 10 already')
    expect(() => nat.attach(B, EXTERNAL)).toThrow('external address 1 is in the pool')
    expect([nat.detach(A), nat.detach(A), nat.isExternal(50)]).toEqual([true, false, false])
  })

  it('keeps identifiers of ICMP as if they were ports, and has one place an address for what has none', () => {
    const { nat, out } = setUp({}, [[1024, 65_535]])
    const identifiers = natPool({ addresses: [EXTERNAL], icmp: { ports: [[7, 8]] } })
    const small = new Nat({ now: 0 }, randomStream('nat', 'icmp'), { pool: identifiers })
    expect([small.outbound(ICMP, A, 7, X, 0), small.port]).toEqual([TRANSLATED, 7])
    expect([small.outbound(ICMP, B, 7, X, 0), small.port]).toEqual([TRANSLATED, 8])
    expect(small.outbound(ICMP, C, 7, X, 0)).toBe(PORTS_EXHAUSTED)
    expect(small.inbound(ICMP, EXTERNAL, 8, X, 0)).toBe(TRANSLATED)
    expect([small.address, small.port]).toEqual([B, 7])
    expect(out(GRE, A, 0, X, 0)).toBe(0)
    expect(out(GRE, B, 0, X, 0)).toBe('nat-ports-exhausted')
    expect(out(GRE, B, 0, Y, 0)).toBe(0)
    // whose an ICMP error is that quotes a packet, whoever sent it
    expect(nat.insideAddressOf(nat.mappingAt(GRE, EXTERNAL, 0, Y, 0))).toBe(B)
  })

  it('refuses options that make no sense, all of them at once', () => {
    const pool = natPool({ addresses: [EXTERNAL] })
    const make = (options: object) => () =>
      new Nat({ now: 0 }, randomStream('nat', 'refused'), { pool, ...options })
    expect(make({ profile: 'rfc', overloading: true })).toThrow(
      'overloading: got mapping endpoint-independent and filtering endpoint-independent, expected address-and-port-dependent for both',
    )
    expect(make({ capacty: 4, mapping: 'cone', holdDownPs: -1, capacity: 0 })).toThrow(
      /unknown option of NAT "capacty"; did you mean "capacity"\?[\s\S]*mapping: got cone[\s\S]*holdDownPs[\s\S]*capacity: got 0/,
    )
    expect(make({ pool: [...pool, ...pool] })).toThrow('address 1 is in the pool twice')
    expect(make({ blocks: { size: 0 }, timeoutsPs: { tcp: 4 } })).toThrow(
      /timeoutsPs.tcp: unknown[\s\S]*blocks.size/,
    )
    expect(() => natPool({ addresses: [1], ports: [[5, 4]] })).toThrow('ports.0: got the ports 5 to 4')
    expect(() => natPool({ addresses: [1], ports: [[5, 6]], reserved: [[1, 9]] })).toThrow(
      'no port is left for tcp',
    )
  })
})
