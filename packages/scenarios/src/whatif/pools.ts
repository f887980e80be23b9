import { printPercent } from '@weft/core'
import { type PoolPlan, planPools } from '../planning/pools.ts'
import { count, significant } from '../report/format.ts'
import { byPoolKind, POOL_WORDS } from '../report/pool-words.ts'
import type { Subject } from './subject.ts'

/** Pools with everything up, the least room first. Failures bring none of them more. */
export function poolsOf({ network, scenario, demand }: Subject): PoolPlan[] {
  const basis = { groups: [{ perYear: 0, demand }], all: demand }
  const { pools } = scenario.plan.limits
  return planPools(network, scenario, basis, { growth: 1, from: undefined, limit: pools })
}

/** Of each kind the one with the least room, in words. */
export function poolTexts(pools: readonly PoolPlan[]): string[] {
  return byPoolKind(pools).flatMap(([kind, [first]]) => {
    const { names, part, size, offeredErlangs, blocking } = first!
    if (offeredErlangs === null || blocking === null) return []
    const { places } = POOL_WORDS[kind]
    const refused = `${printPercent(blocking, { digits: 3 })} refused`
    const full = `${significant(offeredErlangs)} erlangs for ${count(size)}, ${refused}`
    const fullest = part === null ? names[0]! : `${names[0]!} ${part}`
    return [`${places}: fullest at ${fullest}, ${full}; ${underFailure(first!)}`]
  })
}

function underFailure({ translatedAt }: PoolPlan): string {
  if (translatedAt === null) return 'failures of links and switches bring no more'
  return translatedAt === 'hosts'
    ? 'a host that fails takes its share and its own connections along, and other hosts get neither'
    : 'gateways share one state, of which those that are left have all, and no failure brings more'
}
