import { ConfigError, type Issue, US } from '@weft/core'

export type TlsVersion = '1.3' | '1.2'
export type KeyType = 'rsa-2048' | 'ecdsa-p256'

/** How clients and a server set up TLS, and what that costs. */
export interface TlsBlueprint {
  readonly version: TlsVersion
  readonly key: KeyType
  /** Certificates that the server sends, in DER, without lengths: whole bytes. */
  readonly chainBytes: number
  /** A ClientHello as a record, without what it needs to resume. */
  readonly helloBytes: number
  /** A ticket by which sessions are resumed. */
  readonly ticketBytes: number
  /** Share of connections that resume an earlier session: 0 to 1. */
  readonly resumed: number
  /** Those that resume send their request at once (0-RTT, RFC 8446 §2.3). TLS 1.3 alone. */
  readonly earlyData: boolean
  /** Time of one of the server's cores for a whole handshake, and for one that resumes. */
  readonly fullPs: number
  readonly resumedPs: number
}

/** Leaf and intermediate as Let's Encrypt issues them: of about this size. */
const CHAIN_BYTES: Readonly<Record<KeyType, number>> = { 'rsa-2048': 2600, 'ecdsa-p256': 2100 }

/**
 * A signature and two operations of X25519, with a fifth more for hashes and records: `openssl speed` 3.0 on a core of an AMD EPYC
 * of 2021 has 248 us, 19 us and 31 us.
 */
const FULL_PS: Readonly<Record<KeyType, number>> = { 'rsa-2048': 370 * US, 'ecdsa-p256': 100 * US }
/** The same without the signature: resumption that keeps forward secrecy. */
const RESUMED_PS: Readonly<Record<TlsVersion, number>> = { '1.3': 75 * US, '1.2': 15 * US }
/** Browsers pad theirs to 512 bytes and the record's header (RFC 7685). */
const HELLO_BYTES = 517
/** As OpenSSL makes them. */
const TICKET_BYTES: Readonly<Record<TlsVersion, number>> = { '1.3': 208, '1.2': 176 }

/** With defaults for what is not given; costs and chain then follow key and version. Throws a ConfigError. */
export function resolveTls(given: Partial<TlsBlueprint> = {}): TlsBlueprint {
  const { key = 'ecdsa-p256', version = '1.3' } = given
  const tls: TlsBlueprint = {
    version,
    key,
    chainBytes: CHAIN_BYTES[key],
    helloBytes: HELLO_BYTES,
    ticketBytes: TICKET_BYTES[version],
    resumed: 0,
    earlyData: false,
    fullPs: FULL_PS[key],
    resumedPs: RESUMED_PS[version],
    ...given,
  }
  const issues = tlsIssues(tls)
  if (issues.length > 0) throw new ConfigError(issues)
  return tls
}

/** All that is wrong with it. */
export function tlsIssues(tls: TlsBlueprint): Issue[] {
  const issues: Issue[] = []
  const expect = (isRight: boolean, key: keyof TlsBlueprint, expected: string) => {
    if (!isRight)
      issues.push({ path: [key], message: `got ${JSON.stringify(tls[key])}; expected ${expected}` })
  }
  for (const key of ['chainBytes', 'helloBytes'] as const)
    expect(Number.isSafeInteger(tls[key]) && tls[key] >= 1, key, 'a whole number of bytes, 1 or more')
  expect(
    Number.isSafeInteger(tls.ticketBytes) && tls.ticketBytes >= 0,
    'ticketBytes',
    'a whole number of bytes',
  )
  expect(tls.resumed >= 0 && tls.resumed <= 1, 'resumed', 'a share from 0 to 1')
  expect(!tls.earlyData || tls.version === '1.3', 'earlyData', 'false: TLS 1.2 has none')
  for (const key of ['fullPs', 'resumedPs'] as const)
    expect(tls[key] >= 0 && Number.isFinite(tls[key]), key, 'a time of 0 or more')
  return issues
}

/** Mean time of a server's core for a handshake. */
export const handshakePsMean = ({ resumed, fullPs, resumedPs }: TlsBlueprint): number =>
  resumed * resumedPs + (1 - resumed) * fullPs
