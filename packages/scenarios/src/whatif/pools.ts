import { printPercent } from '@weft/core'
import { type PoolPlan, planPools } from '../planning/pools.ts'
import { count, significant, tinyShare } from '../report/format.ts'
import { byPoolKind, POOL_WORDS } from '../report/pool-words.ts'
import type { Subject } from './subject.ts'

/** Pools with everything up, the least room first. Failures bring none of them more. */
export function poolsOf({ network, scenario, demand }: Subject): PoolPlan[] {
  const basis = { groups: [{ perYear: 0, demand }], all: demand }
  const { pools } = scenario.plan.limits
  return planPools(network, scenario, basis, { growth: 1, from: undefined, limit: pools })
}

export interface PoolText {
  readonly text: string
  /** More is refused than should be. */
  readonly isPast: boolean
}

/** Whether pools refuse more than they should, whatever fails. */
export const arePoolsPast = (pools: readonly PoolPlan[]): boolean =>
  pools.some(({ blocking, limit }) => blocking !== null && blocking > limit)

/** Of each kind the one with the least room, in words. */
export function poolTexts(pools: readonly PoolPlan[]): PoolText[] {
  return byPoolKind(pools).flatMap(([kind, [first]]) => {
    const { names, part, size, offeredErlangs, blocking, limit } = first!
    if (offeredErlangs === null || blocking === null) return []
    const { places, load, full } = POOL_WORDS[kind]
    const isPast = blocking > limit
    const most = isPast ? ` of at most ${printPercent(limit, { digits: 3 })}` : ''
    const held = `${significant(offeredErlangs)} ${load} for ${count(size)}, ${tinyShare(blocking)}${most} ${full}`
    const fullest = part === null ? names[0]! : `${names[0]!} ${part}`
    return [{ text: `${places}: fullest at ${fullest}, ${held}; ${underFailure(first!)}`, isPast }]
  })
}

function underFailure({ translatedAt }: PoolPlan): string {
  if (translatedAt === null) return 'failures of links and switches bring no more'
  return translatedAt === 'hosts'
    ? 'a host that fails takes its share and its own connections along, and other hosts get neither'
    : 'gateways share one state, of which those that are left have all, and no failure brings more'
}
