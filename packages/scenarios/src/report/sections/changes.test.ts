import { describe, expect, it } from 'vitest'
import type { ScenarioResult } from '../../result/result.ts'
import { sampleResult } from '../sample-result.fixture.ts'
import { renderSummary } from '../summary.ts'
import { changesKey } from './changes.ts'

const HOUR = 3_600e12
type Changes = ScenarioResult['changes']

const keyOf = (changes: Changes, reliability: ScenarioResult['reliability'] = null) =>
  String(changesKey({ changes, reliability }) ?? '').replace(/\s+/g, ' ')

const outage = (target: string, cause: string | null, hour: number): Changes => [
  { atPs: hour * HOUR, action: 'fail', target, cause, routedPs: hour * HOUR },
  { atPs: (hour + 1) * HOUR, action: 'repair', target, cause, routedPs: null },
]

const reliability = {
  parts: 37,
  failures: 3,
  failuresExpected: 4.25,
  failed: [
    { name: 'a:b', failures: 2, firstPs: 5 * HOUR, downPs: 7 * HOUR },
    { name: '<conduit>', failures: 1, firstPs: 2 * HOUR, downPs: HOUR },
  ],
}

describe('failures in a report', () => {
  it('are listed with their instants and why', () => {
    const text = keyOf([
      ...outage('s', null, 1),
      ...outage('a:b', 'a:b', 5),
      ...outage('c:d', '<conduit>', 7),
    ])
    expect(text).toContain('<b>1h</b> s fails; new routes at 1h')
    expect(text).toContain('<b>5h</b> a:b fails by itself;')
    expect(text).toContain('<b>7h</b> c:d fails with &lt;conduit&gt;;')
    expect(text).toContain('<b>8h</b> c:d is repaired; new routes were not in force before the end')
    expect(text).not.toContain('<details>')
  })

  it('are counted by part, and many are folded away', () => {
    const many = Array.from({ length: 600 }, (_, i) => outage('a:b', 'a:b', 2 * i)).flat()
    const text = keyOf(many, reliability)
    expect(text).toContain(
      '3 failures of 2 parts, out of 37 that may fail by themselves; 4.25 were to be expected.',
    )
    expect(text).toContain('<tr><th>a:b</th><td>2</td><td>7h</td><td>5h</td></tr>')
    expect(text).toContain('&lt;conduit&gt;')
    expect(text).toContain(
      '<summary>1,200 failures and repairs one by one, too many to be marked in the plots',
    )
    expect(text.match(/<li /g)).toHaveLength(1000)
    expect(text).toContain('200 more are in the JSON document.')
  })

  it('that did not come are said to have been possible', () => {
    const none = { ...reliability, failures: 0, failuresExpected: 2.3e-7, failed: [] }
    expect(keyOf([], none)).toContain('None of 37 parts that may fail by themselves did; 2.3e-7 were')
    expect(keyOf([])).toBe('')
  })
})

describe('failures on a terminal', () => {
  const shown = (own: ScenarioResult['reliability']) =>
    renderSummary({ ...sampleResult(), reliability: own }, { color: false })

  it('are counted by part, the longest down first', () => {
    expect(shown(reliability)).toMatch(
      /Failed by itself +failures +down +first at\na:b +2 +7h +5h\n<conduit> +1 +1h +2h\n3 failures of 2 of 37 parts; 4.25 were to be expected\n/,
    )
    expect(shown(null)).not.toContain('by itself')
  })
})
