import { Heap } from 'heap-js'
import type { EventHandle, EventQueue } from './event-queue.ts'

interface PendingEvent {
  time: number
  sequence: number
  handler: number
  a: number
  b: number
  slot: number
  cancelled: boolean
}

/** The reference pending event set: heap-js over plain objects. Obviously right, an order of magnitude slower. */
export class HeapQueue implements EventQueue {
  due = 0
  limit = Number.MAX_SAFE_INTEGER
  time = 0
  handler = 0
  a = 0
  b = 0
  size = 0

  readonly #heap = new Heap<PendingEvent>((x, y) => x.time - y.time || x.sequence - y.sequence)
  readonly #pending = new Map<number, PendingEvent>()
  #sequence = 0

  push(handler: number, a: number, b: number): number {
    const sequence = this.#sequence++
    const event = { time: this.due, sequence, handler, a, b, slot: sequence, cancelled: false }
    this.#heap.push(event)
    this.#pending.set(sequence, event)
    this.size++
    return sequence
  }

  pop(): boolean {
    for (;;) {
      const event = this.#heap.peek()
      if (event === undefined || event.time > this.limit) return false
      this.#heap.pop()
      if (event.cancelled) continue
      this.#pending.delete(event.slot)
      this.size--
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
    const event = this.#pending.get(handle)
    if (event === undefined) return false
    event.cancelled = true
    this.#pending.delete(handle)
    this.size--
    return true
  }
}
