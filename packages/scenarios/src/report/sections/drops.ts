import type { DropResult, PacketTotals } from '../../result/result.ts'
import { count, instant, many, share } from '../format.ts'
import { type Html, html } from '../html.ts'

const PLACES_MAX = 60

/** Lost packets by reason and place, and the account of all packets. */
export function dropsSection(drops: readonly DropResult[], packets: PacketTotals): Html {
  return html`${lossTable(drops, packets)}${conservation(packets)}`
}

function lossTable(drops: readonly DropResult[], packets: PacketTotals): Html {
  if (drops.length === 0) return html`<p class="empty good">No packet was lost.</p>`
  const reasons = byReason(drops)
  const sorted = [...drops].sort((a, b) => b.packets - a.packets)
  const most = sorted[0]!.packets
  const left = sorted.length - PLACES_MAX
  const summary = reasons.map(
    ([reason, lost]) =>
      html`<span class="pill"><code>${reason}</code> <b>${count(lost)}</b>
${share(lost, packets.originated)}</span>`,
  )
  return html`<p class="pills">${summary}</p>
<div class="scroll"><table class="numbers">
<thead><tr><th>Reason</th><th class="text">Place</th><th>Packets</th><th>First</th><th>Last</th></tr></thead>
<tbody>${sorted.slice(0, PLACES_MAX).map((drop) => row(drop, most))}</tbody></table></div>
${left > 0 && html`<p class="note">${many(left, 'more place')} with fewer losses: see the JSON result.</p>`}`
}

function row({ reason, place, packets, firstPs, lastPs }: DropResult, most: number): Html {
  const width = ((packets / most) * 100).toFixed(1)
  const bar = html`<span class="bar loss"><i style="width:${width}%"></i></span>`
  return html`<tr><th scope="row"><code>${reason}</code></th><td class="text">${place}</td>
<td>${bar}<span class="fixed">${count(packets)}</span></td>
<td>${when(firstPs)}</td><td>${when(lastPs)}</td></tr>`
}

/** Negative where the losses of a run were too many to record one by one. */
const when = (atPs: number) => (atPs < 0 ? '–' : instant(atPs))

export function byReason(drops: readonly DropResult[]): [string, number][] {
  const sums = new Map<string, number>()
  for (const { reason, packets } of drops) sums.set(reason, (sums.get(reason) ?? 0) + packets)
  return [...sums].sort((a, b) => b[1] - a[1])
}

function conservation({ originated, delivered, dropped, inFlight }: PacketTotals): Html {
  const balance = originated - delivered - dropped - inFlight
  const verdict =
    balance === 0
      ? html`<b class="goodText">✓ every packet is accounted for</b>`
      : html`<b class="badText">✗ ${many(Math.abs(balance), 'packet')} unaccounted for: a fault of Weft</b>`
  return html`<p class="account"><span><b>${count(originated)}</b> originated</span> =
<span><b>${count(delivered)}</b> delivered</span> + <span><b>${count(dropped)}</b> dropped</span> +
<span><b>${count(inFlight)}</b> in flight at the end</span> ${verdict}</p>`
}
