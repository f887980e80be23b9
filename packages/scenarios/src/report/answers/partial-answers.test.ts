import { describe, expect, test } from 'vitest'
import { diffSteps } from '../../diff/diff.ts'
import type { Steps } from '../../planning/pace.ts'
import { drainSteps } from '../../whatif/drain.ts'
import { subjectOf } from '../../whatif/subject.ts'
import { design } from './answers.fixture.ts'
import { renderDiffReport } from './diff-report.ts'
import { renderDrainReport } from './drain-report.ts'

const about = { name: 'four leaves', command: 'weft', inputs: [], seed: 'pictures', warnings: [] }

/** Interrupted after so many of the steps that are called so. */
function interrupted<Answer>(steps: Steps<Answer>, name: string, most: number): Answer {
  let taken = 0
  for (let step = steps.next(); ; ) {
    if (step.done === true) return step.value
    if (step.value.step === name) taken++
    step = steps.next(taken < most)
  }
}

const textOf = (page: string) =>
  page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the report of an interrupted diff', () => {
  const page = (before: number, after: number, name: string, most: number, sets = {}) => {
    const answer = interrupted(
      diffSteps(subjectOf(design(before)), subjectOf(design(after)), sets),
      name,
      most,
    )
    return textOf(renderDiffReport({ answer, before: 'a.yaml', after: 'b.yaml', about }))
  }

  test('says so, and what was not compared', () => {
    const text = page(2, 3, 'single failures', 2)
    expect(text).toContain(
      'Partial result. Interrupted; not compared, or not in full: single failures, delays.',
    )
    expect(text).toContain('of the failures that were compared, the worst')
    expect(text).toContain('They differ')
  })

  test('has sets of failures as far as both have them, and none before', () => {
    const text = page(2, 3, 'failure sets', 8, { any: 2, of: 'link' })
    expect(text).toContain('not compared, or not in full: failure sets, delays.')
    expect(text).toMatch(/Of [\d,]+ sets in both \d+ compared: \d+ differ\./)
    const none = page(2, 3, 'reach', 1, { any: 2, of: 'link' })
    expect(none).toMatch(/Failures together before: a\.yaml after: b\.yaml None was compared\./)
  })

  test('finds nothing the same that it did not look at', () => {
    const text = page(2, 2, 'reach', 1)
    expect(text).toContain('not compared, or not in full: reach, single failures, delays.')
    expect(text).toContain('Nothing differs so far')
    expect(text).not.toMatch(/Nothing differs Network|No failure of a part|0% → 0%/)
    expect(text.match(/None was compared\./g)).toHaveLength(2)
  })
})

describe('the report of interrupted drains', () => {
  const drain = ['ord1/leaf-0:ord1/spine-*', 'ord1/leaf-1:ord1/spine-0']
  const subject = subjectOf(design(2))
  /** Interrupted so many steps before the end. */
  const page = (cumulative: boolean, left: number) => {
    const all = drainSteps(subject, { drain, cumulative })
    let taken = 0
    while (all.next(true).done !== true) taken++
    const steps = drainSteps(subject, { drain, cumulative })
    for (let step = steps.next(), done = 1; ; step = steps.next(done++ < taken - left))
      if (step.done === true) return textOf(renderDrainReport({ answer: step.value, about }))
  }

  test('says so, with the steps that are known', () => {
    const text = page(false, 1)
    expect(text).toMatch(/Partial result\. Interrupted with [12] parts? looked at, and others left\./)
    expect(text).not.toContain('Room at every one of')
  })

  test('without any step claims neither room nor the best order', () => {
    const text = page(true, 2)
    expect(text).toContain('Partial result. Interrupted with no step known.')
    expect(text).toContain('No step known')
    expect(text).toContain('The best order is known when all subsets are compared.')
    expect(text).not.toMatch(/Room at every one of|no order has|NaN|undefined|Infinity/i)
  })
})
