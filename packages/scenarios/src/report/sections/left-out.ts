import type { ScenarioResult } from '../../result/result.ts'
import { type Html, html } from '../html.ts'
import { reproduceCommand } from '../reproduce.ts'

/** What this clock's report has no plots and columns for, and how to see it. */
export function leftOutSection(result: ScenarioResult): Html {
  const pills = result.notModelled.map((what) => html`<span class="pill"><b>${what}</b></span>`)
  const command = reproduceCommand({ ...result, expectations: [] })
  return html`<p>The ${result.clock} clock follows flows, not packets. Not modelled, and so in no plot and
no column of this report:</p><p class="pills">${pills}</p>
<p class="note">The packet clock has them; a short part of the same scenario shows them soonest:</p>
<pre><code>${command} --clock packet --for 10ms</code></pre>`
}
