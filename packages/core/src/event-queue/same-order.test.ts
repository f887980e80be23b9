import { expect, test } from 'vitest'
import { type RandomStream, randomStream } from '../random.ts'
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
function compare(increment: Increment, sizeMax: number): void {
  const random = randomStream('same order', `${sizeMax}`)
  const [fast, reference] = [new CalendarQueue(), new HeapQueue()]
  const handles: [EventHandle, EventHandle][] = []
  let events = 0
  let differences = 0
  const push = () => {
    fast.due = reference.due = Math.min(reference.time + increment(random, events), Number.MAX_SAFE_INTEGER)
    handles[events % 512] = [
      fast.handleOf(fast.push(1, events, 0)),
      reference.handleOf(reference.push(1, events, 0)),
    ]
    events++
  }
  const pop = (limit = Number.MAX_SAFE_INTEGER) => {
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
      const limit = Math.min(reference.time + increment(random, slice), Number.MAX_SAFE_INTEGER)
      while (reference.size > sizeMax / 8 && pop(limit));
      push()
    }
    while (reference.size > round * 10) pop()
  }
  while (pop());
  expect(differences).toBe(0)
  expect(fast.size).toBe(0)
}

for (const [name, increment] of Object.entries(increments)) {
  test.each([10, 1_000, 20_000])(`both queues agree: ${name}, %i pending`, (sizeMax) =>
    compare(increment, sizeMax),
  )
}
