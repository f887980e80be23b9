import { MS } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { Pair, type Passing } from '../test-kit/pipe.ts'
import { idleApplication, PORT, transfer } from '../test-kit/transfer.ts'
import type { TcpApplication } from './application.ts'
import type { TcpConnection } from './connection.ts'
import { resolveTcpOptions } from './options.ts'
import { TcpState } from './state.ts'

const fast = { initialRtoPs: 5 * MS, minRtoPs: 5 * MS, tailLossProbe: false }

describe('close', () => {
  it('sends a lost FIN again', () => {
    const fin = (packet: Passing) => packet.side === 'client' && packet.flags === 'FA'
    let lost = 0
    const { pair, flow } = transfer(100, fast, { fate: (packet) => ({ drop: fin(packet) && lost++ === 0 }) })
    pair.sim.run()
    expect(pair.flows.completed).toBe(1)
    expect(pair.flows.timeouts[flow]).toBe(1)
    expect(pair.client.tcp.connectionCount + pair.server.tcp.connectionCount).toBe(0)
  })

  it('answers a FIN that comes again after TIME-WAIT was skipped by an acknowledgement, not by RST', () => {
    let lost = 0
    const last = (packet: Passing) =>
      packet.side === 'client' && packet.flags === 'A' && packet.acknowledgement === 2
    const { pair } = transfer(100, fast, { fate: (packet) => ({ drop: last(packet) && lost++ === 0 }) })
    pair.sim.run()
    expect(pair.transcript.slice(-4)).toEqual([
      's FA 1+0 ack 102',
      'c A 102+0 ack 2',
      's FA 1+0 ack 102',
      'c A 102+0 ack 2',
    ])
    expect(pair.server.tcp.connectionCount).toBe(0)
  })

  it('closes simultaneously through CLOSING (RFC 9293 figure 13)', () => {
    const pair = new Pair()
    const options = resolveTcpOptions()
    const states: number[] = []
    const accepted: TcpConnection[] = []
    const application: TcpApplication = {
      onEstablished: (connection) => void accepted.push(connection),
      onData: () => {},
      onPeerClosed: () => {},
      onClosed: (connection) => void states.push(connection.receiver.next),
    }
    pair.server.tcp.listen(PORT, options, application)
    const { clientAddress: source, serverAddress: destination } = pair
    const client = pair.client.tcp.connect({
      flow: -1,
      source,
      destination,
      destinationPort: PORT,
      options,
      application,
    })!
    pair.sim.run()
    const server = accepted[1]!
    expect([client.state, server.state]).toEqual([TcpState.ESTABLISHED, TcpState.ESTABLISHED])
    client.close()
    server.close()
    expect([client.state, server.state]).toEqual([TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_1])
    pair.sim.run()
    expect(pair.transcript.slice(-4)).toEqual([
      'c FA 1+0 ack 1',
      's FA 1+0 ack 1',
      's A 2+0 ack 2',
      'c A 2+0 ack 2',
    ])
    expect([client.state, server.state]).toEqual([TcpState.CLOSED, TcpState.CLOSED])
    expect(states).toEqual([2, 2])
  })

  it('half-closes: the server may go on sending in CLOSE-WAIT', () => {
    const pair = new Pair()
    const options = resolveTcpOptions()
    let received = 0
    const server: TcpApplication = {
      onEstablished: () => {},
      onData: () => {},
      onPeerClosed: (connection) => {
        expect(connection.state).toBe(TcpState.CLOSE_WAIT)
        connection.finish(5000)
        expect(connection.state).toBe(TcpState.LAST_ACK)
      },
      onClosed: () => {},
    }
    const client: TcpApplication = {
      onEstablished: (connection) => connection.finish(100),
      onData: (_, bytes) => {
        received += bytes
      },
      onPeerClosed: () => {},
      onClosed: () => {},
    }
    pair.server.tcp.listen(PORT, options, server)
    const { clientAddress: source, serverAddress: destination } = pair
    pair.client.tcp.connect({
      flow: -1,
      source,
      destination,
      destinationPort: PORT,
      options,
      application: client,
    })
    pair.sim.run()
    expect(received).toBe(5000)
    expect(pair.client.tcp.connectionCount + pair.server.tcp.connectionCount).toBe(0)
  })

  it.each(['onEstablished', 'onData', 'onPeerClosed'] as const)(
    'may be an abort from within %s',
    (method) => {
      const pair = new Pair()
      const options = resolveTcpOptions({ delayedAckSegments: 4 })
      const reasons: (string | undefined)[] = []
      const application = idleApplication({
        [method]: (connection: TcpConnection) => connection.abort('changed-my-mind'),
        onClosed: (_, reason) => void reasons.push(reason),
      })
      pair.server.tcp.listen(PORT, options, application)
      const { clientAddress: source, serverAddress: destination } = pair
      const flow = pair.addFlow(100)
      pair.client.tcp.connect({ flow, source, destination, destinationPort: PORT, options, bytes: 100 })
      pair.sim.run()
      expect(reasons).toEqual(['changed-my-mind'])
      expect(pair.client.tcp.connectionCount + pair.server.tcp.connectionCount).toBe(0)
      if (method === 'onEstablished') expect(pair.flows.failureOf(flow)).toBe('connection-reset')
      pair.ledger.assertConserved()
      expect(pair.packets.live).toBe(0)
    },
  )

  it('fails the flow and resets the peer after the data retries', () => {
    const drop = (packet: Passing) => ({ drop: packet.side === 'client' && packet.payload > 0 })
    const { pair, flow } = transfer(100, { ...fast, dataRetries: 3 }, { fate: drop })
    pair.sim.run()
    expect(pair.flows.failureOf(flow)).toBe('retransmission-timeout')
    expect(pair.flows.timeouts[flow]).toBe(4)
    // the peer never got the data, so the RST is not exact: it challenges (RFC 5961 section 3.2)
    expect(pair.transcript.slice(-3)).toEqual(['c RA 102+0 ack 1', 's A 1+0 ack 1', 'c R 1+0 ack 0'])
    expect(pair.server.tcp.connectionCount).toBe(0)
  })
})
