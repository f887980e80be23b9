import { below, type DnsName, dnsName } from './name.ts'

/** Whose rules a client follows. They differ, and both are in clusters: musl is Alpine's. */
export type StubLibrary = 'glibc' | 'musl'

export interface SearchOptions {
  /** Tried in this order behind a name. */
  readonly search: readonly string[]
  /** A name with fewer dots is tried with the search paths first; 0 to 15. */
  readonly ndots: number
  readonly library: StubLibrary
}

/** Names that a client tries, and where among them the name stands as it was given. */
export interface SearchNames {
  readonly names: readonly DnsName[]
  readonly asIs: number
}

/**
 * Which names a client tries in which order. With a dot at its end a name is tried alone.
 *
 * glibc (resolv/res_query.c): a name with `ndots` dots or more first as it is, then with the search paths; another
 * with the search paths, then as it is. musl (src/network/lookup_name.c): a name with `ndots` dots or more as it is and
 * no more. Names that would be too long are left out. Throws a RangeError on what is no name.
 */
export function searchNames(text: string, { search, ndots, library }: SearchOptions): SearchNames {
  const name = dnsName(text)
  if (text.endsWith('.')) return { names: [name], asIs: 0 }
  const isFirst = text.split('.').length - 1 >= ndots
  if (isFirst && library === 'musl') return { names: [name], asIs: 0 }
  const searched = search.map((path) => below(name, dnsName(path))).filter((each) => each !== undefined)
  if (isFirst) return { names: [name, ...searched.filter((each) => each !== name)], asIs: 0 }
  // a search path may be the root
  const at = searched.indexOf(name)
  return at >= 0 ? { names: searched, asIs: at } : { names: [...searched, name], asIs: searched.length }
}
