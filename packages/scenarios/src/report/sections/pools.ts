import type { PoolKind } from '@weft/fabric'
import type { PoolResult } from '../../result/result.ts'
import { count, duration, instant, many, percentCell, significant } from '../format.ts'
import { type Html, html } from '../html.ts'
import { capital, POOL_WORDS, type PoolWords } from '../pool-words.ts'
import { fullestPools, refusedShare, unplaced, victimText } from '../pool-summary.ts'
import { type Column, sortableTable } from '../table.ts'

/** Rows beyond this are left to the JSON result. */
const ROWS_MAX = 400

const sizeColumn = ({ size: title }: PoolWords): Column<PoolResult> => ({
  title: capital(title),
  value: ({ ports, size }) => ports ?? size,
  cell: ({ ports, size }) => count(ports ?? size),
})
const MEAN: Column<PoolResult> = {
  title: 'Mean in use',
  value: ({ inUseMean, ports, size }) => (inUseMean ?? 0) / (ports ?? size),
  cell: ({ inUseMean, ports, size }) => {
    if (inUseMean === null) return '–'
    const width = Math.min(100, (inUseMean / (ports ?? size)) * 100).toFixed(1)
    return html`<span class="bar"><i style="width:${width}%"></i></span><span class="fixed">${significant(inUseMean)}</span>`
  },
}
const refusals = ({ asked: title, full }: PoolWords): readonly Column<PoolResult>[] => [
  {
    title: capital(title),
    value: ({ asked }) => asked ?? 0,
    cell: ({ asked }) => (asked === null ? '–' : count(asked)),
  },
  {
    title: capital(full),
    value: (pool) => unplaced(pool) ?? 0,
    cell: (pool) => (unplaced(pool) === null ? '–' : count(unplaced(pool)!)),
    look: (pool) => ((unplaced(pool) ?? 0) > 0 ? 'warn' : ''),
  },
  {
    title: 'Share',
    value: refusedShare,
    cell: (pool) => (pool.asked === null ? '–' : percentCell(refusedShare(pool))),
  },
]

const counted = (words: PoolWords): readonly Column<PoolResult>[] => [
  {
    title: 'Peak',
    value: ({ peak }) => peak?.inUse ?? 0,
    cell: ({ peak }) =>
      peak === null || peak.inUse === 0
        ? '0'
        : html`${count(peak.inUse)} <small>at ${instant(peak.atPs)}</small>`,
  },
  ...refusals(words),
  { title: `First ${words.full}`, cell: victimText },
]

const expected = (words: PoolWords): readonly Column<PoolResult>[] => [
  {
    title: capital(words.load),
    value: ({ steady }) => steady?.offeredErlangs ?? 0,
    cell: ({ steady }) => (steady?.offeredErlangs == null ? '–' : significant(steady.offeredErlangs)),
  },
  {
    title: 'Connections/s',
    value: ({ steady }) => steady?.connectionsPerSecond ?? 0,
    cell: ({ steady }) => significant(steady?.connectionsPerSecond ?? 0),
  },
  {
    title: 'Holding',
    value: ({ steady }) => steady?.holdingPs ?? 0,
    cell: ({ steady, kind }) => {
      if (steady?.holdingPs != null) return duration(steady.holdingPs)
      return kind === 'connections' ? 'not given' : '–'
    },
  },
  ...refusals(words),
]

/** Pools of a kind: hosts that accept a limited number of connections, tables. */
export function poolsSection(kind: PoolKind, pools: readonly PoolResult[]): Html {
  const words = POOL_WORDS[kind]
  const isSteady = pools[0]!.steady !== null
  const rows = fullestPools(pools).slice(0, ROWS_MAX)
  const left = pools.length - rows.length
  const table = sortableTable({
    id: `pools-${kind}`,
    find: 'a host',
    title: 'Host',
    nameOf: ({ owner }) => owner,
    columns: [sizeColumn(words), MEAN, ...(isSteady ? expected(words) : counted(words))],
    rows,
  })
  return html`${table}
<p class="note">${words.note}; the mean from the
warm-up to the end of arrivals. ${left > 0 && `Left to the JSON result: ${many(left, words.one)} that refused less.`}</p>`
}
