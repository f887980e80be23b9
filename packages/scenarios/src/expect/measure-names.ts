import type { Expectation } from '../compile/questions/expect.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { excess, type Measurement, NOTHING } from './measurement.ts'

/** Connections to stale addresses, or lookups without an address: so many, or their share of lookups; the worst traffic counts. */
export function measureNames(expectation: Expectation, { clock, engine, nowPs }: ScenarioRun): Measurement {
  const { fromPs, toPs, bounds, metric, filter } = expectation
  const isShare = bounds.some(({ unit }) => unit === 'share')
  let worst = NOTHING
  for (const [index, { name, pairs }] of engine.blueprint.traffic.entries()) {
    if (pairs.kind !== 'to-name' || (filter.traffic !== undefined && filter.traffic !== name)) continue
    const { lookups, stale, notFound, failed, lostTo } = clock.names!.between(index, fromPs, toPs)
    const count = metric === 'dns.stale' ? stale : notFound + failed
    const value = isShare ? count / Math.max(lookups, 1) : count
    if (worst.value !== undefined && excess(expectation, value) <= excess(expectation, worst.value)) continue
    const span = { fromPs, toPs: Math.min(toPs, nowPs) }
    const reasons = metric === 'dns.failed' ? Object.keys(lostTo).filter((reason) => lostTo[reason]! > 0) : []
    const why = reasons.length === 0 ? '' : `, questions lost: ${reasons.join(', ')}`
    worst = { value, samples: lookups, ...(count > 0 && { object: `${name} to ${pairs.name}${why}`, span }) }
  }
  return worst
}
