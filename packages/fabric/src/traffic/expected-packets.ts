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

export const IP_HEADER_BYTES = { ipv4: 20, ipv6: 40 } as const

/** What flows of some sizes are cut into, on the mean of a flow. */
export interface SegmentCounts {
  readonly bytes: number
  readonly segments: number
  readonly acknowledgements: number
}

/** What a flow is besides what its sender sends. */
export interface ExpectedExchange {
  /** What its receiver answers; absent: nothing. */
  readonly response?: SegmentCounts
  /** Its connection stays open when all has arrived, for longer than acknowledgements wait. */
  readonly isHeld: boolean
}

/**
 * The packets of a TCP flow on a network that loses nothing. There: SYN, the acknowledgements that end the handshake and
 * answer the far end's FIN, and the segments, of which the last has what is left, with the FIN. Back: SYN and
 * acknowledgements, of which the last has the FIN.
 */
export function tcpPackets(
  counts: SegmentCounts,
  options: TcpOptions,
  family: 'ipv4' | 'ipv6',
  exchange?: ExpectedExchange,
): FlowPackets {
  if (exchange !== undefined) return exchangePackets(counts, options, family, exchange)
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

/**
 * The same of a flow whose sender waits before it closes. There: SYN, the acknowledgement that ends the handshake, what was
 * asked, acknowledgements of the answer, of which the last is the FIN unless that comes later, and of the far end's FIN. Back:
 * SYN, acknowledgements, the last of which goes with the answer, if there is one, that, and FIN.
 */
function exchangePackets(
  asked: SegmentCounts,
  options: TcpOptions,
  family: 'ipv4' | 'ipv6',
  { response, isHeld }: ExpectedExchange,
): FlowPackets {
  const { timestamps } = options
  const plainBytes = IP_HEADER_BYTES[family] + TCP_HEADER_BYTES
  const headerBytes = plainBytes + (timestamps ? TIMESTAMPS_BYTES : 0)
  const syn = { sizeBytes: plainBytes + synOptionsBytes({ ...options, flags: 0 }), count: 1 }
  const answers = response?.acknowledgements ?? 0
  const bare = 2 + answers + (isHeld || response === undefined ? 1 : 0)
  const bareBack = asked.acknowledgements + (response === undefined ? 1 : 0)
  const payload = (counts: SegmentCounts): PacketKind[] => [
    { sizeBytes: headerBytes + options.mssBytes, count: counts.segments - 1 },
    { sizeBytes: headerBytes + counts.bytes - (counts.segments - 1) * options.mssBytes, count: 1 },
  ]
  return {
    forward: [syn, { sizeBytes: headerBytes, count: bare }, ...payload(asked)],
    back: [
      syn,
      { sizeBytes: headerBytes, count: bareBack },
      ...(response === undefined ? [] : payload(response)),
    ],
  }
}

export const packetsOf = (kinds: readonly PacketKind[]): number =>
  kinds.reduce((sum, { count }) => sum + count, 0)

export const ipBitsOf = (kinds: readonly PacketKind[]): number =>
  kinds.reduce((sum, { sizeBytes, count }) => sum + 8 * sizeBytes * count, 0)
