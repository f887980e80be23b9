import type { ScenarioRun } from '../run/scenario-run.ts'
import type { NamesResult } from './names.ts'

/** Null where no name was looked up. */
export function nameResults({ clock, engine, nowPs }: ScenarioRun): NamesResult | null {
  const { names: records } = clock
  const { names } = engine.network
  if (records === undefined || names === undefined) return null
  const counts = records.resolverCounts()
  return {
    traffic: engine.blueprint.traffic.flatMap(({ name: traffic, pairs }, index) => {
      if (pairs.kind !== 'to-name') return []
      const { lookups, own, questions, notFound, failed, lostTo, stale, waitedPs } = records.between(
        index,
        0,
        nowPs,
      )
      return [
        {
          traffic,
          name: pairs.name,
          lookups,
          cached: own,
          questions,
          notFound,
          serverFailed: failed,
          lost: Object.entries(lostTo).map(([reason, count]) => ({ reason, lookups: count })),
          stale,
          waitMeanPs: lookups === 0 ? null : waitedPs / lookups,
        },
      ]
    }),
    resolvers: names.blueprint.resolvers.map(({ name }, index) => {
      const { queries, hits, negativeHits, asked, stale, evicted } = counts[index]!
      return { name, queries, hits, negativeHits, asked, stale, evicted }
    }),
  }
}
