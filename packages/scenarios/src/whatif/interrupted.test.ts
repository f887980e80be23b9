import { describe, expect, it } from 'vitest'
import { ring } from '../run/small-scenarios.fixture.ts'
import { scenario, traffic } from '../index.ts'
import { subjectOf } from './subject.ts'
import { whatIf } from './whatif.ts'

/** All links of one way round thin each other: tens of passes for each set. */
const circling = () =>
  subjectOf(
    scenario({
      regions: ring(),
      traffic: [0, 1, 2, 3, 4].map((i) =>
        traffic.stream({ from: `r/h${i}`, to: `r/h${(i + 2) % 5}`, packet: '1200B', rate: '8Gbps' }),
      ),
    }).compiled,
  )

/** Aborts when it is asked for the so many-th time. */
function abortingAt(time: number): AbortSignal {
  let asked = 0
  const { signal } = new AbortController()
  Object.defineProperty(signal, 'aborted', { get: () => ++asked >= time })
  return signal
}

describe('failures amid losses in a circle of full links', () => {
  const question = { any: 1, of: 'link', symmetry: false } as const

  it('interrupted before the first, have none', async () => {
    const { coverage, worst, baseline } = await whatIf(circling(), {
      ...question,
      signal: AbortSignal.abort(),
    })
    expect(coverage).toMatchObject({ sets: 10, covered: 0, partial: true })
    expect(worst).toEqual([])
    // what is lost while everything is up was not found either
    expect(baseline.thinnedBps).toBeNull()
    expect((await whatIf(circling(), question)).baseline.thinnedBps).toBeGreaterThan(0)
  })

  it.each([40, 50])('interrupted at question %i, have those that were judged to the end', async (time) => {
    const whole = await whatIf(circling(), question)
    expect(whole.coverage).toMatchObject({ sets: 10, covered: 10, partial: false })
    const { coverage, worst, baseline } = await whatIf(circling(), {
      ...question,
      signal: abortingAt(time),
    })
    expect(coverage.partial).toBe(true)
    expect(coverage.covered).toBeGreaterThan(0)
    expect(coverage.covered).toBeLessThan(10)
    expect(worst).toHaveLength(coverage.covered)
    expect(baseline).toEqual(whole.baseline)
    for (const row of worst) expect(whole.worst).toContainEqual(row)
  })
})
