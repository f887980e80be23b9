import { IPv4CidrRange, IPv6CidrRange } from 'ip-num'
import { canonicalAddress } from '../../model/address-table.ts'
import type { NodeBlueprint } from '../network.ts'

/** A range of addresses to give to hosts, in order. */
export interface Prefix {
  readonly text: string
  readonly family: 'ipv4' | 'ipv6'
  readonly first: bigint
  readonly last: bigint
}

export type PrefixParsed =
  | { readonly ok: true; readonly prefix: Prefix }
  | { readonly ok: false; readonly message: string }

/** Parses CIDR notation; refuses host bits, as they are more often a slip than meant. */
export function parsePrefix(text: string): PrefixParsed {
  const quoted = JSON.stringify(text)
  const family = text.includes(':') ? 'ipv6' : 'ipv4'
  let range: IPv4CidrRange | IPv6CidrRange
  try {
    range = family === 'ipv6' ? IPv6CidrRange.fromCidr(text) : IPv4CidrRange.fromCidr(text)
  } catch {
    return {
      ok: false,
      message: `${quoted} is not an address prefix; expected one such as 10.0.0.0/8 or fd00::/64`,
    }
  }
  const first = range.getFirst().getValue()
  const last = range.getLast().getValue()
  const [address, length] = text.split('/') as [string, string]
  const meant = formatAddress(first, family)
  if (canonicalAddress(address) !== meant) {
    return {
      ok: false,
      message: `${quoted} has bits set behind its length; did you mean ${meant}/${length}?`,
    }
  }
  return { ok: true, prefix: { text, family, first, last } }
}

export const overlaps = (a: Prefix, b: Prefix): boolean =>
  a.family === b.family && a.first <= b.last && b.first <= a.last

/** Addresses for hosts: IPv4 without the network's and the broadcast address, IPv6 without the all-zero one (RFC 4291 §2.6.1). */
export function capacityOf(prefix: Prefix): bigint {
  const size = prefix.last - prefix.first + 1n
  const reserved = prefix.family === 'ipv4' ? 2n : 1n
  return size > reserved ? size - reserved : 0n
}

export type Addressed =
  | { readonly ok: true; readonly nodes: NodeBlueprint[] }
  | { readonly ok: false; readonly message: string }

/**
 * Gives every host interface one address of each prefix, counting up in the order of `nodes`.
 * Several regions that share a prefix are passed in together.
 */
export function assignAddresses(nodes: readonly NodeBlueprint[], prefixes: readonly Prefix[]): Addressed {
  let needed = 0n
  for (const node of nodes) if (node.kind === 'host') needed += BigInt(node.interfaces.length)
  for (const prefix of prefixes) {
    const capacity = capacityOf(prefix)
    if (capacity < needed) {
      return {
        ok: false,
        message: `${prefix.text} has ${capacity} addresses for ${needed} host interfaces; choose a shorter prefix length`,
      }
    }
  }
  let offset = 0n
  const addressed = nodes.map((node): NodeBlueprint => {
    if (node.kind !== 'host') return node
    const interfaces = node.interfaces.map((each) => {
      offset++
      return {
        ...each,
        addresses: prefixes.map(({ first, family }) => formatAddress(first + offset, family)),
      }
    })
    return { ...node, interfaces }
  })
  return { ok: true, nodes: addressed }
}

export function formatAddress(value: bigint, family: 'ipv4' | 'ipv6'): string {
  if (family === 'ipv4') {
    const number = Number(value)
    return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.')
  }
  const hex = value.toString(16).padStart(32, '0')
  return canonicalAddress(hex.match(/.{4}/g)!.join(':'))
}
