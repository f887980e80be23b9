import { canonicalAddress, parsePrefix } from '@weft/fabric'
import { show } from '../../schema/words.ts'

const ZERO_FIRST = /(^|\.)0[0-9]/

/** What is wrong with an IP address; undefined where nothing is. */
export function addressRefusal(text: string): string | undefined {
  // read as octal by some, as decimal by others (CVE-2021-29923)
  if (!text.includes(':') && ZERO_FIRST.test(text)) return `${show(text)} has a number with a zero before it`
  try {
    canonicalAddress(text)
    return undefined
  } catch {
    return `${show(text)} is not an IP address`
  }
}

/** What is wrong with a prefix in CIDR notation; undefined where nothing is. */
export function prefixRefusal(text: string): string | undefined {
  const parsed = parsePrefix(text)
  return parsed.ok ? undefined : parsed.message
}

export const familyOf = (address: string): 'IPv4' | 'IPv6' => (address.includes(':') ? 'IPv6' : 'IPv4')
