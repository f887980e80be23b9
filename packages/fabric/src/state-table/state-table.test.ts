import { describe, expect, it } from 'vitest'
import { NO_ROW } from './expiry-lists.ts'
import { StateTable } from './state-table.ts'
import { NO_KEY } from './tuple-index.ts'

function tableOf(capacity: number, timeoutsPs = [100]) {
  const clock = { now: 0 }
  const forgotten: [row: number, isExpired: boolean][] = []
  const owner = {
    resizeRows: () => {},
    forgetRow: (row: number, isExpired: boolean) => void forgotten.push([row, isExpired]),
  }
  const table = new StateTable(clock, { capacity, timeoutsPs, owner })
  const add = (name: number, timeoutClass = 0): number => {
    const row = table.insert(timeoutClass)
    if (row !== NO_ROW) table.setTuple(row, 0, name, 0, 0, 0)
    return row
  }
  return { clock, table, forgotten, add }
}

describe('StateTable', () => {
  it('keeps a row until its instant, and not at it', () => {
    const { clock, table, add } = tableOf(4)
    const row = add(1)
    clock.now = 99
    expect(table.find(1, 0, 0, 0)).toBe(row)
    clock.now = 100
    expect(table.find(1, 0, 0, 0)).toBe(NO_KEY)
    expect(table.isLive(row)).toBe(false)
  })

  it('forgets rows in order of expiry over all classes, however late somebody looks', () => {
    const { clock, table, forgotten, add } = tableOf(9, [30, 10, 20])
    const [slow, quick, middle] = [add(1, 0), add(2, 1), add(3, 2)]
    clock.now = 5
    table.refresh(quick, 1)
    const second = add(4, 1)
    clock.now = 1000
    expect(table.size).toBe(0)
    expect(forgotten).toEqual([quick, second, middle, slow].map((row) => [row, true]))
  })

  it('refuses when full and has room again at the instant at which a row expires', () => {
    const { clock, table, add } = tableOf(2)
    add(1)
    clock.now = 40
    add(2)
    expect(add(3)).toBe(NO_ROW)
    clock.now = 100
    expect(add(3)).not.toBe(NO_ROW)
    expect(add(4)).toBe(NO_ROW)
    expect(table.counts()).toMatchObject({
      size: 2,
      peak: 2,
      peakPs: 40,
      refused: 2,
      firstRefusedPs: 40,
      expired: 1,
    })
  })

  it('has the mean over time, which rows leave when they expire and not when that is seen', () => {
    const { clock, table, add } = tableOf(8)
    add(1)
    add(2)
    clock.now = 400
    expect(table.counts().mean).toBe(0.5)
  })

  it('makes classes for timeouts as they come', () => {
    const { clock, table, add } = tableOf(8)
    const short = table.classFor(7)
    expect(table.classFor(7)).toBe(short)
    expect(table.classFor(100)).toBe(0)
    add(1, short)
    clock.now = 7
    expect(table.size).toBe(0)
  })

  it('refuses to remove what is not there', () => {
    const { clock, table, add } = tableOf(8)
    const row = add(1)
    clock.now = 100
    expect(() => table.remove(row)).toThrow(`row ${row} of a state table is removed, but not in use`)
  })

  it('refuses a capacity and a timeout that make no sense', () => {
    expect(() => tableOf(0)).toThrow('capacity 0, expected a whole number from 1 to 2^24')
    expect(() => tableOf(1, [0])).toThrow('a timeout of 0 ps, expected more than 0')
  })
})
