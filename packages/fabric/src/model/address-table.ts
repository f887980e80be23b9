import { IPv4, IPv6 } from 'ip-num'

/** Header bytes of the two IP versions without options or extension headers. */
export const IPV4_HEADER_BYTES = 20
export const IPV6_HEADER_BYTES = 40

/** Addresses in play, each interned as a small integer, so that IPv6 costs the same as IPv4 inside. */
export class AddressTable {
  private readonly byText = new Map<string, number>()
  private readonly texts: string[] = []
  private readonly headerBytes: number[] = []

  get size(): number {
    return this.texts.length
  }

  /** The id of an address in any text form; the same address always gives the same id. */
  intern(text: string): number {
    // most are asked for as they are kept
    const known = this.byText.get(text)
    if (known !== undefined) return known
    const canonical = canonicalAddress(text)
    let id = this.byText.get(canonical)
    if (id === undefined) {
      id = this.texts.length
      this.byText.set(canonical, id)
      this.texts.push(canonical)
      this.headerBytes.push(canonical.includes(':') ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES)
    }
    return id
  }

  find(text: string): number | undefined {
    return this.byText.get(canonicalAddress(text))
  }

  textOf(id: number): string {
    return this.texts[id]!
  }

  headerBytesOf(id: number): number {
    return this.headerBytes[id]!
  }

  isIpv6(id: number): boolean {
    return this.headerBytes[id] === IPV6_HEADER_BYTES
  }
}

/** Dotted quad for IPv4; RFC 5952's short form for IPv6. Throws on zone identifiers and on anything that ip-num refuses. */
export function canonicalAddress(text: string): string {
  // ip-num lets `fe80::1%eth0` through: a zone has a meaning on one machine alone (RFC 4007 §11)
  if (text.includes('%'))
    throw new RangeError(`"${text}" has a zone identifier; leave out what follows the address`)
  if (!text.includes(':')) return new IPv4(text).toString()
  const groups = new IPv6(text)
    .toString()
    .split(':')
    .map((group) => Number.parseInt(group, 16).toString(16))
  return compressZeros(groups)
}

/** Replaces the longest run of two or more zero groups, the first of equals, by `::` (RFC 5952 §4.2). */
function compressZeros(groups: string[]): string {
  let bestStart = -1
  let bestLength = 1
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === '0') end++
    if (end - start > bestLength) {
      bestStart = start
      bestLength = end - start
    }
    if (end > start) start = end
  }
  if (bestStart < 0) return groups.join(':')
  return `${groups.slice(0, bestStart).join(':')}::${groups.slice(bestStart + bestLength).join(':')}`
}
