import { expect, test } from 'vitest'
import { CalendarTuning } from './calendar-tuning.ts'

const PENDING = 1000

/** A tuning that has counted a thousand events, one every `gapPs`. */
function tunedFor(gapPs: number): CalendarTuning {
  const tuning = new CalendarTuning()
  expect(tuning.review(PENDING)).toBe(true)
  for (let i = 0; i < PENDING; i++) tuning.count(i * gapPs)
  tuning.settle(PENDING)
  return tuning
}

/** Works until the next review is due, by buckets of one event and whatever `alongside` adds to each. */
function review(tuning: CalendarTuning, alongside: () => void = () => {}): boolean {
  while (--tuning.credit >= 0) alongside()
  return tuning.review(PENDING)
}

test.each([1, 100, 1e6, 3e9])('makes buckets as wide as the gap between events: %d ps', (gapPs) => {
  const { widthLog2, bucketsLog2 } = tunedFor(gapPs)
  expect(2 ** widthLog2 / gapPs).toBeGreaterThan(0.5)
  expect(2 ** widthLog2 / gapPs).toBeLessThanOrEqual(4)
  expect(2 ** bucketsLog2).toBeGreaterThan(PENDING)
})

test('leaves alone what fits, however often it looks', () => {
  const tuning = tunedFor(1000)
  const { widthLog2 } = tuning
  for (let i = 0; i < 100; i++) expect(review(tuning)).toBe(false)
  expect(tuning.widthLog2).toBe(widthLog2)
})

test('takes the width from the gaps in the crowd where buckets are crowded', () => {
  const tuning = tunedFor(1e6)
  const crowd = { length: 20, distinct: 11, span: 10_240 }
  const hasChanged = review(tuning, () => {
    tuning.noteChain(crowd.length)
    tuning.noteCrowd(crowd)
  })
  expect(hasChanged).toBe(true)
  expect(tuning.widthLog2).toBe(10)
})

test('does not mind a crowd at one instant', () => {
  const tuning = tunedFor(1e6)
  expect(review(tuning, () => tuning.noteCrowd({ length: 5000, distinct: 1, span: 0 }))).toBe(false)
})

test('widens, by more each time, where most events are far; a change makes the next look wait', () => {
  const tuning = tunedFor(1000)
  const widths = [tuning.widthLog2]
  const waits = [tuning.credit]
  for (let i = 0; i < 3; i++) {
    expect(review(tuning, () => tuning.noteFar(2))).toBe(true)
    tuning.settle(PENDING)
    widths.push(tuning.widthLog2)
    waits.push(tuning.credit)
  }
  expect(widths.map((width) => width - widths[0]!)).toEqual([0, 2, 6, 12])
  expect(waits.map((wait) => wait / waits[0]!)).toEqual([1, 2, 4, 8])
})

test('narrows where events are pushed into the bucket being emptied', () => {
  const tuning = tunedFor(1e6)
  const { widthLog2 } = tuning
  expect(review(tuning, () => tuning.noteIntruder())).toBe(true)
  expect(tuning.widthLog2).toBe(widthLog2 - 2)
})

test('counts anew once there are several times as many events', () => {
  const tuning = tunedFor(1000)
  expect(tuning.review(3 * PENDING)).toBe(false)
  expect(tuning.review(5 * PENDING)).toBe(true)
  expect(tuning.wantsCensus).toBe(true)
})
