import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONG_TIME_MAX, TIME_MAX } from '../time.ts'
import { CalendarQueue } from './calendar-queue.ts'
import type { EventHandle, EventQueue } from './event-queue.ts'
import { HeapQueue } from './heap-queue.ts'

const STANDING = 5
const STANDING_HANDLER = 9

interface StandingEvent {
  readonly slots: readonly [number, number]
  /** Pushes and abandonments before it was reserved, which no other of its number shares. */
  readonly reserved: number
  pending: boolean
}

/** The queue under test beside the reference; every answer of both must be the same. */
class Pair {
  readonly fast: CalendarQueue
  readonly reference: HeapQueue
  readonly handles: [EventHandle, EventHandle][] = []
  /** Standing events: slots in both queues, and whether they are pending. */
  readonly standing: StandingEvent[] = []
  #pushes = 0

  constructor(timeMaxPs = TIME_MAX) {
    this.fast = new CalendarQueue({ timeMaxPs })
    this.reference = new HeapQueue({ timeMaxPs })
    for (let each = 0; each < STANDING; each++) this.standing.push(this.#reserved(each))
  }

  #reserved(each: number): StandingEvent {
    const reserve = (queue: EventQueue) => queue.reserve(STANDING_HANDLER, each, this.#pushes)
    return { slots: [reserve(this.fast), reserve(this.reference)], reserved: this.#pushes, pending: false }
  }

  /** Arms a standing event that is not pending. */
  arm(which: number, afterPs: number): void {
    const event = this.standing[which % STANDING]!
    if (event.pending) return
    this.fast.due = this.reference.due = Math.min(this.reference.timeMaxPs, this.reference.time + afterPs)
    this.fast.arm(event.slots[0])
    this.reference.arm(event.slots[1])
    event.pending = true
  }

  /** Abandons a standing event that is pending, and reserves another in its stead. */
  abandon(which: number): void {
    const event = this.standing[which % STANDING]!
    if (!event.pending) return
    this.fast.abandon(event.slots[0])
    this.reference.abandon(event.slots[1])
    this.#pushes++
    this.standing[which % STANDING] = this.#reserved(which % STANDING)
  }

  push(afterPs: number): void {
    const due = Math.min(this.reference.timeMaxPs, this.reference.time + afterPs)
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
      if (handler === STANDING_HANDLER) this.#hasCome(a, b)
    }
    expect(this.fast.size).toBe(this.reference.size)
    return popped
  }

  /** One that was abandoned says so by what it was reserved with. */
  #hasCome(which: number, pushes: number): void {
    const event = this.standing[which]!
    if (event.reserved === pushes) event.pending = false
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
  const pop = fc.constant<Step>((pair) => pair.pop(pair.reference.timeMaxPs))
  const cancel = fc.nat().map(
    (which): Step =>
      (pair) =>
        pair.cancel(which),
  )
  const arm = fc.tuple(fc.nat(), afterPs).map(
    ([which, x]): Step =>
      (pair) =>
        pair.arm(which, x),
  )
  const abandon = fc.nat().map(
    (which): Step =>
      (pair) =>
        pair.abandon(which),
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
        for (const x of times) if (pair.pop(pair.reference.timeMaxPs)) pair.push(x)
      },
  )
  const step = fc.oneof(
    { weight: 6, arbitrary: push },
    { weight: 4, arbitrary: pop },
    { weight: 3, arbitrary: cancel },
    { weight: 4, arbitrary: arm },
    { weight: 1, arbitrary: abandon },
    { weight: 2, arbitrary: run },
    { weight: 1, arbitrary: burst },
    { weight: 1, arbitrary: hold },
  )
  return fc.array(step, { maxLength: 120, size: 'max' })
}

const HOUR = 3600e12

/** Sums are rounded to the spacing of doubles, and many fall onto one. */
const longIncrements: Record<string, fc.Arbitrary<number>> = {
  ...increments,
  'weeks, and picoseconds between': fc.oneof(
    fc.nat(300),
    fc.nat(5_000_000),
    fc.nat(700).map((hours) => hours * HOUR),
  ),
  'timers of hours': fc.integer({ min: 1, max: 96 }).map((quarters) => (quarters * HOUR) / 4),
  'every scale to 2^63': fc
    .tuple(fc.nat(62), fc.nat(2 ** 30))
    .map(([bits, x]) => Math.floor((x / 2 ** 30) * 2 ** bits)),
}

/** The same sequence from an instant on: at first, beyond 2^53, after a month, and up to the end of time. */
const starts: Record<string, number> = {
  nothing: 0,
  '2^53': 2 ** 53 - 1000,
  'four weeks': 4 * 7 * 24 * HOUR,
  'almost the end': LONG_TIME_MAX - HOUR,
}

test.each(Object.keys(longIncrements).flatMap((name) => Object.keys(starts).map((start) => [name, start])))(
  'nor does one over months: %s, after %s',
  (name, start) => {
    const property = fc.property(steps(longIncrements[name!]!), (sequence) => {
      const pair = new Pair(LONG_TIME_MAX)
      pair.push(starts[start!]!)
      pair.pop(LONG_TIME_MAX)
      for (const step of sequence) step(pair)
      pair.runUntil(LONG_TIME_MAX)
      expect(pair.fast.size).toBe(0)
    })
    fc.assert(property, { numRuns: 25 })
  },
)

test.each(Object.keys(increments))(
  'no sequence of push, cancel and run tells the queues apart: %s',
  (name) => {
    const property = fc.property(steps(increments[name]!), (sequence) => {
      const pair = new Pair()
      for (const step of sequence) step(pair)
      pair.runUntil(TIME_MAX)
      expect(pair.fast.size).toBe(0)
    })
    fc.assert(property, { numRuns: 60 })
  },
)
