import { canonicalAddress, formatAddress, type Prefix, parsePrefix } from '@weft/fabric'
import { type Path, type Problems, quote } from '../problems.ts'
import { asList } from '../selectors/selectors.ts'

/** Prefixes that nobody on the internet reaches: RFC 1918, 6598, 3927, 1122, 4193, 4291. */
export const NOT_PUBLIC = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
]

const NOT_PUBLIC_RANGES = NOT_PUBLIC.map((text) => prefixOf(text)!)

const POOL_MAX = 65_535

export const isAddress = (text: string): boolean => canonicalOf(text) !== undefined

/** An address in its canonical form; undefined for what is none. */
export function canonicalOf(text: string): string | undefined {
  if (!/^[\d.]+$|:/.test(text)) return undefined
  try {
    return canonicalAddress(text)
  } catch {
    return undefined
  }
}

/** An address as a prefix of its own. */
export const prefixOfAddress = (address: string): Prefix =>
  prefixOf(`${address}/${address.includes(':') ? 128 : 32}`)!

/** Whether an address is one that the internet knows: not one of those that are for use inside. */
export function isPublic(address: string): boolean {
  const own = prefixOfAddress(address)
  return !NOT_PUBLIC_RANGES.some(
    ({ family, first, last }) => family === own.family && first <= own.first && own.first <= last,
  )
}

/** Whether it is a prefix, and its addresses are such. */
export const isPublicPrefix = (text: string): boolean => {
  const prefix = prefixOf(text)
  return prefix !== undefined && isPublic(formatAddress(prefix.first, prefix.family))
}

/** The addresses of a pool that is given by addresses and prefixes, each once; refuses what is neither, and too many. */
export function poolAddresses(given: string | readonly string[], at: Path, problems: Problems): string[] {
  const addresses = new Set<string>()
  for (const [index, text] of asList(given).entries()) {
    const path = typeof given === 'string' ? at : [...at, index]
    const parsed = parsePrefix(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`)
    if (!parsed.ok) {
      problems.refuse(path, parsed.message)
      continue
    }
    const { first, last, family } = parsed.prefix
    if (last - first >= BigInt(POOL_MAX - addresses.size)) {
      problems.refuse(
        path,
        `${quote(text)} has too many addresses for a pool, which takes ${POOL_MAX} at most`,
      )
      continue
    }
    for (let at = first; at <= last; at++) addresses.add(formatAddress(at, family))
  }
  return [...addresses]
}

function prefixOf(text: string): Prefix | undefined {
  const parsed = parsePrefix(text)
  return parsed.ok ? parsed.prefix : undefined
}
