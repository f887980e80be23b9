import type { ScenarioResult } from '../../result/result.ts'
import { modelAssumptions } from '../flow-model-text.ts'
import { type Html, html } from '../html.ts'
import { reproduceCommand } from '../reproduce.ts'

const SEED_LINE =
  'One run with one seed: confidence intervals cover the flows of this run, not the spread between seeds.'

/** What each clock does and leaves out. */
const assumptions: Readonly<Record<ScenarioResult['clock'], readonly string[]>> = {
  packet: [
    'Every packet is simulated on its own, store and forward, in picosecond order; nothing is averaged.',
    'Switches add no delay of their own: latency is serialisation, propagation and waiting in queues.',
    'Hosts have no CPU, memory or disk limits: a sender is held back by its transport and its links alone.',
    'Utilisation is the share of time that a direction transmits, framing included, while flows arrive.',
    'Percentiles cover completed flows that started after the warm-up; unfinished ones are counted apart.',
    SEED_LINE,
  ],
  flow: [
    'Their paths are those of their packets: the same decisions, asked once at the start and at every new route.',
    'Nothing waits, is marked or is lost in a queue: delays are those of idle links, and shares change at once everywhere.',
    'Streams send at their mean rate whatever becomes of it; of what exceeds a link, all lose the same share.',
    'From a failure until routes reckon with it, flows over the dead part stand still.',
    SEED_LINE,
  ],
  steady: ['The seed decides on permutations, on the receivers of streams and on failures at random alone.'],
}

/** Assumptions and limits, and how to get the same numbers again. */
export function methodSection(result: ScenarioResult): Html {
  const { steady, flowModel, clock } = result
  const lines = [
    ...(steady?.assumptions ?? []),
    ...(flowModel === null ? [] : modelAssumptions(flowModel)),
    ...assumptions[clock],
  ]
  return html`<div class="pair"><div><h3>Assumptions and limits</h3>
<ul class="plain">${lines.map((line) => html`<li>${line}</li>`)}</ul></div>
<div><h3>Run it again</h3><pre><code>${reproduceCommand(result)}</code></pre>
<p class="note">The same inputs, seed and version of Weft give the same digest on any machine.</p>
<dl class="hashes"><dt>Digest of the run</dt><dd><code>${result.digest}</code></dd>
<dt>SHA-256 of the inputs</dt><dd><code>${result.inputs}</code></dd></dl></div></div>`
}
