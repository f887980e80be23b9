import { Heap } from 'heap-js'
import {
  type EventHandle,
  type EventQueue,
  type EventQueueOptions,
  PENDING_EVENTS_MAX,
} from './event-queue.ts'
import { pendingMaxOf, pendingRunaway, refuseDue, timeMaxOf } from './refusals.ts'

interface PendingEvent {
  time: number
  sequence: number
  handler: number
  a: number
  b: number
  isCancelled: boolean
}

/** The reference pending event set: heap-js over plain objects. Obviously right, an order of magnitude slower. */
export class HeapQueue implements EventQueue {
  due = 0
  limit = Number.MAX_SAFE_INTEGER
  time = 0
  handler = 0
  a = 0
  b = 0
  nameOf = (handler: number) => `handler ${handler}`
  readonly timeMaxPs: number

  // heap-js keeps no order among equals, so the sequence number is part of the key.
  private readonly heap = new Heap<PendingEvent>((x, y) => x.time - y.time || x.sequence - y.sequence)
  private readonly pending = new Map<number, PendingEvent>()
  private readonly pendingMax: number
  private sequence = 0
  private readonly standing = new Map<number, { handler: number; a: number; b: number }>()

  constructor(options: EventQueueOptions = {}) {
    this.pendingMax = pendingMaxOf(options.pendingEventsMax ?? PENDING_EVENTS_MAX)
    this.timeMaxPs = timeMaxOf(options.timeMaxPs)
    this.limit = this.timeMaxPs
  }

  get size(): number {
    return this.pending.size
  }

  push(handler: number, a: number, b: number): number {
    if (!(this.due >= this.time && this.due <= this.timeMaxPs)) {
      refuseDue(this.due, this.time, this.timeMaxPs, this.nameOf(handler))
    }
    if (this.size >= this.pendingMax) this.refuse()
    const sequence = this.sequence++
    const event = { time: this.due, sequence, handler, a, b, isCancelled: false }
    this.heap.push(event)
    this.pending.set(sequence, event)
    return sequence
  }

  reserve(handler: number, a: number, b: number): number {
    const slot = this.sequence++
    this.standing.set(slot, { handler, a, b })
    return slot
  }

  arm(slot: number): void {
    const { handler, a, b } = this.standing.get(slot)!
    this.push(handler, a, b)
  }

  abandon(slot: number): void {
    this.standing.delete(slot)
  }

  pop(): boolean {
    for (;;) {
      const event = this.heap.peek()
      if (event === undefined || event.time > this.limit) return false
      this.heap.pop()
      if (event.isCancelled) continue
      this.pending.delete(event.sequence)
      this.time = event.time
      this.handler = event.handler
      this.a = event.a
      this.b = event.b
      return true
    }
  }

  handleOf(slot: number): EventHandle {
    return slot as EventHandle
  }

  cancel(handle: EventHandle): boolean {
    const event = this.pending.get(handle)
    if (event === undefined) return false
    event.isCancelled = true
    this.pending.delete(handle)
    return true
  }

  cancelSlot(slot: number): void {
    this.cancel(slot as EventHandle)
  }

  private refuse(): never {
    const pendingByHandler = new Map<number, number>()
    for (const { handler } of this.pending.values()) {
      pendingByHandler.set(handler, (pendingByHandler.get(handler) ?? 0) + 1)
    }
    throw pendingRunaway(pendingByHandler, this.pendingMax, this.time, this.nameOf)
  }
}
