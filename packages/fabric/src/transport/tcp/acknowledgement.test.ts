import { MS, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import type { Passing, PipeOptions } from '../test-kit/pipe.ts'
import { HANDSHAKE_PS, openConnection, transfer } from '../test-kit/transfer.ts'
import type { TcpConnection } from './connection.ts'

const MSS = 1000
const ONE_WAY = 10 * US
const PLAIN: Partial<TcpOptions> = { mssBytes: MSS, tailLossProbe: false, delayedAckPs: 1 * MS }

function acknowledgements(log: readonly Passing[]): [number, number][] {
  return log
    .filter((packet) => packet.side === 'server' && packet.acknowledgement > 1)
    .map((packet) => [packet.acknowledgement, packet.sentPs])
}

describe('delayed acknowledgements', () => {
  it('come for every second segment (RFC 5681 section 4.2)', () => {
    const { pair } = transfer(10 * MSS, { ...PLAIN, delayedAckSegments: 2 })
    pair.sim.run()
    expect(acknowledgements(pair.log).map(([ack]) => (ack - 1) / MSS)).toEqual([2, 4, 6, 8, 10.001])
  })

  it('come by the timer for a segment that stays alone', () => {
    const { pair, client } = openConnection({ ...PLAIN, delayedAckSegments: 2 })
    client.write(3 * MSS)
    pair.sim.run()
    const arrived = HANDSHAKE_PS + ONE_WAY
    expect(acknowledgements(pair.log)).toEqual([
      [1 + 2 * MSS, arrived],
      [1 + 3 * MSS, arrived + 1 * MS],
    ])
  })

  it('come at once for what is out of order and for what fills a gap', () => {
    const lose = (packet: Passing) => ({ drop: packet.side === 'client' && packet.dataCount === 1 })
    const { pair } = transfer(
      8 * MSS,
      { ...PLAIN, delayedAckSegments: 8, initialWindowSegments: 8 },
      { fate: lose },
    )
    pair.sim.run()
    const arrived = 3 * ONE_WAY
    expect(
      acknowledgements(pair.log)
        .slice(0, 7)
        .map(([ack, at]) => [(ack - 1) / MSS, at]),
    ).toEqual([...Array.from({ length: 6 }, () => [1, arrived]), [8.001, arrived + 2 * ONE_WAY]])
  })
})

describe('receive window', () => {
  it('is scaled by the least shift that covers the buffer, and 64 kB without scaling', () => {
    const windows = (options: Partial<TcpOptions>) => {
      const { pair } = transfer(4 * MSS, { ...PLAIN, ...options })
      pair.sim.run()
      return pair.sentBy('server').map((packet) => packet.window)
    }
    expect(windows({ receiveBufferBytes: 1_000_000 }).slice(0, 2)).toEqual([65_535, 1_000_000])
    // 100,001 is no multiple of 2: rounded up
    expect(windows({ receiveBufferBytes: 100_001 }).slice(0, 2)).toEqual([65_535, 100_002])
    expect(windows({ windowScaling: false }).slice(0, 2)).toEqual([65_535, 65_535])
  })

  it('limits what is in flight', () => {
    let most = 0
    const fate = () => {
      most = Math.max(most, client.sender!.next - client.sender!.una)
      return {}
    }
    const options = { ...PLAIN, receiveBufferBytes: 5 * MSS, delayedAckSegments: 1 }
    const pipe: PipeOptions = {}
    const { pair, client } = openConnection(options, pipe)
    Object.assign(pipe, { fate })
    client.write(100 * MSS)
    pair.sim.run()
    expect(most).toBe(5 * MSS)
  })

  const slow = (connection: TcpConnection) => {
    connection.receiver.autoRead = false
  }
  const SMALL = { ...PLAIN, receiveBufferBytes: 8 * MSS, minRtoPs: 5 * MS }

  it('closes when the application does not read, is probed ever less often, and opens without a loss', () => {
    const { pair, client, server } = openConnection(SMALL, {}, slow)
    client.write(20 * MSS)
    pair.sim.run(100 * MS)
    const isProbe = (p: Passing) =>
      p.side === 'client' && p.payload === 0 && p.sequence === client.sender!.una - 1
    expect(pair.log.at(-1)).toMatchObject({ side: 'server', window: 0, acknowledgement: 1 + 8 * MSS })
    // after 5 ms, then twice as long each time: at about 5, 15, 35, 75 ms
    expect(pair.log.filter(isProbe)).toHaveLength(4)
    server.receiver.autoRead = true
    server.read(8 * MSS)
    pair.sim.run()
    expect(server.receiver.next).toBe(1 + 20 * MSS)
    expect(pair.log.filter((packet) => packet.payload > 0)).toHaveLength(20)
  })

  it('does not open in small steps (RFC 9293 section 3.8.6.2.2)', () => {
    const { pair, client, server } = openConnection(SMALL, {}, slow)
    client.write(20 * MSS)
    pair.sim.run(1 * MS)
    const before = pair.log.length
    server.read(MSS - 1)
    expect(pair.log).toHaveLength(before)
    server.read(1)
    expect(pair.log).toHaveLength(before + 1)
    expect(pair.log.at(-1)!.window).toBe(MSS)
  })
})

describe('ECN', () => {
  const mark = (packet: Passing) => ({ mark: packet.side === 'client' && packet.dataCount === 2 })

  it('makes new data ECN-capable and nothing else (RFC 3168 section 6.1)', () => {
    let lost = 0
    const fate = (packet: Passing) => ({
      drop: packet.dataCount === 1 && packet.side === 'client' && lost++ === 0,
    })
    const { pair } = transfer(10 * MSS, { ...PLAIN, ecn: true }, { fate })
    pair.sim.run()
    const seen = new Set<number>()
    for (const packet of pair.log) {
      const again = packet.payload > 0 && seen.has(packet.sequence)
      if (packet.payload > 0) seen.add(packet.sequence)
      expect([packet.flags, packet.payload, packet.ecn]).toEqual([
        packet.flags,
        packet.payload,
        packet.payload > 0 && !again ? 2 : 0,
      ])
    }
  })

  it('echoes a mark until CWR, and cuts once (section 6.1.2, 6.1.3)', () => {
    const { pair, connection } = transfer(
      40 * MSS,
      { ...PLAIN, ecn: true, delayedAckSegments: 1 },
      { fate: mark },
    )
    pair.sim.run()
    const flags = pair.log.map((packet) => packet.flags)
    expect(flags.slice(0, 3)).toEqual(['SEW', 'SAE', 'A'])
    const cwr = pair.log.filter((packet) => packet.flags.includes('W') && packet.payload > 0)
    expect(cwr).toHaveLength(1)
    const echoes = pair.sentBy('server').filter((packet) => packet.flags === 'AE')
    expect(echoes.length).toBeGreaterThan(1)
    expect(echoes.every((packet) => packet.acknowledgement <= cwr[0]!.sequence)).toBe(true)
    expect(connection.sender!.control.ssthreshBytes).toBeLessThan(40 * MSS)
  })

  it('is off when the peer does not want it', () => {
    const { pair } = transfer(10 * MSS, { ...PLAIN, ecn: true }, {}, PLAIN)
    pair.sim.run()
    expect(pair.log.map((packet) => packet.ecn)).toEqual(pair.log.map(() => 0))
  })

  it('tells which bytes were marked, with DCTCP and delayed acknowledgements (RFC 8257 section 3.2)', () => {
    const marked = new Set([2, 3, 4, 7])
    const fate = (packet: Passing) => ({ mark: packet.side === 'client' && marked.has(packet.dataCount) })
    const { pair } = transfer(10 * MSS, { ...PLAIN, control: 'dctcp', delayedAckSegments: 4 }, { fate })
    pair.sim.run()
    let una = 1
    const told = pair
      .sentBy('server')
      .slice(1)
      .flatMap((packet) => {
        const segments = Math.floor((packet.acknowledgement - una) / MSS)
        una += segments * MSS
        return Array<boolean>(segments).fill(packet.flags.includes('E'))
      })
    expect(told).toEqual(Array.from({ length: 10 }, (_, i) => marked.has(i)))
  })
})

describe('pacing', () => {
  it('spreads a window over the round trip, at twice the pace in slow start', () => {
    const { pair } = transfer(30 * MSS, { ...PLAIN, pacing: true, delayedAckSegments: 1 })
    pair.sim.run()
    const first = pair
      .sentBy('client')
      .filter((packet) => packet.payload > 0)
      .slice(0, 10)
    const gaps = first.slice(1).map((packet, i) => packet.sentPs - first[i]!.sentPs)
    // 20 us over a window of ten segments, halved
    expect(gaps).toEqual(Array<number>(9).fill(1 * US))
  })
})

describe('send buffer', () => {
  it('limits what is in flight', () => {
    const { pair } = transfer(20 * MSS, { ...PLAIN, sendBufferBytes: 3 * MSS, delayedAckSegments: 1 })
    pair.sim.run()
    expect(pair.log.filter((packet) => packet.payload > 0 && packet.sentPs === 2 * ONE_WAY)).toHaveLength(3)
  })
})

describe('idle restart', () => {
  const afterIdle = (idleRestart: boolean) => {
    const { pair, client } = openConnection({
      ...PLAIN,
      delayedAckSegments: 1,
      idleRestart,
      minRtoPs: 1 * MS,
    })
    client.write(100 * MSS)
    pair.sim.run(HANDSHAKE_PS + 10 * MS)
    client.write(100 * MSS)
    return client.sender!.next - client.sender!.una
  }

  it('goes back to the initial window after an idle RTO (RFC 5681 section 4.1)', () => {
    expect(afterIdle(true)).toBe(10 * MSS)
    expect(afterIdle(false)).toBeGreaterThan(50 * MSS)
  })
})
