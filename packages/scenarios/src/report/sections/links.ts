import type { LinkResult, ScenarioResult } from '../../result/result.ts'
import { brief, count, duration, instant, many, percentCell, rate, share, size } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Column, sortableTable } from '../table.ts'

/** Rows beyond this are left to the JSON result. */
const ROWS_MAX = 400

const MEAN: Column<LinkResult> = {
  title: 'Mean',
  value: ({ utilization }) => utilization.mean,
  cell: ({ utilization: { mean } }) => {
    const width = Math.max(0, Math.min(100, mean * 100)).toFixed(1)
    return html`<span class="bar"><i style="width:${width}%"></i></span><span class="fixed">${percentCell(mean)}</span>`
  },
}
const BUSIEST: Column<LinkResult> = {
  title: 'Busiest window',
  value: ({ utilization }) => utilization.max,
  cell: ({ utilization: { max, maxFromPs } }) =>
    html`${percentCell(max)} <small>at ${instant(maxFromPs)}</small>`,
}
const SENT: readonly Column<LinkResult>[] = [
  { title: 'Sent', value: ({ wireBytes }) => wireBytes, cell: ({ wireBytes }) => size(wireBytes) },
  { title: 'Rate', value: ({ rateBps }) => rateBps, cell: ({ rateBps }) => rate(rateBps) },
  { title: 'Tier', cell: ({ tier }) => tier },
]

/** For clocks with packets: null nowhere. */
const PACKETS: readonly Column<LinkResult>[] = [
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

/** For clocks with expected loads: null nowhere. */
const EXPECTED: readonly Column<LinkResult>[] = [
  {
    title: 'Offered',
    value: ({ steady }) => steady!.offered.mean,
    cell: ({ steady }) => percentCell(steady!.offered.mean),
    look: ({ steady }) => (steady!.offered.mean > 1 ? 'warn' : ''),
  },
  {
    title: 'Highest offered',
    value: ({ steady }) => steady!.offered.max,
    cell: ({ steady }) => percentCell(steady!.offered.max),
    look: ({ steady }) => (steady!.offered.max > 1 ? 'warn' : ''),
  },
  {
    title: 'When hashed',
    value: ({ steady }) => steady!.hashed?.high ?? 0,
    cell: ({ steady }) =>
      steady!.hashed === null
        ? '–'
        : `${percentCell(steady!.hashed.low)} to ${percentCell(steady!.hashed.high)}`,
  },
  {
    title: 'Mean wait',
    value: ({ steady }) => steady!.waitPs ?? 0,
    cell: ({ steady }) => (steady!.waitPs === null ? '–' : duration(steady!.waitPs)),
  },
  {
    title: 'Packets/s',
    value: ({ steady }) => steady!.packetsPerSecond,
    cell: ({ steady }) => brief(steady!.packetsPerSecond),
  },
  {
    title: 'Lost',
    value: (link) => link.dropped!,
    cell: (link) => count(link.dropped!),
    look: (link) => (link.dropped! > 0 ? 'warn' : ''),
  },
]

/** Where any are opened. */
const CONNECTIONS: Column<LinkResult> = {
  title: 'New conn/s',
  value: ({ steady }) => steady?.connectionsPerSecond ?? 0,
  cell: ({ steady }) => brief(steady?.connectionsPerSecond ?? 0),
}

/** Directions of links, the busiest first; sortable and searchable where scripts run. */
export function linksSection({ links, packets, steady }: ScenarioResult): Html {
  if (links.length === 0) return html`<p class="empty">The network has no links.</p>`
  const own = steady !== null ? EXPECTED : packets !== null ? PACKETS : []
  const opens = links.some((link) => link.steady !== null && link.steady.connectionsPerSecond > 0)
  const columns = [MEAN, BUSIEST, ...own, ...(opens ? [CONNECTIONS] : []), ...SENT]
  const sorted = [...links].sort((a, b) => b.utilization.mean - a.utilization.mean)
  const shown = sorted.slice(0, ROWS_MAX)
  const left = links.length - shown.length
  const table = sortableTable({
    id: 'link-table',
    find: 'a link or tier',
    title: 'Direction',
    nameOf: ({ name }) => name,
    columns,
    sorted: { title: MEAN.title, order: 'descending' },
    rows: shown,
  })
  return html`${table}
<p class="note">${steady !== null ? EXPECTED_NOTE : packets === null ? LOAD_NOTE : QUEUE_NOTE} The busiest window is one of those in the plots above.
${left > 0 && `Left to the JSON result: ${many(left, 'direction')} with less load.`}</p>`
}

const LOAD_NOTE = 'Load from the warm-up to the end of arrivals.'
const EXPECTED_NOTE =
  'Load from the warm-up to the end of arrivals: carried, and offered as if nothing were lost. When hashed: between these lies the mean ' +
  'offered load with 95 % confidence if each flow takes one path, with everything up. Mean wait: by M/G/1, none where the link is full.'
const QUEUE_NOTE =
  'Load from the warm-up to the end of arrivals; queue peak and losses of the whole run. Marked: packets with ECN congestion experienced.'
