import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CalendarQueue } from './calendar-queue.ts'
import type { EventHandle, EventQueue } from './event-queue.ts'
import { HeapQueue } from './heap-queue.ts'

/** The queue under test beside the reference; every answer of both must be the same. */
class Pair {
  readonly fast = new CalendarQueue()
  readonly reference = new HeapQueue()
  readonly handles: [EventHandle, EventHandle][] = []
  #pushes = 0

  push(afterPs: number): void {
    const due = Math.min(Number.MAX_SAFE_INTEGER, this.reference.time + afterPs)
    const id = this.#pushes++
    const push = (queue: EventQueue) => {
      queue.due = due
      return queue.handleOf(queue.push(id % 7, id, -id))
    }
    this.handles.push([push(this.fast), push(this.reference)])
  }

  cancel(which: number): void {
    if (this.handles.length === 0) return
    const [fast, reference] = this.handles[which % this.handles.length]!
    expect(this.fast.cancel(fast)).toBe(this.reference.cancel(reference))
  }

  pop(limit: number): boolean {
    this.fast.limit = this.reference.limit = limit
    const popped = this.reference.pop()
    expect(this.fast.pop()).toBe(popped)
    if (popped) {
      const { time, handler, a, b } = this.reference
      if (
        this.fast.time !== time ||
        this.fast.a !== a ||
        this.fast.b !== b ||
        this.fast.handler !== handler
      ) {
        expect(this.fast).toMatchObject({ time, handler, a, b })
      }
    }
    expect(this.fast.size).toBe(this.reference.size)
    return popped
  }

  runUntil(limit: number): void {
    while (this.pop(limit));
  }
}

const increments: Record<string, fc.Arbitrary<number>> = {
  ties: fc.nat(3),
  'a few instants': fc.nat(5).map((k) => k * 1_000_000),
  nanoseconds: fc.nat(5_000_000),
  bimodal: fc.oneof(
    fc.nat(2_000),
    fc.nat(2_000).map((x) => x + 1e12),
  ),
  'a far cluster': fc.oneof(
    { weight: 1, arbitrary: fc.nat(100) },
    { weight: 9, arbitrary: fc.nat(5_000).map((x) => x + 7e9) },
  ),
  'every scale': fc
    .tuple(fc.nat(52), fc.nat(2 ** 30))
    .map(([bits, x]) => Math.floor((x / 2 ** 30) * 2 ** bits)),
  huge: fc.maxSafeNat(),
}

type Step = (pair: Pair) => void

function steps(afterPs: fc.Arbitrary<number>): fc.Arbitrary<Step[]> {
  const push = afterPs.map(
    (x): Step =>
      (pair) =>
        pair.push(x),
  )
  const pop = fc.constant<Step>((pair) => pair.pop(Number.MAX_SAFE_INTEGER))
  const cancel = fc.nat().map(
    (which): Step =>
      (pair) =>
        pair.cancel(which),
  )
  const run = afterPs.map(
    (x): Step =>
      (pair) =>
        pair.runUntil(pair.reference.time + x),
  )
  const burst = fc.array(afterPs, { minLength: 1, maxLength: 400 }).map(
    (times): Step =>
      (pair) => {
        for (const x of times) pair.push(x)
      },
  )
  const hold = fc.array(afterPs, { minLength: 1, maxLength: 400 }).map(
    (times): Step =>
      (pair) => {
        for (const x of times) if (pair.pop(Number.MAX_SAFE_INTEGER)) pair.push(x)
      },
  )
  const step = fc.oneof(
    { weight: 6, arbitrary: push },
    { weight: 4, arbitrary: pop },
    { weight: 3, arbitrary: cancel },
    { weight: 2, arbitrary: run },
    { weight: 1, arbitrary: burst },
    { weight: 1, arbitrary: hold },
  )
  return fc.array(step, { maxLength: 120, size: 'max' })
}

test.each(Object.keys(increments))(
  'no sequence of push, cancel and run tells the queues apart: %s',
  (name) => {
    const property = fc.property(steps(increments[name]!), (sequence) => {
      const pair = new Pair()
      for (const step of sequence) step(pair)
      pair.runUntil(Number.MAX_SAFE_INTEGER)
      expect(pair.fast.size).toBe(0)
    })
    fc.assert(property, { numRuns: 60 })
  },
)
