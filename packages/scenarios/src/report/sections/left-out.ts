import type { ScenarioResult, StreamDropResult } from '../../result/result.ts'
import { count } from '../format.ts'
import { type Html, html } from '../html.ts'

const FOLLOWED: Readonly<Record<ScenarioResult['clock'], string>> = {
  packet: '',
  flow: 'The flow clock follows flows, not packets.',
  steady: 'The steady clock reckons with expected loads, neither with flows nor with packets.',
}

/** What this clock's report has no plots and columns for, and why. */
export function leftOutSection({ clock, notModelled, streamDrops }: ScenarioResult): Html {
  const pills = notModelled.map((what) => html`<span class="pill"><b>${what}</b></span>`)
  return html`<p>${FOLLOWED[clock]} What only packets can tell is in no plot and
no column of this report:</p><p class="pills">${pills}</p>
<p class="note">The packet clock tells it, for scenarios of up to two hours: <code>weft run … --clock packet</code>.</p>${streamTable(streamDrops ?? [])}`
}

const PLACES_SHOWN = 20

/** Packets that streams lost by their rates: an expected number, of all places those where most were lost. */
function streamTable(drops: readonly StreamDropResult[]): Html | null {
  if (drops.length === 0) return null
  const rows = drops.slice(0, PLACES_SHOWN).map(
    ({ reason, place, packets }) =>
      html`<tr><th scope="row"><code>${reason}</code></th><td class="text">${place}</td>
<td>${count(Math.max(1, Math.round(packets)))}</td></tr>`,
  )
  return html`<h3>Packets that streams lost</h3><p class="note">As many as their rates come to.</p>
<div class="scroll"><table class="numbers"><thead><tr><th>Reason</th><th class="text">Place</th><th>Packets</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}
