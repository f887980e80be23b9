import type { KeyType, TlsBlueprint } from './tls-blueprint.ts'

/** Bytes that one side writes before it waits for the other. */
export interface Flight {
  readonly from: 'client' | 'server'
  readonly bytes: number
}

/** How TLS is set up on a connection. */
export interface HandshakePlan {
  /** In turns, the client's first. The last of the client's may have the request behind it. */
  readonly flights: readonly Flight[]
  /** Index of the client's flight that the request leaves with; past the end: after the server's last. */
  readonly requestAfter: number
  /** Round trips between the connection and the request. */
  readonly roundTrips: number
  /** Time of the server's core, taken before its first flight. */
  readonly serverPs: number
  /** What the server sends ahead of its answer: tickets. */
  readonly ticketBytes: number
}

/** RFC 8446 §5.1, §4: header of a record, of a handshake message. */
const RECORD = 5
const MESSAGE = 4
/** Content type and tag of AES-GCM and ChaCha20-Poly1305 in TLS 1.3; explicit nonce and tag in TLS 1.2 (RFC 5288). */
const SEALED_13 = 1 + 16
const SEALED_12 = 8 + 16
/** A record of ChangeCipherSpec, for middleboxes in TLS 1.3 (RFC 8446 appendix D.4). */
const CHANGE_CIPHER_SPEC = RECORD + 1
/** HMAC of SHA-384, with AES-256-GCM, which servers choose as a rule; 12 bytes in TLS 1.2 (RFC 5246 §7.4.9). */
const FINISHED_13 = MESSAGE + 48
const FINISHED_12 = MESSAGE + 12
/** A DER signature of ECDSA P-256 has 70 to 72 bytes. */
const SIGNATURE_BYTES: Readonly<Record<KeyType, number>> = { 'rsa-2048': 256, 'ecdsa-p256': 71 }
/** version, random, session id of 32 bytes with its length, cipher suite, compression. */
const SERVER_HELLO_BODY = 2 + 32 + 33 + 2 + 1
/** In TLS 1.2 a server that hands out tickets gives a new session no id (RFC 5077 §3.4). */
const SESSION_ID = 32
/** RFC 8446 §4.2.1, §4.2.8 with X25519, §4.2.11: supported_versions, key_share, pre_shared_key. */
const VERSIONS_KEY_SHARE = 6 + 40
const SELECTED_IDENTITY = 6
/** RFC 7301 with `h2`, in a list of extensions. */
const EXTENSIONS_LENGTH = 2
const ALPN_H2 = 9
/** renegotiation_info, extended_master_secret; on a full handshake session_ticket and ec_point_formats too. */
const EXTENSIONS_12 = 5 + 4
const EXTENSIONS_12_FULL = 4 + 8
/** What a ClientHello that resumes needs beside the ticket: in TLS 1.3 an identity's age and a binder of SHA-384. */
const RESUMES_13 = 2 + 2 + 2 + 2 + 4 + 2 + 1 + 48
/** NewSessionTicket without the ticket (RFC 8446 §4.6.1); OpenSSL sends two after a whole handshake. */
const NEW_TICKET_13 = MESSAGE + 4 + 4 + 1 + 8 + 2 + 2
const TICKETS_13 = 2
/** A full chain in the hello: two certificates, with their lengths (and extensions in TLS 1.3). */
const CHAIN_CERTIFICATES = 2

/** The plan of a whole handshake (RFC 8446 §2, RFC 5246 §7.3), or of one that resumes. */
export function handshakePlan(tls: TlsBlueprint, isResumed: boolean): HandshakePlan {
  const is13 = tls.version === '1.3'
  const resumesBytes = tls.ticketBytes + (is13 ? RESUMES_13 : SESSION_ID)
  const helloBytes = tls.helloBytes + (isResumed ? resumesBytes : 0)
  const flights = is13 ? flights13(tls, isResumed, helloBytes) : flights12(tls, isResumed, helloBytes)
  const isEarly = isResumed && tls.earlyData
  const requestAfter = isEarly ? 0 : is13 || isResumed ? 2 : flights.length
  return {
    flights,
    requestAfter,
    roundTrips: requestAfter / 2,
    serverPs: isResumed ? tls.resumedPs : tls.fullPs,
    ticketBytes: is13 && !isResumed ? TICKETS_13 * (RECORD + SEALED_13 + NEW_TICKET_13 + tls.ticketBytes) : 0,
  }
}

/** Bytes of so much payload in records of at most 16 KiB (RFC 8446 §5.1). */
export const sealedBytes = ({ version }: TlsBlueprint, bytes: number): number =>
  bytes + Math.ceil(bytes / RECORD_PAYLOAD_MAX) * (RECORD + (version === '1.3' ? SEALED_13 : SEALED_12))

const RECORD_PAYLOAD_MAX = 16_384

function flights13(tls: TlsBlueprint, isResumed: boolean, helloBytes: number): Flight[] {
  const hello =
    RECORD +
    MESSAGE +
    SERVER_HELLO_BODY +
    EXTENSIONS_LENGTH +
    VERSIONS_KEY_SHARE +
    (isResumed ? SELECTED_IDENTITY : 0)
  const early = isResumed && tls.earlyData ? EARLY_DATA_ACCEPTED : 0
  const sealed = [MESSAGE + EXTENSIONS_LENGTH + ALPN_H2 + early, FINISHED_13]
  if (!isResumed) {
    const entry = 3 + 2
    sealed.push(MESSAGE + 1 + 3 + CHAIN_CERTIFICATES * entry + tls.chainBytes)
    sealed.push(MESSAGE + 2 + 2 + SIGNATURE_BYTES[tls.key])
  }
  // OpenSSL gives each message a record of its own
  const server = sealed.reduce((sum, bytes) => sum + RECORD + SEALED_13 + bytes, hello + CHANGE_CIPHER_SPEC)
  const endOfEarly = early > 0 ? RECORD + SEALED_13 + MESSAGE : 0
  const finished = CHANGE_CIPHER_SPEC + RECORD + SEALED_13 + FINISHED_13 + endOfEarly
  return [
    { from: 'client', bytes: helloBytes },
    { from: 'server', bytes: server },
    { from: 'client', bytes: finished },
  ]
}

/** The extension early_data, empty. */
const EARLY_DATA_ACCEPTED = 4

function flights12(tls: TlsBlueprint, isResumed: boolean, helloBytes: number): Flight[] {
  const extensions = EXTENSIONS_LENGTH + EXTENSIONS_12 + ALPN_H2
  const hello = RECORD + MESSAGE + SERVER_HELLO_BODY + extensions
  const finished = CHANGE_CIPHER_SPEC + RECORD + SEALED_12 + FINISHED_12
  const first = { from: 'client', bytes: helloBytes } as const
  if (isResumed)
    return [first, { from: 'server', bytes: hello + finished }, { from: 'client', bytes: finished }]
  const certificate = RECORD + MESSAGE + 3 + CHAIN_CERTIFICATES * 3 + tls.chainBytes
  // named curve, point, algorithm and signature (RFC 8422 §5.4)
  const keyExchange = RECORD + MESSAGE + 3 + 1 + 32 + 2 + 2 + SIGNATURE_BYTES[tls.key]
  const done = RECORD + MESSAGE
  const clientKey = RECORD + MESSAGE + 1 + 32
  return [
    first,
    { from: 'server', bytes: hello - SESSION_ID + EXTENSIONS_12_FULL + certificate + keyExchange + done },
    { from: 'client', bytes: clientKey + finished },
    { from: 'server', bytes: RECORD + MESSAGE + 6 + tls.ticketBytes + finished },
  ]
}

/** Bytes of a direction of a whole plan. */
export const flightBytes = ({ flights }: HandshakePlan, from: Flight['from']): number =>
  flights.reduce((sum, flight) => sum + (flight.from === from ? flight.bytes : 0), 0)
