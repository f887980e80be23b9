import { describe, expect, it } from 'vitest'
import { TCP } from './ip-packets.ts'
import { nodePort, SERVER, TARGET, WORKLOADS } from './server-rules.ts'
import { type WirePacket, wordsOf } from './server-packets.ts'
import { WeftServer } from './weft-server.ts'

const [SYN, RST, ACK] = [2, 4, 16]
const SERVICE = { endpoint: 'a' as const, isLocal: false }
const PLAN = { services: [SERVICE], rules: { a: {}, b: {} }, whenDenied: 'drop' as const }

const segment = (ends: Partial<WirePacket>, flags: number, sequence: number, acknowledgement = 0) => ({
  source: WORKLOADS.a,
  destination: SERVER,
  protocol: TCP,
  sourcePort: 2000,
  destinationPort: nodePort(0),
  payloadBytes: 0,
  ...ends,
  flags,
  sequence,
  acknowledgement,
})
const ANSWERING = { sourcePort: TARGET, destinationPort: 2000 }

describe('a connection that is in several zones of one server', () => {
  it('remembers in each what Linux does of a segment that one has refused, in its one entry', () => {
    const server = new WeftServer(PLAN)
    const outcome = (packet: WirePacket) => {
      const { out, reason } = server.send('a', packet)
      return reason ?? out.map((each) => wordsOf(each.packet)).join()
    }
    expect(outcome(segment({}, SYN, 0))).toBe('192.168.0.10:2000 > 10.1.0.2:8080 tcp SYN 0 0 +0')
    // acknowledges what was not sent
    expect(outcome(segment(ANSWERING, SYN | ACK, 0, 2))).toBe('conntrack-invalid')
    // as Linux 6.18 has it: both ends' numbers are known now
    expect(outcome(segment({}, RST, 101))).toBe('192.168.0.10:2000 > 10.1.0.2:8080 tcp RST 101 0 +0')
    const fresh = new WeftServer(PLAN)
    fresh.send('a', segment({}, SYN, 0))
    expect(fresh.send('a', segment({}, RST, 101)).reason).toBe('conntrack-invalid')
  })

  it('counts such a segment as invalid once', () => {
    const server = new WeftServer(PLAN)
    server.send('a', segment({}, SYN, 0))
    server.send('a', segment(ANSWERING, SYN | ACK, 0, 2))
    const [conntrack] = [...server.network.interfaces!.conntracks.values()]
    expect(conntrack!.counts().invalid).toBe(1)
  })
})
