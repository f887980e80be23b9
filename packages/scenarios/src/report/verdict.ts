import type { ExpectationResult, ScenarioResult } from '../result/result.ts'
import { instant, many } from './format.ts'

export interface Verdict {
  readonly state: 'good' | 'bad' | 'plain'
  readonly mark: string
  readonly title: string
  readonly detail: string
}

/** How many expectations hold, in words. */
export function summaryOf({
  expectations,
  partial,
}: Pick<ScenarioResult, 'expectations' | 'partial'>): Verdict {
  const total = expectations.length
  const held = expectations.filter(({ pass }) => pass).length
  const soFar = partial ? ' in the part that was simulated' : ''
  if (total === 0) {
    const detail = 'The scenario has no expect section: this report shows what happened, and judges nothing.'
    return { state: 'plain', mark: '–', title: 'No expectations', detail }
  }
  const title = `${held} of ${many(total, 'expectation')} ${total === 1 ? 'holds' : 'hold'}${soFar}`
  if (held === total)
    return { state: 'good', mark: '✓', title, detail: 'Every measured value is within its bound.' }
  const failed = expectations.filter(({ pass }) => !pass).map(({ text }) => text.replace(/\s+/g, ' '))
  return { state: 'bad', mark: '✗', title, detail: `Failed: ${failed.join('; ')}` }
}

/** The row with the highest value; null of none. */
export function highestOf<Row>(rows: readonly Row[], value: (row: Row) => number): Row | null {
  return rows.reduce<Row | null>(
    (best, row) => (best === null || value(row) > value(best) ? row : best),
    null,
  )
}

/** When an expectation was broken, and what had failed by then: `3.2ms to 6ms, after ord1/spine-3 failed`. */
export function circumstance(
  { fromPs, toPs }: ExpectationResult,
  changes: ScenarioResult['changes'],
): string {
  if (fromPs === null) return ''
  const when = toPs === null ? `from ${instant(fromPs)}` : `${instant(fromPs)} to ${instant(toPs)}`
  const down = new Map<string, string>()
  for (const { atPs, action, target } of changes) {
    if (atPs > fromPs) continue
    if (action === 'fail') down.set(target, 'failed')
    else if (action === 'stop') down.set(target, 'stopped')
    else if (action === 'repair' || action === 'start') down.delete(target)
  }
  const of = (what: string) => [...down.keys()].filter((target) => down.get(target) === what)
  const after = ['failed', 'stopped'].flatMap((what) => {
    const targets = of(what).slice(0, 3)
    return targets.length === 0 ? [] : [`${targets.join(', ')} ${what}`]
  })
  return after.length === 0 ? when : `${when}, after ${after.join(' and ')}`
}
