import type { PoolResult } from '../result/result.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import { byPoolKind, POOL_WORDS, type PoolWords, shownPools } from './pool-words.ts'
import { count, duration, instant, many, percentCell, significant } from './format.ts'

const POOLS_SHOWN = 5

/** The fullest pools of a run, kind by kind, those that refused most before all others. */
export function poolTable(pools: readonly PoolResult[], paint: Palette): string {
  const tables = byPoolKind(shownPools(pools)).map(([kind, all]) => tableOf(POOL_WORDS[kind], all, paint))
  return tables.join('\n\n')
}

function tableOf(words: PoolWords, pools: readonly PoolResult[], paint: Palette): string {
  const isSteady = pools[0]!.steady !== null
  const shown = fullestPools(pools).slice(0, POOLS_SHOWN)
  const rows = shown.map((pool) => [
    plain(pool.owner),
    count(pool.ports ?? pool.size),
    pool.inUseMean === null ? '–' : significant(pool.inUseMean),
    ...(isSteady ? steadyCells(pool) : [pool.peak === null ? '–' : count(pool.peak.inUse)]),
    pool.asked === null ? '–' : count(pool.asked),
    refusedCell(pool, paint),
    ...(isSteady ? [] : [victimText(pool)]),
  ])
  const left = pools.length - shown.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, `more ${words.one}`)} in --json`)}` : ''
  const { title, size, asked, full, load } = words
  const head = isSteady
    ? [title, size, 'mean', load, 'holding', asked, full]
    : [title, size, 'mean', 'peak', asked, full, `first ${full}`]
  return `${textTable(head, isSteady ? 'lrrrrrr' : 'lrrrrrl', rows, paint)}${more}`
}

/** Requests without a place of their own: those that were refused, or had another one give way. */
export const unplaced = ({ refused, evicted }: PoolResult): number | null => evicted ?? refused

/** Those that refused the largest share first, then those that were fullest. */
export const fullestPools = (pools: readonly PoolResult[]): PoolResult[] => {
  const fullness = ({ inUseMean, size }: PoolResult) => (inUseMean ?? 0) / size
  return [...pools].sort((a, b) => refusedShare(b) - refusedShare(a) || fullness(b) - fullness(a))
}

/** Of the whole run. */
export const refusedShare = (pool: PoolResult): number => {
  const { asked } = pool
  const without = unplaced(pool)
  return asked === null || without === null || asked === 0 ? 0 : without / asked
}

export const victimText = ({ firstVictim }: PoolResult): string =>
  firstVictim === null ? '' : `${plain(firstVictim.from)} at ${instant(firstVictim.atPs)}`

function steadyCells({ steady }: PoolResult): string[] {
  if (steady === null || steady.offeredErlangs === null) return ['–', 'not given']
  return [significant(steady.offeredErlangs), steady.holdingPs === null ? '–' : duration(steady.holdingPs)]
}

function refusedCell(pool: PoolResult, paint: Palette): string {
  const without = unplaced(pool)
  if (without === null) return '–'
  if (without === 0) return '0'
  return paint.yellow(`${count(Math.max(1, without))} (${percentCell(refusedShare(pool))})`)
}
