import { CHANGE_WORDS, isLoss, isOutage } from '../../result/change-words.ts'
import type { ReliabilityResult, ScenarioResult } from '../../result/result.ts'
import { count, duration, instant, many, significant } from '../format.ts'
import { type Html, html } from '../html.ts'
import { MARKED_CHANGES_MAX } from '../plots/time-plot.ts'

type Change = ScenarioResult['changes'][number]

/** Beyond this, the list opens on a click. */
const OPEN_MAX = 30
/** Beyond this, the rest is in the JSON document alone. */
const LISTED_MAX = 1_000
const PARTS_SHOWN = 12

/** Failures, repairs and what became of pods and policies, with their instants, numbered as in the plots; what failed by itself, and how much. */
export function changesKey({
  changes,
  reliability,
}: Pick<ScenarioResult, 'changes' | 'reliability'>): Html | null {
  if (changes.length === 0 && reliability === null) return null
  return html`${reliability !== null && failedTable(reliability)}${changes.length > 0 && list(changes)}`
}

function list(changes: readonly Change[]): Html {
  const items = html`<ol class="changes">${changes.slice(0, LISTED_MAX).map(item)}</ol>`
  if (changes.length <= OPEN_MAX) return items
  const left = changes.length - LISTED_MAX
  const rest = left > 0 && html`<p class="note">${count(left)} more are in the JSON document.</p>`
  const marked = changes.length > MARKED_CHANGES_MAX && ', too many to be marked in the plots'
  return html`<details><summary>${described(changes)} one by one${marked}</summary>
${items}${rest}</details>`
}

function item({ atPs, action, target, cause, routedPs }: Change): Html {
  const verb = `${CHANGE_WORDS[action]}${action === 'fail' ? why(target, cause) : ''}`
  const later = routedPs !== null && routedPs > atPs && soft(duration(routedPs - atPs))
  return html`<li class="${isLoss(action) ? 'fail' : 'repair'}"><b>${instant(atPs)}</b> ${target} ${verb}${inForce(action, routedPs, atPs)}
${later}</li>`
}

const described = (changes: readonly Change[]): string =>
  changes.every(({ action }) => isOutage(action))
    ? many(changes.length, 'failure and repair', 'failures and repairs')
    : many(changes.length, 'event')

const soft = (later: string): Html => html`<span class="soft">(${later} later)</span>`

/** When routes, or hosts that balance, reckon with it. */
function inForce(action: Change['action'], routedPs: number | null, atPs: number): string {
  if (isOutage(action))
    return routedPs === null
      ? '; new routes were not in force before the end'
      : `; new routes at ${instant(routedPs)}`
  if (routedPs === null) return '; not all hosts had learnt of it before the end'
  return routedPs > atPs ? `; all hosts go by it at ${instant(routedPs)}` : ''
}

function why(target: string, cause: string | null): string {
  if (cause === null) return ''
  return cause === target ? ' by itself' : ` with ${cause}`
}

function failedTable({ parts, failures, failuresExpected, failed }: ReliabilityResult): Html {
  const expected = `${significant(failuresExpected)} were to be expected`
  if (failures === 0)
    return html`<p class="note">None of ${many(parts, 'part')} that may fail by themselves did; ${expected}.</p>`
  const rows = failed
    .slice(0, PARTS_SHOWN)
    .map(
      ({ name, failures: own, downPs, firstPs }) =>
        html`<tr><th>${name}</th><td>${count(own)}</td><td>${duration(downPs)}</td><td>${instant(firstPs)}</td></tr>`,
    )
  const more = failed.length > PARTS_SHOWN && `; the ${PARTS_SHOWN} longest down are shown`
  return html`<p class="note">${many(failures, 'failure')} of ${many(failed.length, 'part')}, out of ${count(parts)} that may
fail by themselves; ${expected}${more}.</p><div class="scroll"><table class="numbers"><thead><tr><th>Failed by itself</th>
<th>Failures</th><th>Down</th><th>First at</th></tr></thead><tbody>${rows}</tbody></table></div>`
}
