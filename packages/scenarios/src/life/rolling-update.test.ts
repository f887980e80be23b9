import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recreate, replaceInPlace, rollingLimits, type RolloutStep, rollingUpdate } from './rolling-update.ts'

const told = (steps: readonly RolloutStep[]) =>
  steps.map(({ atPs, action, pod }) => `${atPs} ${action} ${pod}`)
const TIMES = { readyPs: 10, minReadyPs: 0 }

describe('limits of a rolling update', () => {
  it.each([
    // replicas, maxSurge, maxUnavailable, and what they come to
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [4, '25%', '25%', 1, 1],
    [3, '0%', '25%', 0, 1],
    [100, '7%', '7%', 7, 7],
    [3, 0, '10%', 0, 1],
    [2, 5, 5, 5, 2],
    [10, '100%', '100%', 10, 10],
  ])('of %i pods with %s beyond and %s missing', (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
    expect(rollingLimits({ maxSurge, maxUnavailable }, replicas)).toEqual({
      maxSurge: surge,
      maxUnavailable: unavailable,
    })
  })
})

describe('a rolling update', () => {
  it('with none missing starts a pod, waits until it is ready, and stops one', () => {
    const steps = rollingUpdate([true, true], { maxSurge: 1, maxUnavailable: 0 }, TIMES)
    expect(told(steps)).toEqual(['0 start 0', '10 stop 0', '10 start 1', '20 stop 1'])
  })

  it('with none beyond stops a pod first', () => {
    const steps = rollingUpdate([true, true], { maxSurge: 0, maxUnavailable: 1 }, TIMES)
    expect(told(steps)).toEqual(['0 stop 0', '0 start 0', '10 stop 1', '10 start 1'])
  })

  it('waits until pods have been ready for long enough', () => {
    const steps = rollingUpdate([true], { maxSurge: 1, maxUnavailable: 0 }, { readyPs: 10, minReadyPs: 5 })
    expect(told(steps)).toEqual(['0 start 0', '15 stop 0'])
  })

  it('stops pods that are not ready first', () => {
    const steps = rollingUpdate([true, false, true], { maxSurge: 0, maxUnavailable: 1 }, TIMES)
    expect(told(steps).slice(0, 2)).toEqual(['0 stop 1', '0 start 0'])
  })

  it('keeps its limits at every instant, and replaces every pod once', () => {
    const property = fc.property(
      fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.record({ readyPs: fc.integer({ min: 0, max: 20 }), minReadyPs: fc.integer({ min: 0, max: 5 }) }),
      (isReady, maxSurge, maxUnavailable, times) => {
        const limits = rollingLimits({ maxSurge, maxUnavailable }, isReady.length)
        const steps = rollingUpdate(isReady, limits, times)
        const pods = (action: string) => steps.filter((step) => step.action === action).map(({ pod }) => pod)
        const all = [...isReady.keys()]
        expect(pods('start').sort((a, b) => a - b)).toEqual(all)
        expect(pods('stop').sort((a, b) => a - b)).toEqual(all)
        const readyAtFirst = isReady.filter(Boolean).length
        for (const atPs of new Set(steps.map((step) => step.atPs))) {
          const done = steps.filter((step) => step.atPs <= atPs)
          const started = done.filter(({ action }) => action === 'start')
          const stopped = done.filter(({ action }) => action === 'stop')
          const total = isReady.length + started.length - stopped.length
          expect(total).toBeLessThanOrEqual(isReady.length + limits.maxSurge)
          const lasting = times.readyPs + times.minReadyPs
          const fresh = started.filter((step) => step.atPs + lasting <= atPs).length
          const left = readyAtFirst - stopped.filter(({ pod }) => isReady[pod]).length
          const wanted = isReady.length - limits.maxUnavailable
          expect(fresh + left).toBeGreaterThanOrEqual(Math.min(wanted, readyAtFirst))
        }
      },
    )
    fc.assert(property, { numRuns: 500 })
  })
})

describe('pods that take the place of others', () => {
  it('go one after the other in a StatefulSet, from the last', () => {
    const times = { readyPs: 10, minReadyPs: 2, gonePs: 3 }
    expect(told(replaceInPlace([1, 0], 1, times))).toEqual([
      '0 stop 1',
      '3 start 1',
      '15 stop 0',
      '18 start 0',
    ])
  })

  it('all go before others come where a Deployment recreates them', () => {
    expect(told(recreate(2, 3))).toEqual(['0 stop 0', '0 stop 1', '3 start 0', '3 start 1'])
  })
})
