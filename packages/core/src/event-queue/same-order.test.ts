import { describe, expect, test } from 'vitest'
import { type RandomStream, randomStream } from '../random.ts'
import { LONG_TIME_MAX, TIME_MAX } from '../time.ts'
import { CalendarQueue } from './calendar-queue.ts'
import type { EventHandle } from './event-queue.ts'
import { HeapQueue } from './heap-queue.ts'

type Increment = (random: RandomStream, event: number) => number

const increments: Record<string, Increment> = {
  exponential: (random) => Math.floor(-Math.log(1 - random.next()) * 1e9),
  'all equal': () => 1_000_000,
  'few distinct instants': (random) => random.int(6) * 1_000_000_000,
  'skewed over ten decades': (random) => Math.floor(10 ** (2 + random.next() * 10)),
  bimodal: (random) => (random.next() < 0.5 ? random.int(1_000) : 1e12 + random.int(1_000)),
  'a sparse head and a dense cluster': (random) =>
    random.next() < 0.01 ? random.int(1e12) : 5e12 + random.int(50_000),
  'bursts and gaps': (_, event) => (event % 1000 === 0 ? 1e10 : event % 7),
  'half of them at once': (random) => (random.next() < 0.5 ? 0 : random.int(1e8)),
  network: (random) => (random.next() < 0.98 ? 100_000 + random.int(49) * 100_000 : 1e9 + random.int(1e12)),
}

/** Grows to `sizeMax` pending, holds, cancels some, runs in slices, drains; asserts the same events in the same order. */
function compare(increment: Increment, sizeMax: number, timeMaxPs = TIME_MAX): void {
  const random = randomStream('same order', `${sizeMax}`)
  const [fast, reference] = [new CalendarQueue({ timeMaxPs }), new HeapQueue({ timeMaxPs })]
  const handles: [EventHandle, EventHandle][] = []
  let events = 0
  let differences = 0
  const push = () => {
    fast.due = reference.due = Math.min(reference.time + increment(random, events), timeMaxPs)
    handles[events % 512] = [
      fast.handleOf(fast.push(1, events, 0)),
      reference.handleOf(reference.push(1, events, 0)),
    ]
    events++
  }
  const pop = (limit = timeMaxPs) => {
    fast.limit = reference.limit = limit
    const popped = reference.pop()
    if (fast.pop() !== popped || fast.time !== reference.time || fast.a !== reference.a) differences++
    return popped
  }
  for (let round = 0; round < 3; round++) {
    while (reference.size < sizeMax) push()
    for (let i = 0; i < sizeMax; i++) {
      if (pop()) push()
      const [one, other] = handles[random.int(Math.min(events, 512))]!
      if (i % 4 === 0 && fast.cancel(one) !== reference.cancel(other)) differences++
    }
    for (let slice = 0; slice < 20; slice++) {
      const limit = Math.min(reference.time + increment(random, slice), timeMaxPs)
      while (reference.size > sizeMax / 8 && pop(limit));
      push()
    }
    while (reference.size > round * 10) pop()
  }
  while (pop());
  expect(differences).toBe(0)
  expect(fast.size).toBe(0)
}

const MINUTE = 60e12

const longIncrements: Record<string, Increment> = {
  exponential: (random) => Math.floor(-Math.log(1 - random.next()) * MINUTE),
  'skewed over seventeen decades': (random) => Math.floor(10 ** (random.next() * 17)),
  'flows and timers of hours': (random) =>
    random.next() < 0.9 ? random.int(1e9) : Math.floor(random.next() * 600) * MINUTE,
}

describe.each([2 ** 53 - 500, 2 ** 56, 2 ** 60, 2 ** 62])('crowds of neighbouring doubles at %d', (start) => {
  test.each([20, 300, 20_000])('both queues agree, whatever the buckets were before: %i pending', (size) => {
    const [fast, reference] = [CalendarQueue, HeapQueue].map(
      (queue) => new queue({ timeMaxPs: LONG_TIME_MAX }),
    )
    const random = randomStream('crowds', `${start} ${size}`)
    let [pushed, differences] = [0, 0]
    const push = (due: number) => {
      for (const queue of [fast!, reference!]) {
        queue.due = due
        queue.push(1, pushed, 0)
      }
      pushed++
    }
    const pop = (limit = LONG_TIME_MAX) => {
      fast!.limit = reference!.limit = limit
      const popped = reference!.pop()
      if (fast!.pop() !== popped || fast!.time !== reference!.time || fast!.a !== reference!.a) differences++
      return popped
    }
    // picosecond by picosecond, which makes buckets narrow
    for (let i = 0; i < 300; i++) push(random.int(300))
    for (let i = 0; i < 20_000 && pop(); i++) push(reference!.time + random.int(300))
    while (pop());
    const spacing = Math.max(1, 2 ** (Math.floor(Math.log2(start)) - 52))
    for (let i = 0; i < size; i++) push(start + spacing * random.int(size))
    for (let i = 0; i < 20_000; i++) {
      const limit = reference!.time + spacing * random.int(4)
      if (pop(i % 3 === 0 ? limit : LONG_TIME_MAX))
        push(reference!.time + spacing * random.int(i % 2 === 0 ? 3 : 2_000))
    }
    while (pop());
    expect(differences).toBe(0)
  })
})

for (const [name, increment] of Object.entries(longIncrements)) {
  test.each([10, 1_000, 5_000])(`both queues agree over weeks: ${name}, %i pending`, (sizeMax) =>
    compare(increment, sizeMax, LONG_TIME_MAX),
  )
}

for (const [name, increment] of Object.entries(increments)) {
  test.each([10, 1_000, 20_000])(`both queues agree: ${name}, %i pending`, (sizeMax) =>
    compare(increment, sizeMax),
  )
}
