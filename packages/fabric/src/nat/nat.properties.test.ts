import { randomStream } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Nat } from './nat.ts'
import { NatOracle, type OracleMapping } from './nat.oracle.ts'
import { DEPENDENCES, type NatOptions } from './nat-options.ts'
import { TABLE_FULL, TRANSLATED } from './nat-outcome.ts'
import { natPool } from './nat-pool.ts'

const EXTERNAL = [900, 901]
const INSIDE = [0, 1, 2, 3]

/** Small enough that ports, tables and limits run out all the time. */
const options: fc.Arbitrary<NatOptions> = fc
  .record({
    mapping: fc.constantFrom(...DEPENDENCES),
    filtering: fc.constantFrom(...DEPENDENCES),
    overloading: fc.constantFrom(true, false, false),
    addresses: fc.constantFrom(1, 1, 2),
    ports: fc.constantFrom<readonly (readonly [number, number])[]>(
      [[1020, 1027]],
      [[2000, 2005]],
      [
        [1021, 1022],
        [1055, 1057],
      ],
    ),
    reserved: fc.constantFrom<readonly (readonly [number, number])[]>([], [[1022, 1022]], [[2002, 2003]]),
    pairing: fc.constantFrom('paired' as const, 'arbitrary' as const),
    allocation: fc.constantFrom('preserve' as const, 'sequential' as const, 'random' as const),
    portClasses: fc.constantFrom('rfc' as const, 'none' as const),
    isBlocked: fc.boolean(),
    size: fc.integer({ min: 1, max: 3 }),
    blocksMax: fc.integer({ min: 1, max: 2 }),
    keepsParity: fc.boolean(),
    holdDownPs: fc.constantFrom(0, 0, 5),
    lifetime: fc.constantFrom('sessions' as const, 'idle' as const),
    refreshesInbound: fc.boolean(),
    capacity: fc.constantFrom(3, 8, 100),
    mappingsPerHostMax: fc.constantFrom(2, 100),
    tcpMax: fc.constantFrom(undefined, 1),
    seed: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ addresses, ports, reserved, isBlocked, size, blocksMax, tcpMax, ...rest }) => ({
    ...rest,
    ...(rest.overloading ? { mapping: DEPENDENCES[2], filtering: DEPENDENCES[2] } : {}),
    pool: natPool({ addresses: EXTERNAL.slice(0, addresses), ports, reserved: isBlocked ? [] : reserved }),
    ...(isBlocked
      ? {
          blocks: { size, blocksMax },
          pool: natPool({ addresses: EXTERNAL.slice(0, addresses), ports: [ports[0]!] }),
        }
      : {}),
    ...(tcpMax === undefined ? {} : { mappingsPerHostAndKindMax: { tcp: tcpMax } }),
    timeoutsPs: { tcpTransitory: 7, tcpEstablished: 20, udp: 5, udpAnswered: 9, icmp: 4, other: 6 },
  }))

const packet = fc.record({
  protocol: fc.constantFrom(6, 6, 17, 1, 47),
  inside: fc.constantFrom(...INSIDE),
  insidePort: fc.constantFrom(1020, 1021, 1024, 2000, 2001),
  remote: fc.constantFrom(500, 501),
  remotePort: fc.constantFrom(80, 81),
  tcpFlags: fc.constantFrom(2, 16, 16, 17, 4),
})
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('out' as const), packet, isDropped: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('in' as const),
      packet,
      which: fc.nat(20),
      isStray: fc.boolean(),
      strayPort: fc.integer({ min: 1018, max: 1028 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), forPs: fc.integer({ min: 0, max: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(20) }) },
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never
type Packet = typeof packet extends fc.Arbitrary<infer P> ? P : never

interface Session {
  readonly row: number
  readonly mapping: OracleMapping
  readonly remote: number
  readonly remotePort: number
}

/** A NAT and its oracle side by side. */
class Pair {
  readonly clock = { now: 0 }
  readonly nat: Nat
  readonly oracle: NatOracle
  readonly sessions: Session[] = []

  constructor(given: NatOptions) {
    this.nat = new Nat(this.clock, randomStream('nat', 'properties'), given)
    this.oracle = new NatOracle(this.nat.options, homesOf(given))
  }

  act(step: Action): void {
    this.oracle.advance(this.clock.now)
    if (step.do === 'wait') this.clock.now += step.forPs
    else if (step.do === 'out') this.out(step.packet, step.isDropped)
    else if (step.do === 'in') this.in(step)
    else this.endSession(step.which)
    this.oracle.advance(this.clock.now)
    this.check()
  }

  private out(
    { protocol, inside, insidePort, remote, remotePort, tcpFlags }: Packet,
    isDropped: boolean,
  ): void {
    const { nat, oracle } = this
    const isIdle = nat.options.lifetime === 'idle'
    let mapping = oracle.find(protocol, inside, insidePort, remote, remotePort)
    const legal = oracle.legal(protocol, inside, insidePort, remote, remotePort)
    const outcome = nat.outbound(protocol, inside, insidePort, remote, remotePort, tcpFlags)
    if (mapping !== undefined) {
      if (outcome === TRANSLATED) expect([nat.address, nat.port]).toEqual([mapping.external, mapping.port])
    } else if (outcome === TRANSLATED || (isIdle && legal.outcome === TRANSLATED)) {
      expect(legal.outcome).toBe(TRANSLATED)
      const row = nat.mappingOf(protocol, inside, insidePort, remote, remotePort)
      const [address, port] = [nat.externalAddressOf(row), nat.externalPortOf(row)]
      expect([...legal.choices]).toContain(`${address}:${port}`)
      mapping = oracle.make(protocol, inside, insidePort, remote, remotePort, address, port)
    } else {
      expect(outcome).toBe(legal.outcome)
      return
    }
    if (isIdle) {
      const isRemembered = oracle.follow(mapping, false, tcpFlags, remote, remotePort)
      expect(outcome).toBe(isRemembered ? TRANSLATED : TABLE_FULL)
      return
    }
    expect(outcome).toBe(TRANSLATED)
    const row = nat.mapping
    if (!isDropped) {
      const isRetained = oracle.retain(mapping, remote, remotePort)
      expect(nat.retain(row, remote, remotePort)).toBe(isRetained)
      if (isRetained) {
        this.sessions.push({ row, mapping, remote, remotePort })
        return
      }
    }
    nat.discard(row)
    if (mapping.sessions === 0) oracle.mappings = oracle.mappings.filter((other) => other !== mapping)
  }

  private in({ packet: p, which, isStray, strayPort }: Action & { do: 'in' }): void {
    const { nat, oracle } = this
    const known = oracle.mappings[which % Math.max(1, oracle.mappings.length)]
    const [protocol, external, port] =
      isStray || known === undefined
        ? [p.protocol, EXTERNAL[0]!, strayPort]
        : [known.protocol, known.external, known.port]
    const expected = oracle.inbound(protocol, external, port, p.remote, p.remotePort)
    const outcome = nat.inbound(protocol, external, port, p.remote, p.remotePort, p.tcpFlags)
    expect(outcome).toBe(expected.outcome)
    if (expected.mapping === undefined) return
    expect([nat.address, nat.port]).toEqual([expected.mapping.inside, expected.mapping.insidePort])
    if (nat.options.lifetime === 'idle')
      oracle.follow(expected.mapping, true, p.tcpFlags, p.remote, p.remotePort)
  }

  private endSession(which: number): void {
    if (this.sessions.length === 0) return
    const [session] = this.sessions.splice(which % this.sessions.length, 1)
    const { row, mapping, remote, remotePort } = session!
    this.nat.release(row, remote, remotePort)
    this.oracle.release(mapping, remote, remotePort)
  }

  /** The same mappings on both sides, no external tuple twice, no port lost. */
  private check(): void {
    const { nat, oracle } = this
    const tuples = oracle.mappings.map(
      (m) =>
        `${m.protocol} ${m.external}:${m.port}${nat.options.overloading ? ` ${m.remote}:${m.remotePort}` : ''}`,
    )
    expect(new Set(tuples).size).toBe(tuples.length)
    const rows: string[] = []
    nat.forEach((row) => {
      rows.push(
        `${nat.protocolOf(row)} ${nat.insideAddressOf(row)} ${nat.externalAddressOf(row)}:${nat.externalPortOf(row)}`,
      )
    })
    expect(rows.sort()).toEqual(
      oracle.mappings.map((m) => `${m.protocol} ${m.inside} ${m.external}:${m.port}`).sort(),
    )
    const { size, held } = nat.counts()
    expect({ size, held: nat.options.capacity === 100 ? held : oracle.held.length }).toEqual({
      size: oracle.mappings.length,
      held: oracle.held.length,
    })
    const perHost = INSIDE.map((inside) => nat.hostOf(inside)?.mappings ?? 0)
    expect(perHost).toEqual(INSIDE.map((host) => oracle.mappings.filter((m) => m.inside === host).length))
    if (nat.options.overloading) return
    const ports = nat.options.pool.flatMap(({ address }) =>
      [6, 17, 1, 47].map((protocol) => ({ address, protocol, ...nat.portsOf(address, protocol) })),
    )
    const usedOf = ({ address, protocol }: (typeof ports)[number]) =>
      oracle.mappings.filter((m) => m.external === address && m.protocol === protocol).length
    expect(ports.map((each) => each.free + usedOf(each) + each.held)).toEqual(ports.map(({ range }) => range))
  }
}

/** Which external address each inside one has, as another NAT with the same seed says it. */
function homesOf(given: NatOptions): Map<number, number> {
  const other = new Nat({ now: 0 }, randomStream('nat', 'homes'), {
    profile: 'rfc',
    pool: natPool({ addresses: given.pool.map(({ address }) => address), ports: [[1, 4]] }),
    seed: given.seed!,
  })
  return new Map(
    INSIDE.map((inside) => {
      expect(other.outbound(6, inside, 5000, 500, 80)).toBe(TRANSLATED)
      return [inside, other.address]
    }),
  )
}

describe('Nat', () => {
  it('agrees with the naive model of the RFCs in any history, with all its options', {
    timeout: 60_000,
  }, () => {
    const property = fc.property(
      options,
      fc.array(action, { maxLength: 60, size: 'max' }),
      (given, steps) => {
        // the naive model has no idea of ports that could not be held down for want of room
        const roomy = given.holdDownPs === 0 ? given : { ...given, capacity: 100 }
        const pair = new Pair(roomy)
        for (const step of steps) pair.act(step)
      },
    )
    fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 400) })
  })
})
