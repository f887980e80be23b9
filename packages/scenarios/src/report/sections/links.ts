import type { LinkResult, ScenarioResult } from '../../result/result.ts'
import { count, instant, many, percentCell, rate, share, size } from '../format.ts'
import { type Html, html } from '../html.ts'

/** Rows beyond this are left to the JSON result. */
const ROWS_MAX = 400
/** Rows that are shown until the reader asks for all. */
const ROWS_FIRST = 12

interface Column {
  readonly title: string
  /** What the column is sorted by; of text, the text itself. */
  readonly value?: (link: LinkResult) => number
  readonly cell: (link: LinkResult) => Html | string
  readonly look?: (link: LinkResult) => string
}

const MEAN: Column = {
  title: 'Mean',
  value: ({ utilization }) => utilization.mean,
  cell: ({ utilization: { mean } }) => {
    const width = Math.max(0, Math.min(100, mean * 100)).toFixed(1)
    return html`<span class="bar"><i style="width:${width}%"></i></span><span class="fixed">${percentCell(mean)}</span>`
  },
}
const BUSIEST: Column = {
  title: 'Busiest window',
  value: ({ utilization }) => utilization.max,
  cell: ({ utilization: { max, maxFromPs } }) =>
    html`${percentCell(max)} <small>at ${instant(maxFromPs)}</small>`,
}
const SENT: readonly Column[] = [
  { title: 'Sent', value: ({ wireBytes }) => wireBytes, cell: ({ wireBytes }) => size(wireBytes) },
  { title: 'Rate', value: ({ rateBps }) => rateBps, cell: ({ rateBps }) => rate(rateBps) },
  { title: 'Tier', cell: ({ tier }) => tier, look: () => 'text' },
]

/** For clocks with packets: null nowhere. */
const PACKETS: readonly Column[] = [
  {
    title: 'Queue peak',
    value: (link) => link.queuePeakPackets!,
    cell: (link) => count(link.queuePeakPackets!),
  },
  {
    title: 'Marked',
    value: (link) => (link.packets === 0 ? 0 : link.marked! / link.packets!),
    cell: (link) => share(link.marked!, link.packets!),
  },
  {
    title: 'Lost',
    value: (link) => link.dropped!,
    cell: (link) => count(link.dropped!),
    look: (link) => (link.dropped! > 0 ? 'warn' : ''),
  },
]

/** Directions of links, the busiest first; sortable and searchable where scripts run. */
export function linksSection({ links, packets }: ScenarioResult): Html {
  if (links.length === 0) return html`<p class="empty">The network has no links.</p>`
  const columns = [MEAN, BUSIEST, ...(packets === null ? [] : PACKETS), ...SENT]
  const sorted = [...links].sort((a, b) => b.utilization.mean - a.utilization.mean)
  const shown = sorted.slice(0, ROWS_MAX)
  const left = links.length - shown.length
  return html`<div class="tools">
<input type="search" placeholder="Find a link or tier" aria-label="Find a link or tier"
data-filter="link-table">
<button type="button" data-more="link-table" hidden>Show all ${count(shown.length)}</button></div>
<div class="scroll"><table class="numbers sortable" id="link-table" data-first="${ROWS_FIRST}">
<thead><tr>${heads(columns)}</tr></thead><tbody>${shown.map((link) => row(link, columns))}</tbody></table></div>
<p class="note">${packets === null ? LOAD_NOTE : QUEUE_NOTE} The busiest window is one of those in the plots above.
${left > 0 && `Left to the JSON result: ${many(left, 'direction')} with less load.`}</p>`
}

const LOAD_NOTE = 'Load from the warm-up to the end of arrivals.'
const QUEUE_NOTE =
  'Load from the warm-up to the end of arrivals; queue peak and losses of the whole run. Marked: packets with ECN congestion experienced.'

function heads(columns: readonly Column[]): Html[] {
  const head = (title: string, sort: string, look: string) =>
    html`<th${look !== '' && html` class="${look}"`} aria-sort="${sort}"><button type="button">${title}</button></th>`
  return [
    head('Direction', 'none', ''),
    ...columns.map((column) =>
      head(column.title, column === MEAN ? 'descending' : 'none', column.value === undefined ? 'text' : ''),
    ),
  ]
}

function row(link: LinkResult, columns: readonly Column[]): Html {
  const cells = columns.map(({ value, cell, look }) => {
    const own = look?.(link) ?? ''
    const sortedBy = value !== undefined && html` data-v="${value(link)}"`
    return html`<td${sortedBy}${own !== '' && html` class="${own}"`}>${cell(link)}</td>`
  })
  return html`<tr><th scope="row">${link.name}</th>${cells}</tr>`
}
