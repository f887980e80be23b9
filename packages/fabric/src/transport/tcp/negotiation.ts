import type { TcpOptions } from '../../blueprint/traffic.ts'
import {
  ACK,
  CWR,
  ECE,
  OPTION_SACK_PERMITTED,
  OPTION_TIMESTAMPS,
  OPTION_WINDOW_SCALE,
  SYN,
} from '../../model/tcp-flags.ts'
import { type SynOptions, TIMESTAMPS_BYTES } from './segments.ts'

/** What a sender needs to know of the handshake. */
export interface Agreement {
  readonly mssBytes: number
  readonly sack: boolean
  readonly timestamps: boolean
  readonly ecn: boolean
  /** Segments that may leave at first. */
  readonly initialWindowSegments: number
}

/** What both ends have agreed on, the receiver's part included. */
export interface HandshakeResult extends Agreement {
  readonly windowScaling: boolean
}

/** The options of our SYN, flags included: an ECN-setup SYN where wanted (RFC 3168 §6.1.1). */
export function synOffer(options: TcpOptions): SynOptions {
  const { sack, timestamps, windowScaling } = options
  return synOptions(options, SYN | (options.ecn ? ECE | CWR : 0), { sack, timestamps, windowScaling })
}

/** The options of our SYN-ACK: those that the peer offered and we want. */
export function synAckOffer(options: TcpOptions, agreed: HandshakeResult): SynOptions {
  return synOptions(options, SYN | ACK | (agreed.ecn ? ECE : 0), agreed)
}

/**
 * What holds after both SYNs. `flags` and `mssBytes` are the peer's. The MSS option counts no TCP options
 * (RFC 6691), our `mssBytes` is payload, so that timestamps come off the peer's value.
 */
export function agree(
  options: TcpOptions,
  flags: number,
  mssBytes: number,
  synLost: boolean,
): HandshakeResult {
  const timestamps = options.timestamps && (flags & OPTION_TIMESTAMPS) !== 0
  const ecnSetup = (flags & ACK) !== 0 ? (flags & (ECE | CWR)) === ECE : (flags & (ECE | CWR)) === (ECE | CWR)
  return {
    mssBytes: Math.max(1, Math.min(options.mssBytes, mssBytes - (timestamps ? TIMESTAMPS_BYTES : 0))),
    sack: options.sack && (flags & OPTION_SACK_PERMITTED) !== 0,
    timestamps,
    windowScaling: options.windowScaling && (flags & OPTION_WINDOW_SCALE) !== 0,
    ecn: options.ecn && ecnSetup,
    // RFC 5681 §3.1: one segment when a SYN or SYN-ACK was lost
    initialWindowSegments: synLost ? 1 : options.initialWindowSegments,
  }
}

function synOptions(
  options: TcpOptions,
  flags: number,
  wanted: { readonly sack: boolean; readonly timestamps: boolean; readonly windowScaling: boolean },
): SynOptions {
  const { sack, timestamps, windowScaling } = wanted
  if (sack) flags |= OPTION_SACK_PERMITTED
  if (timestamps) flags |= OPTION_TIMESTAMPS
  if (windowScaling) flags |= OPTION_WINDOW_SCALE
  const mssBytes = options.mssBytes + (options.timestamps ? TIMESTAMPS_BYTES : 0)
  return { flags, mssBytes, sack, timestamps, windowScaling }
}
