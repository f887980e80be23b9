import type { TcpOptions } from '../blueprint/traffic.ts'
import { synOptionsBytes, TCP_HEADER_BYTES, TIMESTAMPS_BYTES } from '../transport/tcp/segments.ts'

/** So many packets of one size, on the mean of a flow. */
export interface PacketKind {
  /** IP bytes, headers included. */
  readonly sizeBytes: number
  readonly count: number
}

/** The packets that a flow sends, and those that come back, by what they are for. Always in the same order. */
export interface FlowPackets {
  readonly forward: readonly PacketKind[]
  readonly back: readonly PacketKind[]
}

const IP_HEADER_BYTES = { ipv4: 20, ipv6: 40 } as const

/** What flows of some sizes are cut into, on the mean of a flow. */
export interface SegmentCounts {
  readonly bytes: number
  readonly segments: number
  readonly acknowledgements: number
}

/**
 * The packets of a TCP flow on a network that loses nothing. There: SYN, the acknowledgements that end the handshake and
 * answer the far end's FIN, and the segments, of which the last has what is left, with the FIN. Back: SYN and
 * acknowledgements, of which the last has the FIN.
 */
export function tcpPackets(counts: SegmentCounts, options: TcpOptions, family: 'ipv4' | 'ipv6'): FlowPackets {
  const { bytes, segments, acknowledgements } = counts
  const { mssBytes, timestamps } = options
  const plainBytes = IP_HEADER_BYTES[family] + TCP_HEADER_BYTES
  const headerBytes = plainBytes + (timestamps ? TIMESTAMPS_BYTES : 0)
  const synBytes = plainBytes + synOptionsBytes({ ...options, flags: 0 })
  const lastBytes = bytes - (segments - 1) * mssBytes
  return {
    forward: [
      { sizeBytes: synBytes, count: 1 },
      { sizeBytes: headerBytes, count: 2 },
      { sizeBytes: headerBytes + mssBytes, count: segments - 1 },
      { sizeBytes: headerBytes + lastBytes, count: 1 },
    ],
    back: [
      { sizeBytes: synBytes, count: 1 },
      { sizeBytes: headerBytes, count: acknowledgements },
    ],
  }
}

export const packetsOf = (kinds: readonly PacketKind[]): number =>
  kinds.reduce((sum, { count }) => sum + count, 0)

export const ipBitsOf = (kinds: readonly PacketKind[]): number =>
  kinds.reduce((sum, { sizeBytes, count }) => sum + 8 * sizeBytes * count, 0)
