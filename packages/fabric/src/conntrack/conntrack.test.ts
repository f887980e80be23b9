import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { ACK, FIN, RST, SYN } from '../model/tcp-flags.ts'
import { Conntrack, CONNTRACK_CLASH, CONNTRACK_FULL } from './conntrack.ts'
import type { ConntrackOptions } from './conntrack-options.ts'
import { ConntrackPacket } from './conntrack-packet.ts'
import { ESTABLISHED, INVALID, NEW, ORIGINAL, RELATED, REPLY, UNTRACKED, type Verdict } from './verdict.ts'

const [INSIDE, SERVER, GATEWAY, ROUTER] = [1, 2, 3, 4]

/** A connection tracker whose packets are all let through; fields of a packet that are not given are 0. */
function trackerOf(options: ConntrackOptions = {}) {
  const clock = { now: 0 }
  const conntrack = new Conntrack(clock, { capacity: 16, ...options })
  const packetOf = (fields: Partial<ConntrackPacket>) => Object.assign(new ConntrackPacket(), fields)
  const see = (fields: Partial<ConntrackPacket>): Verdict => {
    const packet = packetOf(fields)
    const verdict = conntrack.inspect(packet)
    if (conntrack.opens) conntrack.commit(packet)
    return verdict
  }
  return { clock, conntrack, packetOf, see }
}

const udp = (port = 1000) => ({
  source: INSIDE,
  destination: SERVER,
  sourcePort: port,
  destinationPort: 53,
  protocol: 17,
})
const tcp = (tcpFlags: number, sequence = 0, acknowledgement = 0) => ({
  ...udp(),
  protocol: 6,
  tcpFlags,
  sequence,
  acknowledgement,
  sackEnd: acknowledgement,
  windowBytes: 1000,
})
const back = <Packet extends ReturnType<typeof udp>>(packet: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  destination: packet.source,
  sourcePort: packet.destinationPort,
  destinationPort: packet.sourcePort,
})

describe('Conntrack', () => {
  it('keeps UDP for 30 s, answered or not, and a stream for 120 s once it goes on after 2 s', () => {
    const { clock, see } = trackerOf()
    expect(see(udp())).toBe(NEW)
    clock.now = 1 * SECOND
    expect(see(back(udp()))).toBe(ESTABLISHED)
    clock.now = 31 * SECOND - 1
    expect(see(udp())).toBe(ESTABLISHED)
    clock.now += 120 * SECOND - 1
    expect(see(back(udp()))).toBe(ESTABLISHED)
    clock.now += 120 * SECOND
    expect(see(back(udp()))).toBe(NEW)
  })

  it('follows a TCP connection to its end and lets it be opened anew', () => {
    const { clock, conntrack, see } = trackerOf()
    expect(see(tcp(SYN))).toBe(NEW)
    expect(see(back(tcp(SYN | ACK, 0, 1)))).toBe(ESTABLISHED)
    expect(see(tcp(ACK, 1, 1))).toBe(ESTABLISHED)
    clock.now = 400_000 * SECOND
    expect(see(tcp(FIN | ACK, 1, 1))).toBe(ESTABLISHED)
    expect(see(back(tcp(FIN | ACK, 1, 2)))).toBe(ESTABLISHED)
    expect(see(tcp(ACK, 2, 2))).toBe(ESTABLISHED)
    clock.now += 100 * SECOND
    expect(see(tcp(SYN, 5000))).toBe(NEW)
    expect(conntrack.counts()).toMatchObject({ size: 1, inserted: 2 })
  })

  it('takes a RST at its word only if its number is the next one', () => {
    const { clock, conntrack, see } = trackerOf()
    see(tcp(SYN))
    see(back(tcp(SYN | ACK, 0, 1)))
    see(tcp(ACK, 1, 1))
    expect(see(back(tcp(RST, 0)))).toBe(INVALID)
    expect(see(back(tcp(RST, 2)))).toBe(ESTABLISHED)
    see(tcp(ACK, 1, 1))
    clock.now = 11 * SECOND
    expect(conntrack.counts().size).toBe(1)
    expect(see(back(tcp(RST, 1)))).toBe(ESTABLISHED)
    clock.now = 21 * SECOND
    expect(conntrack.counts().size).toBe(0)
  })

  it('without windows judges by flags alone: any RST closes, no number is wrong', () => {
    const { clock, conntrack, see } = trackerOf({ tracksWindows: false })
    see(tcp(SYN))
    see(back(tcp(SYN | ACK, 7, 7_000_000)))
    expect(see(tcp(ACK, 900_000, 5))).toBe(ESTABLISHED)
    expect(see(back(tcp(RST, 123)))).toBe(ESTABLISHED)
    clock.now = 10 * SECOND
    expect(conntrack.counts().size).toBe(0)
  })

  it('takes up TCP connections in their middle, unless told not to', () => {
    expect(trackerOf().see(tcp(ACK, 77, 88))).toBe(NEW)
    expect(trackerOf({ isLoose: false }).see(tcp(ACK, 77, 88))).toBe(INVALID)
  })

  it('finds replies of a rewritten connection, and errors about both forms of its packets', () => {
    const { conntrack, packetOf } = trackerOf()
    conntrack.inspect(packetOf(udp()))
    const row = conntrack.commitTranslated(packetOf(udp()), SERVER, GATEWAY, 53, 40_000)
    const reply = packetOf({ ...back(udp(40_000)), destination: GATEWAY })
    expect(conntrack.inspect(reply)).toBe(ESTABLISHED)
    expect([conntrack.row, conntrack.direction]).toEqual([row, REPLY])
    expect(conntrack.inspect(packetOf(back(udp())))).toBe(NEW)
    expect([conntrack.sourceOf(row, ORIGINAL), conntrack.sourcePortOf(row, ORIGINAL)]).toEqual([INSIDE, 1000])
    expect([conntrack.destinationOf(row, REPLY), conntrack.destinationPortOf(row, REPLY)]).toEqual([
      GATEWAY,
      40_000,
    ])
    const error = (quoted: ReturnType<typeof udp>) =>
      packetOf({
        source: ROUTER,
        destination: quoted.source,
        protocol: 1,
        icmpType: 3,
        quotedSource: quoted.source,
        quotedDestination: quoted.destination,
        quotedSourcePort: quoted.sourcePort,
        quotedDestinationPort: quoted.destinationPort,
        quotedProtocol: 17,
      })
    expect(conntrack.inspect(error({ ...udp(40_000), source: GATEWAY }))).toBe(RELATED)
    expect([conntrack.row, conntrack.direction]).toEqual([row, REPLY])
    expect(conntrack.inspect(error(back(udp())))).toBe(RELATED)
    expect(conntrack.direction).toBe(ORIGINAL)
    expect(conntrack.inspect(error(udp(1234)))).toBe(INVALID)
  })

  it('refuses a connection whose replies are those of another one', () => {
    const { conntrack, packetOf } = trackerOf()
    for (const [port, expected] of [
      [1000, 0],
      [2000, CONNTRACK_CLASH],
    ] as const) {
      conntrack.inspect(packetOf(udp(port)))
      expect(conntrack.commitTranslated(packetOf(udp(port)), SERVER, GATEWAY, 53, 40_000)).toBe(expected)
    }
    expect(conntrack.counts()).toMatchObject({ size: 1, clashed: 1 })
  })

  it('refuses new connections when full, names the first, and lets known ones be', () => {
    const { clock, conntrack, packetOf, see } = trackerOf({ capacity: 2, evictionReach: 0 })
    see(udp(1))
    see(udp(2))
    clock.now = 5
    const packet = packetOf(udp(3))
    expect(conntrack.inspect(packet)).toBe(NEW)
    expect(conntrack.commit(packet)).toBe(CONNTRACK_FULL)
    expect(see(back(udp(1)))).toBe(ESTABLISHED)
    expect(conntrack.counts()).toMatchObject({
      size: 2,
      refused: 1,
      firstVictim: { atPs: 5, protocol: 17, source: INSIDE, sourcePort: 3, destinationPort: 53 },
    })
    clock.now = 30 * SECOND
    expect(conntrack.inspect(packet)).toBe(NEW)
    expect(conntrack.commit(packet)).toBeGreaterThanOrEqual(0)
  })

  it('evicts near a new connection only what is not assured', () => {
    const { clock, conntrack, see } = trackerOf({ capacity: 4, evictionReach: 1024 })
    for (const port of [1, 2, 3, 4]) see(udp(port))
    for (const port of [1, 2, 3]) see(back(udp(port)))
    clock.now = 3 * SECOND
    for (const port of [1, 2, 3]) see(udp(port))
    see(udp(5))
    expect(conntrack.counts()).toMatchObject({ size: 4, evicted: 1, refused: 0 })
    for (const port of [1, 2, 3]) expect(see(back(udp(port)))).toBe(ESTABLISHED)
  })

  it('cuts what is not allowed any more', () => {
    const { conntrack, see } = trackerOf()
    for (const port of [1, 2, 3]) see(udp(port))
    expect(conntrack.reevaluate((row) => conntrack.sourcePortOf(row, ORIGINAL) === 2)).toBe(2)
    expect(see(back(udp(2)))).toBe(ESTABLISHED)
    expect(see(back(udp(1)))).toBe(NEW)
  })

  it('keeps zones apart', () => {
    const { see } = trackerOf()
    see({ ...udp(), zone: 1 })
    expect(see({ ...back(udp()), zone: 2 })).toBe(NEW)
    expect(see({ ...back(udp()), zone: 1 })).toBe(ESTABLISHED)
  })

  it('matches an echo and its answers by identifier', () => {
    const { see } = trackerOf()
    const echo = { source: INSIDE, destination: SERVER, sourcePort: 7, protocol: 1, icmpType: 8 }
    const answer = { ...echo, source: SERVER, destination: INSIDE, icmpType: 0 }
    expect(see(answer)).toBe(INVALID)
    expect(see(echo)).toBe(NEW)
    expect(see({ ...answer, sourcePort: 8 })).toBe(INVALID)
    expect(see(answer)).toBe(ESTABLISHED)
    expect(see(answer)).toBe(ESTABLISHED)
    expect(see({ protocol: 58, icmpType: 135 })).toBe(UNTRACKED)
  })

  it('waits as the RFCs want it if told so', () => {
    const { clock, see } = trackerOf({ profile: 'rfc', timeoutsPs: { icmp: 100 * SECOND } })
    see(udp())
    clock.now = 299 * SECOND
    expect(see(back(udp()))).toBe(ESTABLISHED)
    const { entries } = trackerOf({ profile: 'rfc' }).conntrack
    expect(entries.table.timeoutOf(2)).toBe(7440 * SECOND)
  })

  it('refuses options that make no sense, all at once', () => {
    const wrong = { capacity: 0, profil: 'linux', isLoose: 1, timeoutsPs: { udpp: 1, udp: 0 } } as unknown
    expect(() => new Conntrack({ now: 0 }, wrong as ConntrackOptions)).toThrow(
      [
        'capacity: got 0, expected a whole number from 1 to 16777216',
        'profil: unknown option of connection tracking "profil"; did you mean "profile"?',
        'isLoose: got 1, expected true or false',
        'timeoutsPs.udpp: unknown timeout "udpp"; did you mean "udp"?',
        'timeoutsPs.udp: got 0, expected picoseconds, more than 0',
      ].join('\n'),
    )
  })
})
