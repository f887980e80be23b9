import { canonicalAddress } from '@weft/fabric'
import { type DerElement, DerError, readDer } from './der.ts'

/** What of a certificate clients look at, beside its signature. */
export interface CertificateFacts {
  /** Milliseconds since 1970 began, UTC. It is valid from the one up to and with the other. */
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Names and addresses that it is for (subjectAltName), in lower case; wildcards as `*.example.com`. */
  readonly names: readonly string[]
}

/** ASN.1's tags, as RFC 5280 uses them. */
const SEQUENCE = 0x30
const OID = 0x06
const OCTETS = 0x04
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87

/** 2.5.29.17 */
const SUBJECT_ALT_NAME = '55,1d,11'

/** Of what stands before it in a TBSCertificate without a version: serial number, signature, issuer. */
const VALIDITY = 3

/** Reads a certificate (RFC 5280 §4.1). Throws a DerError that says what it should have had. */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const [certificate] = readDer(der)
  const [body] = children(certificate, SEQUENCE, 'no certificate')
  const fields = children(body, SEQUENCE, 'no certificate').filter(({ tag }) => tag !== VERSION)
  const [notBefore, notAfter] = children(fields[VALIDITY], SEQUENCE, 'no validity')
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS)
  return {
    notBeforeMs: timeOf(notBefore),
    notAfterMs: timeOf(notAfter),
    names: extensions === undefined ? [] : namesOf(extensions),
  }
}

function children(element: DerElement | undefined, tag: number, otherwise: string): DerElement[] {
  if (element?.tag !== tag) throw new DerError(otherwise)
  return readDer(element.content)
}

const textOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on (RFC 5280 §4.1.2.5). */
function timeOf(element: DerElement | undefined): number {
  const text = element === undefined ? '' : textOf(element.content.subarray(0, 32))
  const isUtc = element?.tag === UTC_TIME
  if (!isUtc && element?.tag !== GENERALIZED_TIME) throw new DerError('no validity')
  const parts = (isUtc ? /^(\d\d)((?:\d\d){5})Z$/ : /^(\d{4})((?:\d\d){5})Z$/).exec(text)
  if (parts === null) throw new DerError('a time that is none')
  const year = Number(parts[1]) + (isUtc ? (Number(parts[1]) >= 50 ? 1900 : 2000) : 0)
  const [month, day, hour, minute, second] = parts[2]!.match(/\d\d/g)!
  const iso = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}`
  const ms = Date.parse(`${iso}Z`)
  // 31 February would be a day of March
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(iso))
    throw new DerError('a time that is none')
  return ms
}

/** Of the extension subjectAltName (RFC 5280 §4.2.1.6): clients look at no other name (RFC 9525 §2). */
function namesOf(extensions: DerElement): string[] {
  const list = readDer(extensions.content)[0]
  for (const extension of children(list, SEQUENCE, 'no extensions')) {
    const parts = children(extension, SEQUENCE, 'no extension')
    const id = parts.find(({ tag }) => tag === OID)
    const value = parts.find(({ tag }) => tag === OCTETS)
    if (id === undefined || value === undefined) throw new DerError('no extension')
    if (hexOf(id.content) !== SUBJECT_ALT_NAME) continue
    return children(readDer(value.content)[0], SEQUENCE, 'no names').flatMap(nameOf)
  }
  return []
}

function nameOf({ tag, content }: DerElement): string[] {
  if (tag === DNS_NAME) return [textOf(content).toLowerCase().replace(/\.$/, '')]
  if (tag !== IP_ADDRESS) return []
  if (content.length === 4) return [content.join('.')]
  if (content.length !== 16) throw new DerError('an address that is none')
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((content[2 * i]! << 8) | content[2 * i + 1]!).toString(16),
  )
  return [canonicalAddress(groups.join(':'))]
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(',')
