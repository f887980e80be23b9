import { circumstance } from '../verdict.ts'
import type { ExpectationResult, ScenarioResult } from '../../result/result.ts'
import { type Html, html } from '../html.ts'

/** One card per expectation, the failed ones first. */
export function expectationsSection({ expectations, changes }: ScenarioResult): Html {
  if (expectations.length === 0) {
    return html`<p class="empty">The scenario states no expectations. Lines under <code>expect:</code>
would be checked here, and by <code>weft check</code>.</p>`
  }
  const sorted = [...expectations].sort((a, b) => Number(a.pass) - Number(b.pass))
  return html`<div class="cards">${sorted.map((expectation) => card(expectation, changes))}</div>`
}

function card(expectation: ExpectationResult, changes: ScenarioResult['changes']): Html {
  const { text, metric, pass, measured, bound, object, hints } = expectation
  const words = text.startsWith(metric) ? text.slice(metric.length).trim() : text
  const when = circumstance(expectation, changes)
  const where =
    object === null
      ? null
      : html`<p class="object">${object}${when !== '' && html` <span class="soft">${when}</span>`}</p>`
  const spoken = pass ? 'holds: ' : 'fails: '
  const lines = hints.map((hint) => html`<li>${withCommand(hint)}</li>`)
  return html`<article class="card ${pass ? 'good' : 'bad'}">
<h3><span class="mark">${pass ? '✓' : '✗'}</span><span
class="sr">${spoken}</span><code>${metric}</code> ${words}</h3>
<p class="values"><span>measured <b>${measured}</b></span><span>expected <b>${bound}</b></span></p>
${where}${lines.length > 0 && html`<ul class="hints">${lines}</ul>`}
</article>`
}

/** A command in a hint stands out, to be copied. */
function withCommand(hint: string): Html | string {
  const at = hint.indexOf('weft ')
  return at < 0 ? hint : html`${hint.slice(0, at)}<code>${hint.slice(at)}</code>`
}
