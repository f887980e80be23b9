import { dnsName, isWithin, type RecordSet, type Zone } from '@weft/fabric'

/** Aliases that are followed, as resolvers do. */
const ALIASES_MAX = 8
const TYPES = ['A', 'AAAA', 'CNAME'] as const

/** Addresses and aliases that a name in its one form has in these zones, by wildcards too. */
export function recordsIn(zones: readonly Zone[], name: string): RecordSet[] {
  const own = dnsName(name)
  return zones
    .filter(({ origin }) => isWithin(own, origin))
    .flatMap((zone) => TYPES.flatMap((type) => zone.answerFor(own, type) ?? []))
}

/** Addresses that a name stands for, itself or by aliases. */
export function addressesIn(zones: readonly Zone[], name: string): string[] {
  for (let at = name, followed = 0; followed <= ALIASES_MAX; followed++) {
    const sets = recordsIn(zones, at)
    const addresses = sets.flatMap(({ type, values }) => (type === 'CNAME' ? [] : values))
    if (addresses.length > 0) return [...new Set(addresses)]
    const alias = sets.find(({ type }) => type === 'CNAME')
    if (alias === undefined) return []
    at = alias.values[0]!
  }
  return []
}

/** A name, and the wildcards that may answer for it, the nearest first. */
export function wildcardsFor(name: string): Set<string> {
  const labels = name.split('.')
  return new Set([name, ...labels.map((_, i) => ['*', ...labels.slice(i + 1)].join('.'))])
}
