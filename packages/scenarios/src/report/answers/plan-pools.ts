import type { PoolKind } from '@weft/fabric'
import type { CapacityPlan } from '../../planning/capacity-plan.ts'
import type { PoolPlan } from '../../planning/pools.ts'
import { brief, count, duration, many, percent, percentCell, significant } from '../format.ts'
import { type Html, html } from '../html.ts'
import { capital, POOL_WORDS } from '../pool-words.ts'
import { type Column, sortableTable } from '../table.ts'
import { times, untilText } from './plan-headroom.ts'

/** Rows beyond this are left to the JSON answer. */
const ROWS_MAX = 300

const known = (read: (pool: PoolPlan) => number | null, cell: (value: number) => string) => ({
  value: (pool: PoolPlan) => read(pool) ?? 0,
  cell: (pool: PoolPlan) => {
    const value = read(pool)
    return value === null ? '–' : cell(value)
  },
})

/** Of the pool that ports are of. */
const ADDRESSES: Column<PoolPlan> = {
  title: 'Addresses needed',
  value: ({ addresses }) => addresses?.needed ?? 0,
  cell: ({ addresses }) =>
    addresses === null ? '–' : `${count(addresses.needed)} for ${count(addresses.has)}`,
}

/** Pools of a kind, the least room first. */
export function planPoolsSection(
  kind: PoolKind,
  pools: readonly PoolPlan[],
  { growth, limits }: CapacityPlan,
): Html {
  const words = POOL_WORDS[kind]
  const columns: Column<PoolPlan>[] = [
    {
      title: 'Room for',
      value: ({ growth: holds }) => holds ?? Number.MAX_VALUE,
      cell: ({ growth: holds }) => (holds === null ? '–' : times(holds)),
    },
    { title: 'Until', value: ({ years }) => years ?? Number.MAX_VALUE, cell: untilText },
    { title: capital(words.full), ...known(({ blocking }) => blocking, percentCell), look: lookOf },
    { title: capital(words.size), value: ({ size }) => size, cell: ({ size }) => count(size) },
    { title: capital(words.load), ...known(({ offeredErlangs }) => offeredErlangs, significant) },
    { title: 'Of size', ...known(({ utilization }) => utilization, percentCell) },
    {
      title: 'New/s',
      value: ({ connectionsPerSecond }) => connectionsPerSecond,
      cell: ({ connectionsPerSecond }) => brief(connectionsPerSecond),
    },
    {
      title: 'Holding',
      value: ({ holdingPs }) => holdingPs ?? 0,
      cell: ({ holdingPs, offeredErlangs }) => {
        if (holdingPs !== null) return duration(holdingPs)
        return offeredErlangs === null ? 'not given' : '–'
      },
    },
    {
      title: growth === 1 ? 'Needed' : `Needed at ${times(growth)}`,
      ...known(({ needed }) => needed, count),
    },
    ...(pools.some(({ addresses }) => addresses !== null) ? [ADDRESSES] : []),
  ]
  const rows = pools.slice(0, ROWS_MAX)
  const left = pools.length - rows.length
  const table = sortableTable({
    id: `pools-${kind}`,
    find: 'a host',
    title: 'Host',
    nameOf: ({ names, part }) => {
      const alike = names.length > 1 && html` <small>and ${count(names.length - 1)} alike</small>`
      return html`${names[0]!}${part !== null && html` <small>${part}</small>`}${alike}`
    },
    columns,
    rows,
  })
  return html`${table}
<p class="note">${words.planned}, at most
${percent(limits.pools)} is wanted; needed are the places that keep to it. ${left > 0 && `Left to the JSON answer: ${many(left, 'kind')} of ${words.one} with more room.`}</p>`
}

const lookOf = ({ blocking, limit }: PoolPlan): string =>
  blocking !== null && blocking > limit ? 'warn' : ''
