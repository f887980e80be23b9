import { describe, expect, test } from 'vitest'
import { randomStream } from '../random.ts'
import { CalendarQueue } from './calendar-queue.ts'
import { GENERATION, WORDS_LOG2 } from './event-record.ts'
import { EventRecords } from './event-records.ts'

/** Pops one and pushes one so many times, each by one of `increments` later. */
function hold(queue: CalendarQueue, increments: Float64Array, times: number): void {
  for (let i = 0; i < times; i++) {
    queue.pop()
    queue.due = queue.time + increments[i & (increments.length - 1)]!
    queue.push(queue.handler, queue.a, i)
  }
}

test('takes nothing from the heap per event once warm', () => {
  const random = randomStream('allocation', 'increments')
  const increments = Float64Array.from({ length: 4096 }, () => Math.floor(-Math.log(1 - random.next()) * 1e9))
  const queue = new CalendarQueue()
  for (let i = 0; i < 10_000; i++) {
    queue.due = increments[i & 4095]!
    queue.push(0, i, 0)
  }
  hold(queue, increments, 500_000)
  const growths: number[] = []
  for (let round = 0; round < 5; round++) {
    const before = process.memoryUsage().heapUsed
    hold(queue, increments, 400_000)
    growths.push((process.memoryUsage().heapUsed - before) / 400_000)
  }
  // A collection or a compilation may fall into one round, but not into most; one boxed double would be 16 bytes.
  expect(growths.sort((a, b) => a - b)[2]).toBeLessThan(1)
})

test('sweeps cancelled events out before they hold more than half of the records', () => {
  const queue = new CalendarQueue({ pendingEventsMax: 5000 })
  for (let i = 0; i < 1000; i++) {
    queue.due = 1_000 + i
    queue.push(0, i, 0)
  }
  for (let i = 0; i < 100_000; i++) {
    queue.due = 1e12 + i
    expect(queue.cancel(queue.handleOf(queue.push(1, i, 0)))).toBe(true)
  }
  expect(queue.size).toBe(1000)
  for (let i = 0; i < 1000; i++) expect(queue.pop() && queue.a).toBe(i)
  expect(queue.pop()).toBe(false)
})

test('cancelled events give their room back before a push is refused', () => {
  const queue = new CalendarQueue({ pendingEventsMax: 100 })
  const handles = Array.from({ length: 100 }, (_, i) => {
    queue.due = i
    return queue.handleOf(queue.push(0, i, 0))
  })
  expect(() => queue.push(0, 0, 0)).toThrow(/more than 100 events are pending/)
  queue.cancel(handles[50]!)
  queue.due = 7
  queue.push(0, 1000, 0)
  const order: number[] = []
  while (queue.pop()) order.push(queue.a)
  expect(order).toEqual([
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    1000,
    ...Array.from({ length: 92 }, (_, i) => i + 8).filter((i) => i !== 50),
  ])
})

test('pushes before the present bucket after a run that stopped short of it', () => {
  const queue = new CalendarQueue()
  for (const due of [5_000, 80_000_000, 90_000_000]) {
    queue.due = due
    queue.push(0, due, 0)
  }
  queue.limit = 60_000_000
  while (queue.pop());
  for (const due of [70_000_000, 60_000_000, 85_000_000, 60_000_001]) {
    queue.due = due
    queue.push(0, due, 0)
  }
  queue.limit = Number.MAX_SAFE_INTEGER
  const order: number[] = []
  while (queue.pop()) order.push(queue.a)
  expect(order).toEqual([60_000_000, 60_000_001, 70_000_000, 80_000_000, 85_000_000, 90_000_000])
})

test('numbers epochs anew when they run out: picoseconds first, hours later', () => {
  const queue = new CalendarQueue()
  const push = (due: number) => {
    queue.due = due
    queue.push(0, 0, 0)
  }
  for (let i = 0; i < 4000; i++) push(i % 3)
  for (let i = 0; i < 4000; i++) expect(queue.pop()).toBe(true)
  const late = [1e15, 9e15, Number.MAX_SAFE_INTEGER, 3e15, Number.MAX_SAFE_INTEGER - 1]
  for (const due of late) push(due)
  const order = late.map(() => (queue.pop() ? queue.time : -1))
  expect(order).toEqual([...late].sort((a, b) => a - b))
  expect(queue.pop()).toBe(false)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 9])('refuses an event due at %d', (due) => {
  const queue = new CalendarQueue()
  queue.nameOf = () => 'leaf-1'
  queue.due = 10
  queue.push(0, 0, 0)
  queue.pop()
  queue.due = due
  expect(() => queue.push(0, 0, 0)).toThrow(/for leaf-1 is due at .* ps; expected a time from 10 ps/)
  expect(queue.size).toBe(0)
})

describe('records', () => {
  test('keep their contents when the pool doubles', () => {
    const records = new EventRecords()
    const slots = Array.from({ length: 5000 }, (_, i) => {
      const slot = records.acquire()
      records.floats[slot << 2] = i / 2
      return slot
    })
    expect(new Set(slots).size).toBe(5000)
    expect(slots.every((slot, i) => records.floats[slot << 2] === i / 2)).toBe(true)
  })

  test('a handle is good until its slot is released', () => {
    const records = new EventRecords()
    const slot = records.acquire()
    const handle = records.handleOf(slot)
    expect(records.slotOf(handle)).toBe(slot)
    records.release(slot)
    expect(records.slotOf(handle)).toBe(0)
    expect(records.acquire()).toBe(slot)
    expect(records.slotOf(handle)).toBe(0)
  })

  test('a slot whose generations are used up is retired', () => {
    const records = new EventRecords(2)
    const slot = records.acquire()
    records.words[(slot << WORDS_LOG2) + GENERATION] = 2 ** 27 - 1
    const handle = records.handleOf(slot)
    expect(records.slotOf(handle)).toBe(slot)
    records.release(slot)
    expect(records.slotOf(handle)).toBe(0)
    const others = [records.acquire(), records.acquire(), records.acquire()]
    expect(others.includes(slot)).toBe(false)
    expect(others[2]).toBe(0)
  })

  test.each([-1, 0.5, 1, 2 ** 52, Number.NaN])('number %d is no handle', (handle) => {
    expect(new EventRecords().slotOf(handle as ReturnType<EventRecords['handleOf']>)).toBe(0)
  })
})
