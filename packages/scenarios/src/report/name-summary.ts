import type { LookupResult, NamesResult } from '../result/names.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import { count, duration, share } from './format.ts'

/** What lookups came to, by traffic, and what resolvers did. */
export function nameTables(names: NamesResult | null, paint: Palette): string {
  if (names === null) return ''
  return [lookupTable(names, paint), resolverTable(names, paint)].filter((table) => table !== '').join('\n\n')
}

const NAME_HEAD = ['Lookups', 'name', 'lookups', 'own cache', 'mean wait', 'stale', 'not found', 'no answer']

export const lookupHead: readonly string[] = NAME_HEAD

/** One row for each traffic. */
export function lookupRows({ traffic }: NamesResult): string[][] {
  return traffic.map((each) => [
    each.traffic,
    each.name,
    count(each.lookups),
    share(each.cached, each.lookups),
    each.waitMeanPs === null ? '–' : duration(each.waitMeanPs),
    each.stale === 0 ? '0' : `${count(each.stale)} (${share(each.stale, each.lookups)})`,
    count(each.notFound),
    noAnswer(each),
  ])
}

/** So many, and why questions were lost. */
export function noAnswer({ serverFailed, lost }: LookupResult): string {
  const reasons = lost.filter(({ lookups }) => lookups > 0).map(({ reason }) => reason)
  return reasons.length === 0 ? count(serverFailed) : `${count(serverFailed)} (${reasons.join(', ')})`
}

export const resolverHead: readonly string[] = [
  'Resolvers',
  'queries',
  'from cache',
  'not there',
  'asked',
  'stale',
]

export function resolverRows({ resolvers }: NamesResult): string[][] {
  return resolvers.map((each) => [
    each.name,
    count(each.queries),
    share(each.hits, each.queries),
    count(each.negativeHits),
    count(each.asked),
    count(each.stale),
  ])
}

function lookupTable(names: NamesResult, paint: Palette): string {
  const rows = lookupRows(names).map(([traffic, name, ...rest]) => [plain(traffic!), plain(name!), ...rest])
  return rows.length === 0 ? '' : textTable([...lookupHead], 'llrrrrrr', rows, paint)
}

function resolverTable(names: NamesResult, paint: Palette): string {
  const rows = resolverRows(names).map(([name, ...rest]) => [plain(name!), ...rest])
  return rows.length === 0 ? '' : textTable([...resolverHead], 'lrrrrr', rows, paint)
}
