import type { ResolverCounts } from '../dns/index.ts'

/** What several resolvers did, all together; peaks add up though they need not be of one instant. */
export function totalCounts(all: readonly ResolverCounts[]): ResolverCounts {
  const sum = (key: Exclude<keyof ResolverCounts, 'staleShare'>) =>
    all.reduce((total, counts) => total + counts[key], 0)
  const [queries, stale] = [sum('queries'), sum('stale')]
  return {
    queries,
    hits: sum('hits'),
    misses: sum('misses'),
    negativeHits: sum('negativeHits'),
    asked: sum('asked'),
    stale,
    staleShare: queries === 0 ? 0 : stale / queries,
    expired: sum('expired'),
    evicted: sum('evicted'),
    size: sum('size'),
    peak: sum('peak'),
  }
}
