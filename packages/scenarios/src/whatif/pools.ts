import { printPercent } from '@weft/core'
import { type PoolPlan, planPools } from '../planning/pools.ts'
import { count, significant } from '../report/format.ts'
import { byPoolKind, POOL_WORDS } from '../report/pool-words.ts'
import type { Subject } from './subject.ts'

/** Pools with everything up, the least room first. Failures of links and switches bring none of them more. */
export function poolsOf({ network, scenario, demand }: Subject): PoolPlan[] {
  const basis = { groups: [{ perYear: 0, demand }], all: demand }
  const { pools } = scenario.plan.limits
  return planPools(network, scenario, basis, { growth: 1, from: undefined, limit: pools })
}

/** Of each kind the one with the least room, in words. */
export function poolTexts(pools: readonly PoolPlan[]): string[] {
  return byPoolKind(pools).flatMap(([kind, [first]]) => {
    const { names, size, offeredErlangs, blocking } = first!
    if (offeredErlangs === null || blocking === null) return []
    const { places } = POOL_WORDS[kind]
    const refused = `${printPercent(blocking, { digits: 3 })} refused`
    const full = `${significant(offeredErlangs)} erlangs for ${count(size)}, ${refused}`
    return [`${places}: fullest at ${names[0]!}, ${full}; failures of links and switches bring no more`]
  })
}
