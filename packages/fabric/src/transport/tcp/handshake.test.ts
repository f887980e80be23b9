import { MS, SECOND, US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import type { TcpOptions } from '../../blueprint/traffic.ts'
import { Pair, type Passing } from '../test-kit/pipe.ts'
import { PORT, transfer } from '../test-kit/transfer.ts'
import { resolveTcpOptions } from './options.ts'

const dropping = (side: Passing['side'], ...counts: number[]) => ({
  fate: (packet: Passing) => ({ drop: packet.side === side && counts.includes(packet.count) }),
})
const ONE_WAY = 10 * US

describe('handshake', () => {
  it('takes one and a half round trips to the first byte, and says what it says', () => {
    const { pair, flow } = transfer(100)
    pair.sim.run()
    expect(pair.transcript).toEqual([
      'c S 0+0 ack 0',
      's SA 0+0 ack 1',
      'c A 1+0 ack 1',
      'c FA 1+100 ack 1',
      's FA 1+0 ack 102',
      'c A 102+0 ack 2',
    ])
    expect(pair.flows.establishedPs[flow]).toBe(2 * ONE_WAY)
    expect(pair.flows.completedPs[flow]).toBe(3 * ONE_WAY)
  })

  it('sends a lost SYN again after the initial RTO, then after twice that', () => {
    const { pair, flow } = transfer(100, { initialRtoPs: 5 * MS }, dropping('client', 0, 1))
    pair.sim.run()
    const syns = pair.log.filter((packet) => packet.flags === 'S').map((packet) => packet.sentPs)
    expect(syns).toEqual([0, 5 * MS, 15 * MS])
    expect(pair.flows.timeouts[flow]).toBe(2)
    expect(pair.flows.completedPs[flow]).toBe(15 * MS + 3 * ONE_WAY)
  })

  it('begins with one segment after a lost SYN (RFC 5681 section 3.1)', () => {
    const { pair } = transfer(20 * 1448, { initialRtoPs: 5 * MS }, dropping('client', 0))
    pair.sim.run()
    const firstAck = pair.log.findIndex((packet) => packet.side === 'server' && packet.acknowledgement > 1)
    expect(pair.log.slice(0, firstAck).filter((packet) => packet.payload > 0)).toHaveLength(1)
  })

  it('survives a lost SYN-ACK: both ends send again', () => {
    const { pair, flow } = transfer(100, { initialRtoPs: 5 * MS }, dropping('server', 0))
    pair.sim.run()
    expect(pair.flows.failureOf(flow)).toBeUndefined()
    expect(pair.flows.completedPs[flow]).toBe(5 * MS + 3 * ONE_WAY)
  })

  it('survives a lost third segment: data carries the acknowledgement too', () => {
    const { pair, flow } = transfer(100, {}, dropping('client', 1))
    pair.sim.run()
    expect(pair.flows.completedPs[flow]).toBe(3 * ONE_WAY)
  })

  it('gives up after the SYN retries', () => {
    const { pair, flow } = transfer(
      100,
      { initialRtoPs: 1 * SECOND, synRetries: 2 },
      { fate: () => ({ drop: true }) },
    )
    pair.sim.run()
    expect(pair.flows.failureOf(flow)).toBe('syn-timeout')
    expect(pair.sim.now).toBe(7 * SECOND)
    expect(pair.log).toHaveLength(3)
    expect(pair.client.tcp.connectionCount).toBe(0)
  })

  it('is refused by RST where nobody listens', () => {
    const pair = new Pair()
    const flow = pair.addFlow(100)
    const { clientAddress: source, serverAddress: destination } = pair
    pair.client.tcp.connect({
      flow,
      source,
      destination,
      destinationPort: PORT,
      bytes: 100,
      options: resolveTcpOptions(),
    })
    pair.sim.run()
    expect(pair.transcript).toEqual(['c S 0+0 ack 0', 's RA 0+0 ack 1'])
    expect(pair.flows.failureOf(flow)).toBe('connection-refused')
  })

  it('agrees on the least of both ends', () => {
    const sizes = (client: Partial<TcpOptions>, server: Partial<TcpOptions>) => {
      const { pair } = transfer(10_000, client, {}, server)
      pair.sim.run()
      return pair.sentBy('client').filter((packet) => packet.payload > 0)[0]!
    }
    // full segments of an MTU of 1500, with timestamps and without
    expect(sizes({}, {})).toMatchObject({ payload: 1448, size: 1500 })
    expect(sizes({ timestamps: false, mssBytes: 1460 }, { mssBytes: 1460 })).toMatchObject({
      payload: 1460,
      size: 1500,
    })
    expect(sizes({ mssBytes: 8948 }, {})).toMatchObject({ payload: 1448, size: 1500 })
    expect(sizes({ mssBytes: 500 }, {})).toMatchObject({ payload: 500, size: 552 })
  })

  it('has the sizes of Linux: SYN 60, acknowledgement 52, SACK 12 more; 20 more of each with IPv6', () => {
    const drop = (packet: Passing) => ({ drop: packet.dataCount === 1 && packet.side === 'client' })
    const { pair } = transfer(10 * 1448, { delayedAckSegments: 1 }, { fate: drop })
    pair.sim.run()
    const sized = (side: Passing['side'], flags: string) =>
      pair.log.find((p) => p.side === side && p.flags === flags)!.size
    expect([sized('client', 'S'), sized('server', 'SA'), sized('server', 'A')]).toEqual([60, 60, 52])
    expect(pair.log.find((packet) => packet.sack.length === 1)!.size).toBe(64)
    const six = transfer(1448, {}, { ipv6: true })
    six.pair.sim.run()
    expect(six.pair.log.map((packet) => packet.size)).toEqual([80, 80, 72, 1520, 72, 72])
  })

  it('opens simultaneously (RFC 9293 figure 8)', () => {
    const pair = new Pair()
    const options = resolveTcpOptions()
    const ends = { source: pair.clientAddress, destination: pair.serverAddress }
    const ports = { sourcePort: 7000, destinationPort: 7000 }
    const a = pair.client.tcp.connect({ flow: -1, ...ends, ...ports, bytes: 10, options })!
    const back = { source: ends.destination, destination: ends.source }
    const b = pair.server.tcp.connect({ flow: -1, ...back, ...ports, bytes: 20, options })!
    pair.sim.run()
    expect([a.receiver.next, b.receiver.next]).toEqual([22, 12])
    expect([pair.client.tcp.connectionCount, pair.server.tcp.connectionCount]).toEqual([0, 0])
  })

  it('refuses a flow when every ephemeral port to the destination is in use', () => {
    const pair = new Pair({ fate: () => ({ drop: true }) })
    const { clientAddress: source, serverAddress: destination } = pair
    const options = resolveTcpOptions()
    const connect = (flow: number) =>
      pair.client.tcp.connect({ flow, source, destination, destinationPort: PORT, bytes: 1, options })
    for (let i = 0; i < 16_384; i++) connect(-1)
    expect(pair.client.tcp.connectionCount).toBe(16_384)
    const flow = pair.addFlow(1)
    expect(connect(flow)).toBeUndefined()
    expect(pair.flows.failureOf(flow)).toBe('ports-exhausted')
  })
})
