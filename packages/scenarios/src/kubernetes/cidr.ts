import { canonicalAddress } from '@weft/fabric'

/** An address prefix in CIDR notation. */
export interface Cidr {
  /** RFC 5952's and dotted-quad form, bits behind the length cleared. */
  readonly text: string
  readonly version: 4 | 6
  readonly first: bigint
  readonly length: number
  /** Whether it was written as `text` is, but for spelling: no bits behind its length. */
  readonly isCanonical: boolean
}

const BITS = { 4: 32, 6: 128 } as const

/** The prefix, or what is wrong with it. */
export function parseCidr(given: string): Cidr | string {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(given)
  if (match === null)
    return `${JSON.stringify(given)} is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64`
  if (!given.includes(':') && /(^|\.)0\d/.test(given))
    return `${JSON.stringify(given)} has leading zeros, which some read as octal; remove them`
  if (/^::ffff:/i.test(match[1]!))
    return `${JSON.stringify(given)} is an IPv4 address within IPv6; write it as IPv4`
  const version = match[1]!.includes(':') ? 6 : 4
  const length = Number(match[2])
  const value = length <= BITS[version] ? addressValue(match[1]!, version) : undefined
  if (value === undefined)
    return `${JSON.stringify(given)} is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64`
  const hostBits = BigInt(BITS[version] - length)
  const first = (value >> hostBits) << hostBits
  return {
    text: `${formatAddress(first, version)}/${length}`,
    version,
    first,
    length,
    isCanonical: first === value,
  }
}

/** Whether `inner` lies within `outer` and is smaller. */
export function isStrictlyWithin(inner: Cidr, outer: Cidr): boolean {
  if (inner.version !== outer.version || inner.length <= outer.length) return false
  const shift = BigInt(BITS[outer.version] - outer.length)
  return inner.first >> shift === outer.first >> shift
}

function addressValue(text: string, version: 4 | 6): bigint | undefined {
  let canonical: string
  try {
    canonical = canonicalAddress(text)
  } catch {
    return undefined
  }
  if (version === 4) return canonical.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
  const [before, after] = canonical.split('::')
  const groupsOf = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'))
  const head = groupsOf(before)
  const tail = groupsOf(after)
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function formatAddress(value: bigint, version: 4 | 6): string {
  const [count, bits] = version === 4 ? [4, 8n] : [8, 16n]
  const parts = Array.from({ length: count }, (_, index) => {
    const part = (value >> (bits * BigInt(count - 1 - index))) & ((1n << bits) - 1n)
    return part.toString(version === 4 ? 10 : 16)
  })
  return canonicalAddress(parts.join(version === 4 ? '.' : ':'))
}
