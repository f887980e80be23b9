import type { TcpOptions } from '../blueprint/traffic.ts'
import { type Flight, handshakePlan } from '../ingress/tls/handshake.ts'
import type { TlsBlueprint } from '../ingress/tls/tls-blueprint.ts'
import { TCP_HEADER_BYTES, TIMESTAMPS_BYTES } from '../transport/tcp/segments.ts'
import { type FlowPackets, IP_HEADER_BYTES, type PacketKind } from './expected-packets.ts'

/**
 * The packets that setting up TLS adds to a connection, on the mean of whole and resumed ones. Each flight counts in segments of its own: where the
 * request leaves in the last one's, that is a header too many.
 */
export function tlsPackets(tls: TlsBlueprint, options: TcpOptions, family: 'ipv4' | 'ipv6'): FlowPackets {
  const forward: PacketKind[] = []
  const back: PacketKind[] = []
  const headerBytes = IP_HEADER_BYTES[family] + TCP_HEADER_BYTES + (options.timestamps ? TIMESTAMPS_BYTES : 0)
  for (const isResumed of [false, true]) {
    const share = isResumed ? tls.resumed : 1 - tls.resumed
    const { flights, ticketBytes } = handshakePlan(tls, isResumed)
    const tickets: Flight[] = ticketBytes > 0 ? [{ from: 'server', bytes: ticketBytes }] : []
    for (const { from, bytes } of [...flights, ...tickets]) {
      const segments = Math.ceil(bytes / options.mssBytes)
      const own = from === 'client' ? forward : back
      own.push({ sizeBytes: headerBytes + bytes / segments, count: share * segments })
    }
  }
  return { forward, back }
}
