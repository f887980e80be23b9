import { SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { readyAfterPs, turnsAfterPs } from './readiness.ts'

const probe = (rest: Partial<Parameters<typeof readyAfterPs>[0][number]> = {}) => ({
  initialDelaySeconds: 0,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...rest,
})
const seconds = (ps: number) => ps / SECOND

describe('readiness', () => {
  it('comes with the first probe that an application answers, or with several in a row', () => {
    expect(seconds(readyAfterPs([probe()], 0))).toBe(0)
    expect(seconds(readyAfterPs([probe()], 1))).toBe(10)
    expect(seconds(readyAfterPs([probe({ initialDelaySeconds: 5 })], 0))).toBe(5)
    expect(seconds(readyAfterPs([probe({ initialDelaySeconds: 5 })], 6 * SECOND))).toBe(15)
    expect(seconds(readyAfterPs([probe({ periodSeconds: 2, successThreshold: 3 })], 3 * SECOND))).toBe(8)
  })

  it('comes at once where nothing is probed, and with the last of several probes', () => {
    expect(seconds(readyAfterPs([], 3 * SECOND))).toBe(3)
    expect(seconds(readyAfterPs([probe(), probe({ initialDelaySeconds: 7 })], 0))).toBe(7)
  })

  it('goes when probes have failed so often in a row, and comes back when they succeed', () => {
    const quick = probe({ periodSeconds: 1 })
    expect(seconds(turnsAfterPs([quick], 4.5 * SECOND, false))).toBe(7)
    expect(seconds(turnsAfterPs([quick], 4.5 * SECOND, true))).toBe(5)
    expect(seconds(turnsAfterPs([quick, probe()], 4.5 * SECOND, false))).toBe(7)
    expect(seconds(turnsAfterPs([quick, probe()], 4.5 * SECOND, true))).toBe(10)
    expect(seconds(turnsAfterPs([], 4.5 * SECOND, false))).toBe(4.5)
  })
})
