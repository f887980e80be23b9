import type { LinkResult, ScenarioResult } from '../../result/result.ts'
import { count, instant, many, percentCell, rate, share, size } from '../format.ts'
import { type Html, html } from '../html.ts'

/** Rows beyond this are left to the JSON result. */
const ROWS_MAX = 400
/** Rows that are shown until the reader asks for all. */
const ROWS_FIRST = 12

const COLUMNS = [
  'Direction',
  'Mean',
  'Busiest window',
  'Queue peak',
  'Marked',
  'Lost',
  'Sent',
  'Rate',
  'Tier',
] as const

/** Directions of links, the busiest first; sortable and searchable where scripts run. */
export function linksSection({ links }: ScenarioResult): Html {
  if (links.length === 0) return html`<p class="empty">The network has no links.</p>`
  const sorted = [...links].sort((a, b) => b.utilization.mean - a.utilization.mean)
  const shown = sorted.slice(0, ROWS_MAX)
  const left = links.length - shown.length
  const heads = COLUMNS.map((name, index) => {
    const sort = index === 1 ? 'descending' : 'none'
    const look = index === 8 ? html` class="text"` : null
    return html`<th${look} aria-sort="${sort}"><button type="button">${name}</button></th>`
  })
  return html`<div class="tools">
<input type="search" placeholder="Find a link or tier" aria-label="Find a link or tier"
data-filter="link-table">
<button type="button" data-more="link-table" hidden>Show all ${count(shown.length)}</button></div>
<div class="scroll"><table class="numbers sortable" id="link-table" data-first="${ROWS_FIRST}">
<thead><tr>${heads}</tr></thead><tbody>${shown.map(row)}</tbody></table></div>
<p class="note">Load from the warm-up to the end of arrivals; queue peak and losses of the whole run. Marked:
packets with ECN congestion experienced. The busiest window is one of those in the plots above.
${left > 0 && `Left to the JSON result: ${many(left, 'direction')} with less load.`}</p>`
}

function row(link: LinkResult): Html {
  const { mean, max, maxFromPs } = link.utilization
  const width = Math.max(0, Math.min(100, mean * 100)).toFixed(1)
  const bar = html`<span class="bar"><i style="width:${width}%"></i></span>`
  return html`<tr><th scope="row">${link.name}</th>
<td data-v="${mean}">${bar}<span class="fixed">${percentCell(mean)}</span></td>
<td data-v="${max}">${percentCell(max)} <small>at ${instant(maxFromPs)}</small></td>
<td data-v="${link.queuePeakPackets}">${count(link.queuePeakPackets)}</td>
<td data-v="${link.packets === 0 ? 0 : link.marked / link.packets}">${share(link.marked, link.packets)}</td>
<td data-v="${link.dropped}"${link.dropped > 0 ? html` class="warn"` : ''}>${count(link.dropped)}</td>
<td data-v="${link.wireBytes}">${size(link.wireBytes)}</td>
<td data-v="${link.rateBps}">${rate(link.rateBps)}</td><td class="text">${link.tier}</td></tr>`
}
