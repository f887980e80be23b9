import type {
  OfferedBlueprint,
  SizesBlueprint,
  TcpOptions,
  TrafficBlueprint,
} from '../../blueprint/traffic.ts'
import { askedAt } from '../../ingress/controller/asked-at.ts'
import { type FlowPackets, type SegmentCounts, tcpPackets } from '../expected-packets.ts'
import { meanSegments } from '../expected-segments.ts'
import { tlsPackets } from '../tls-packets.ts'

/** Of a flow of so many bytes. */
export function flowOf(bytes: number, tcp: TcpOptions, family: 'ipv4' | 'ipv6'): FlowPackets {
  const segments = Math.max(1, Math.ceil(bytes / tcp.mssBytes))
  const acknowledgements = Math.ceil(segments / tcp.delayedAckSegments)
  return tcpPackets({ bytes, segments, acknowledgements }, tcp, family)
}

/** Of the mean flow. */
export function expectedFlow(
  { sizes, response, hold }: Extract<OfferedBlueprint, { kind: 'flows' }>,
  tcp: TcpOptions,
  family: 'ipv4' | 'ipv6',
): FlowPackets {
  const asked = meanCounts(sizes, tcp)
  if (response === undefined && hold === undefined) return tcpPackets(asked, tcp, family)
  const answered = response === undefined ? {} : { response: meanCounts(response, tcp) }
  return tcpPackets(asked, tcp, family, { ...answered, isHeld: hold !== undefined })
}

function meanCounts(sizes: SizesBlueprint, { mssBytes, delayedAckSegments }: TcpOptions): SegmentCounts {
  return {
    bytes: meanSegments(sizes, 1),
    segments: meanSegments(sizes, mssBytes),
    acknowledgements: meanSegments(sizes, mssBytes * delayedAckSegments),
  }
}

/** Of a flow to an address: with TLS where a controller ends it. */
export function packetsByCalled(
  { request, family }: TrafficBlueprint,
  plain: FlowPackets,
  tcp: TcpOptions,
): (called: string | undefined) => FlowPackets {
  if (request === undefined) return () => plain
  const known = new Map<string | undefined, FlowPackets>()
  return (called) => {
    let packets = known.get(called)
    if (packets === undefined) {
      const tls = askedAt(request, called)?.tls
      packets = tls === undefined ? plain : joined(plain, tlsPackets(tls, tcp, family))
      known.set(called, packets)
    }
    return packets
  }
}

const joined = (a: FlowPackets, b: FlowPackets): FlowPackets => ({
  forward: [...a.forward, ...b.forward],
  back: [...a.back, ...b.back],
})
