import type { TcpOptions } from '../../blueprint/traffic.ts'
import { synOptionsBytes, TCP_HEADER_BYTES, TIMESTAMPS_BYTES } from '../../transport/tcp/segments.ts'
import type { Directions } from './directions.ts'

/** The packets that a flow of so many bytes is made of. */
export interface Segments {
  readonly bytes: number
  readonly count: number
  /** IP bytes of the largest segment, of the last, of an acknowledgement, and of a SYN. */
  readonly fullBytes: number
  readonly lastBytes: number
  readonly ackBytes: number
  readonly synBytes: number
  /** Of a RST in answer to a SYN. */
  readonly resetBytes: number
  /** Acknowledgements of all of them; one stands for the last segments, however few. */
  readonly acks: number
}

/** `ipHeaderBytes` 0 stands for a model without headers. */
export function segmentsOf(bytes: number, options: TcpOptions, ipHeaderBytes: number): Segments {
  const { mssBytes, timestamps, delayedAckSegments } = options
  const tcpBytes = ipHeaderBytes === 0 ? 0 : TCP_HEADER_BYTES + (timestamps ? TIMESTAMPS_BYTES : 0)
  const headerBytes = ipHeaderBytes + tcpBytes
  const plainBytes = ipHeaderBytes === 0 ? 0 : ipHeaderBytes + TCP_HEADER_BYTES
  const count = Math.max(1, Math.ceil(bytes / mssBytes))
  return {
    bytes,
    count,
    fullBytes: Math.min(bytes, mssBytes) + headerBytes,
    lastBytes: bytes - (count - 1) * mssBytes + headerBytes,
    ackBytes: headerBytes,
    synBytes: ipHeaderBytes === 0 ? 0 : plainBytes + synOptionsBytes({ flags: 0, ...options }),
    resetBytes: plainBytes,
    acks: Math.ceil(count / delayedAckSegments),
  }
}

/** Wire bits that a bit of the flow's payload costs in this direction. */
export function payloadCost(segments: Segments, directions: Directions, direction: number): number {
  const { bytes, count, fullBytes, lastBytes } = segments
  const wireBytes =
    (count - 1) * directions.wireBytes(direction, fullBytes) + directions.wireBytes(direction, lastBytes)
  return wireBytes / bytes
}

/** Wire bits of acknowledgements that a bit of the flow's payload costs in this direction. */
export function acknowledgementCost(segments: Segments, directions: Directions, direction: number): number {
  const { bytes, acks, ackBytes } = segments
  return (acks * directions.wireBytes(direction, ackBytes)) / bytes
}

/** The same of what the handshake sends there, a SYN and an acknowledgement, or back, a SYN-ACK. */
export function handshakeCost(
  { bytes, synBytes, ackBytes }: Segments,
  directions: Directions,
  direction: number,
  way: 'forward' | 'back',
): number {
  const synWireBytes = directions.wireBytes(direction, synBytes)
  if (way === 'back') return synWireBytes / bytes
  return (synWireBytes + directions.wireBytes(direction, ackBytes)) / bytes
}
