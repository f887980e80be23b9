import type { PoolKind } from '@weft/fabric'
import type { Expectation } from '../compile/questions/expect.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'
import { excess, type Measurement, NOTHING } from './measurement.ts'

/** What the worst pool refused, SYNs or new connections, or clients that it evicted; or their share of those that it got. */
export function measurePools(expectation: Expectation, run: ScenarioRun): Measurement {
  const { filter, fromPs, toPs, bounds, metric } = expectation
  const { pools } = run.clock
  const hosts = filter.hosts === undefined ? undefined : new Set(filter.hosts)
  const ofHosts = new Set<PoolKind>(['connections', 'connection-tracking'])
  const isShare = bounds.some(({ unit }) => unit === 'share')
  let worst = NOTHING
  for (const [index, { owner, name, kind }] of pools.pools.entries()) {
    if ((filter.pool ?? kind) !== kind || hosts?.has(owner) === false) continue
    if (metric === 'pool.refused' && ofHosts.has(kind) !== (hosts !== undefined)) continue
    const counts = pools.between(index, fromPs, toPs)
    if (counts === undefined) continue
    const { asked } = counts
    const without = metric === 'pool.evicted' ? (counts.evicted ?? 0) : counts.refused
    const value = !isShare ? without : asked === 0 ? 0 : without / asked
    if (worst.value !== undefined && excess(expectation, value) <= excess(expectation, worst.value)) continue
    const span = { fromPs, toPs: Math.min(toPs, run.nowPs) }
    worst = { value, samples: asked, ...(without > 0 && { object: name, span }) }
  }
  return worst
}
