import type { PoolResult } from '../result/result.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import { count, duration, instant, many, percentCell, significant } from './format.ts'

const POOLS_SHOWN = 5

/** The fullest pools of a run, those that refused most before all others. */
export function poolTable(pools: readonly PoolResult[], paint: Palette): string {
  if (pools.length === 0) return ''
  const isSteady = pools[0]!.steady !== null
  const shown = fullestPools(pools).slice(0, POOLS_SHOWN)
  const rows = shown.map((pool) => [
    plain(pool.owner),
    count(pool.size),
    pool.inUseMean === null ? '–' : significant(pool.inUseMean),
    ...(isSteady ? steadyCells(pool) : [pool.peak === null ? '–' : count(pool.peak.inUse)]),
    pool.asked === null ? '–' : count(pool.asked),
    refusedCell(pool, paint),
    ...(isSteady ? [] : [victimText(pool)]),
  ])
  const left = pools.length - shown.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, 'more host')} in --json`)}` : ''
  const head = isSteady
    ? ['Connections', 'at once', 'mean', 'erlangs', 'holding', 'SYNs', 'refused']
    : ['Connections', 'at once', 'mean', 'peak', 'SYNs', 'refused', 'first refused']
  return `${textTable(head, isSteady ? 'lrrrrrr' : 'lrrrrrl', rows, paint)}${more}`
}

/** Those that refused the largest share first, then those that were fullest. */
export const fullestPools = (pools: readonly PoolResult[]): PoolResult[] => {
  const fullness = ({ inUseMean, size }: PoolResult) => (inUseMean ?? 0) / size
  return [...pools].sort((a, b) => refusedShare(b) - refusedShare(a) || fullness(b) - fullness(a))
}

/** Of the whole run. */
export const refusedShare = ({ asked, refused }: PoolResult): number =>
  asked === null || refused === null || asked === 0 ? 0 : refused / asked

export const victimText = ({ firstVictim }: PoolResult): string =>
  firstVictim === null ? '' : `${plain(firstVictim.from)} at ${instant(firstVictim.atPs)}`

function steadyCells({ steady }: PoolResult): string[] {
  if (steady === null || steady.offeredErlangs === null) return ['–', 'not given']
  return [significant(steady.offeredErlangs), duration(steady.holdingPs!)]
}

function refusedCell(pool: PoolResult, paint: Palette): string {
  if (pool.refused === null) return '–'
  if (pool.refused === 0) return '0'
  return paint.yellow(`${count(Math.max(1, pool.refused))} (${percentCell(refusedShare(pool))})`)
}
