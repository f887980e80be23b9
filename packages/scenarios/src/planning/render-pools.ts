import { printPercent } from '@weft/core'
import { brief, count, duration, many, percentCell, significant, tinyShare } from '../report/format.ts'
import { byPoolKind, POOL_WORDS, type PoolWords } from '../report/pool-words.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { CapacityPlan } from './capacity-plan.ts'
import type { PoolPlan } from './pools.ts'

const POOLS_SHOWN = 8

/** What of pools passes its limit first; empty where nothing is known to. */
export function poolVerdict({ pools, growth }: CapacityPlan, paint: Palette): string[] {
  return byPoolKind(pools).flatMap(([kind, [first]]) => verdictOn(POOL_WORDS[kind], first!, growth, paint))
}

function verdictOn({ places, full }: PoolWords, first: PoolPlan, growth: number, paint: Palette): string[] {
  if (first.growth === null) return []
  const mark = first.growth >= growth ? paint.green('✓') : paint.red('✗')
  const room =
    first.growth >= 1 ? `room for ${paint.bold(times(first.growth))}` : paint.red(tooFew(first, full))
  const now = `${tinyShare(first.blocking!)} of at most ${printPercent(first.limit, { digits: 3 })} ${full}`
  return [`${mark} ${places}: ${room}${untilText(first)}`, `  ${nameOf(first)}  ${paint.dim(now)}`]
}

/** Fewer demands do not help where streams alone are more than there is room for; clients are as many however seldom they call. */
const tooFew = ({ growth, standing, size, offeredErlangs }: PoolPlan, full: PoolWords['full']): string =>
  full === 'evicted'
    ? `too few: ${significant(offeredErlangs!)} expected for ${count(size)}`
    : growth === 0
      ? `no room: streams take ${significant(standing!)} of ${count(size)}`
      : `too few by ${times(1 / growth!)}`

function untilText({ years, date }: PoolPlan): string {
  if (years === null || years === 0) return ''
  return date === null ? `, in ${Number(years.toPrecision(3))} years` : `, until ${date}`
}

/** Pools by the room that they have, kind by kind. */
export function poolTable({ pools, growth }: CapacityPlan, paint: Palette): string {
  const tables = byPoolKind(pools).map(([kind, all]) => tableOf(POOL_WORDS[kind], all, growth, paint))
  return tables.join('\n\n')
}

function tableOf(
  { title, size, one, load, full }: PoolWords,
  pools: readonly PoolPlan[],
  growth: number,
  paint: Palette,
): string {
  const rows = pools
    .slice(0, POOLS_SHOWN)
    .map((pool) => [
      nameOf(pool),
      count(pool.size),
      brief(pool.connectionsPerSecond),
      ...(pool.offeredErlangs === null ? ['not given', '–', '–', '–', '–', '–'] : knownCells(pool, paint)),
    ])
  const needed = growth === 1 ? 'needed' : `needed at ${times(growth)}`
  const head = [title, size, 'new/s', 'holding', load, 'of size', full, 'room for', needed]
  const left = pools.length - rows.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, 'more kind')} of ${one} in --json`)}` : ''
  return `${textTable(head, 'lrrrrrrrr', rows, paint)}${more}`
}

function knownCells(pool: PoolPlan, paint: Palette): string[] {
  const { holdingPs, offeredErlangs, utilization, blocking, limit, growth, needed, addresses } = pool
  const refused = tinyShare(blocking!)
  return [
    holdingPs === null ? '–' : duration(holdingPs),
    significant(offeredErlangs!),
    percentCell(utilization!),
    blocking! > limit ? paint.red(refused) : refused,
    growth === null ? '–' : times(growth),
    neededText(needed!, addresses),
  ]
}

/** Addresses beside ports where those that there are do not do. */
function neededText(needed: number, addresses: PoolPlan['addresses']): string {
  if (addresses === null || addresses.needed <= addresses.has) return count(needed)
  return `${count(needed)}: ${many(addresses.needed, 'address', 'addresses')}`
}

function nameOf({ names, part }: PoolPlan): string {
  const [first] = names as readonly [string]
  const own = part === null ? plain(first) : `${plain(first)} ${plain(part)}`
  return names.length > 1 ? `${own} (${count(names.length)} alike)` : own
}

const times = (factor: number) => `${Number(factor.toPrecision(3))}x`
