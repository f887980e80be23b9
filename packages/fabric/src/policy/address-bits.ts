import { IPv4CidrRange, IPv6CidrRange } from 'ip-num'
import { canonicalAddress } from '../model/address-table.ts'

export type Family = 'ipv4' | 'ipv6'

/** An address as 32-bit words, most significant first: one of IPv4, four of IPv6. */
export interface AddressBits {
  readonly family: Family
  readonly words: Uint32Array
}

export interface PrefixBits extends AddressBits {
  /** Leading bits that count; the others are 0. */
  readonly length: number
}

export const FAMILY_BITS: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 }

const familyOf = (text: string): Family => (text.includes(':') ? 'ipv6' : 'ipv4')

/** Throws on what `canonicalAddress` refuses. */
export const parseAddress = (text: string): AddressBits => bitsOfCanonical(canonicalAddress(text))

/** Of a text that `canonicalAddress` gave. */
export function bitsOfCanonical(text: string): AddressBits {
  if (familyOf(text) === 'ipv4') {
    const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number]
    return { family: 'ipv4', words: Uint32Array.of(a * 2 ** 24 + (b << 16) + (c << 8) + d) }
  }
  const [head, tail] = text.split('::').map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[] | undefined,
  ]
  const zeros = new Array<string>(8 - head.length - (tail?.length ?? 0)).fill('0')
  const groups = [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16))
  const words = Uint32Array.from([0, 2, 4, 6], (i) => groups[i]! * 2 ** 16 + groups[i + 1]!)
  return { family: 'ipv6', words }
}

/** CIDR notation; bits behind the length are cleared, as older clusters accept them. Throws on anything else. */
export function parsePrefixBits(text: string): PrefixBits {
  const family = familyOf(text)
  const range = family === 'ipv6' ? IPv6CidrRange.fromCidr(text) : IPv4CidrRange.fromCidr(text)
  const length = Number(range.getPrefix().getValue())
  return { family, words: wordsOf(range.getFirst().getValue(), family), length }
}

/** The prefix of one address alone. */
export const hostPrefix = ({ family, words }: AddressBits): PrefixBits => ({
  family,
  words,
  length: FAMILY_BITS[family],
})

function wordsOf(value: bigint, family: Family): Uint32Array {
  if (family === 'ipv4') return Uint32Array.of(Number(value))
  return Uint32Array.from([96n, 64n, 32n, 0n], (shift) => Number((value >> shift) & 0xffff_ffffn))
}

/** Bit `index` of an address, the most significant one being 0. */
export const bitAt = (words: Uint32Array, index: number): number =>
  (words[index >>> 5]! >>> (31 - (index & 31))) & 1

export function containsAddress(prefix: PrefixBits, address: AddressBits): boolean {
  if (prefix.family !== address.family) return false
  for (let bit = 0; bit < prefix.length; bit++) {
    if (bitAt(prefix.words, bit) !== bitAt(address.words, bit)) return false
  }
  return true
}

export function formatPrefix({ family, words, length }: PrefixBits): string {
  const text =
    family === 'ipv4'
      ? [24, 16, 8, 0].map((shift) => (words[0]! >>> shift) & 0xff).join('.')
      : [...words].map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':')
  return `${canonicalAddress(text)}/${length}`
}
