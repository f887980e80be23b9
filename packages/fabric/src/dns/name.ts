import { canonicalAddress } from '../model/address-table.ts'

/** Octets of a label, and of a whole name as messages carry it, with its length octets (RFC 1035 §2.3.4). */
export const LABEL_OCTETS_MAX = 63
export const NAME_OCTETS_MAX = 255

declare const named: unique symbol

/** A whole name in the one form in which it is compared: small letters, no dot at its end; the root is empty. */
export type DnsName = string & { readonly [named]: true }

export const ROOT = '' as DnsName

/** Printable ASCII but dots and backslashes: what messages may carry beside is not modelled. */
const LABEL = /^[!-[\]-~]+$/

/** Why a text is no name, or undefined. A dot at its end is allowed. */
export function nameRefusal(text: string): string | undefined {
  const bare = text.endsWith('.') ? text.slice(0, -1) : text
  if (bare === '') return undefined
  const octets = bare.length + 2
  if (octets > NAME_OCTETS_MAX)
    return `${JSON.stringify(text)} takes ${octets} octets, a name at most ${NAME_OCTETS_MAX}`
  for (const label of bare.split('.')) {
    if (label === '') return `${JSON.stringify(text)} has an empty label; one dot stands between two labels`
    if (label.length > LABEL_OCTETS_MAX)
      return `the label ${JSON.stringify(label)} has ${label.length} octets, expected at most ${LABEL_OCTETS_MAX}`
    if (!LABEL.test(label))
      return `the label ${JSON.stringify(label)} has characters other than printable ASCII; write it as xn--`
  }
  return undefined
}

/** A name in its one form. Throws a RangeError on what is no name. */
export function dnsName(text: string): DnsName {
  const refusal = nameRefusal(text)
  if (refusal !== undefined) throw new RangeError(refusal)
  const small = text.toLowerCase()
  return (small.endsWith('.') ? small.slice(0, -1) : small) as DnsName
}

/** The name without its first label; the root has none. */
export function parentOf(name: DnsName): DnsName {
  const dot = name.indexOf('.')
  return (dot < 0 ? '' : name.slice(dot + 1)) as DnsName
}

/** Whether a label but the first is a star: it stands for nothing but itself (RFC 4592 §2.1.1). */
export const isStarInside = (name: string): boolean => name.split('.').lastIndexOf('*') > 0

/** Whether a name is the other one or below it. */
export const isWithin = (name: DnsName, top: DnsName): boolean =>
  top === ROOT || name === top || (name.length > top.length && name.endsWith(`.${top}`))

/** A name one label, or several, below another; undefined where it would be too long. */
export function below(name: string, top: DnsName): DnsName | undefined {
  const whole = (top === ROOT ? name : name === '' ? top : `${name}.${top}`) as DnsName
  return whole.length + 2 <= NAME_OCTETS_MAX ? whole : undefined
}

/** Where the PTR records of an address stand: below in-addr.arpa (RFC 1035 §3.5) or ip6.arpa (RFC 3596 §2.5). */
export function reverseName(address: string): DnsName {
  const canonical = canonicalAddress(address)
  if (!canonical.includes(':')) return `${canonical.split('.').reverse().join('.')}.in-addr.arpa` as DnsName
  const [head = '', tail] = canonical.split('::') as [string, string?]
  const groupsOf = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'))
  const [first, last] = [groupsOf(head), groupsOf(tail)]
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0')
  const nibbles = [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('')
  return `${[...nibbles].reverse().join('.')}.ip6.arpa` as DnsName
}
