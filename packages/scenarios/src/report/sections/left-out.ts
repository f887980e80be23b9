import type { ScenarioResult } from '../../result/result.ts'
import { type Html, html } from '../html.ts'

/** What this clock's report has no plots and columns for, and why. */
export function leftOutSection({ clock, notModelled }: ScenarioResult): Html {
  const pills = notModelled.map((what) => html`<span class="pill"><b>${what}</b></span>`)
  return html`<p>The ${clock} clock follows flows, not packets. What only packets can tell is in no plot and
no column of this report:</p><p class="pills">${pills}</p>
<p class="note">The packet clock tells it, for scenarios of up to two hours: <code>weft run … --clock packet</code>.</p>`
}
