import { type EventHandle, HANDLE_SLOTS, PENDING_EVENTS_MAX } from './event-queue.ts'
import * as eventRecord from './event-record.ts'
import { pendingMaxOf } from './refusals.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { WORDS_LOG2, NEXT, HANDLER, GENERATION, NO_SLOT, CANCELLED, STANDING } = eventRecord

const RECORD_BYTES = 32
const CAPACITY_INITIAL = 256
const GENERATION_MAX = (1 << 27) - 1

/** The pool of event records: slots are recycled last in, first out, so that the next event reuses a warm line. */
export class EventRecords {
  floats: Float64Array
  words: Int32Array

  readonly pendingMax: number
  private capacity = CAPACITY_INITIAL
  private free = NO_SLOT
  /** Slots whose generations are used up. */
  private retired = 0
  /** Slots from here on were never used. */
  private fresh = NO_SLOT + 1

  constructor(pendingMax = PENDING_EVENTS_MAX) {
    this.pendingMax = pendingMaxOf(pendingMax)
    const buffer = new ArrayBuffer(this.capacity * RECORD_BYTES)
    this.floats = new Float64Array(buffer)
    this.words = new Int32Array(buffer)
  }

  /** A slot for a new event, whose columns still hold the previous one's; `NO_SLOT` at the limit. */
  acquire(): number {
    const slot = this.free
    if (slot === NO_SLOT) return this.acquireFresh()
    this.free = this.words[(slot << WORDS_LOG2) | NEXT]!
    return slot
  }

  /** Gives a slot back; every handle to it goes stale. */
  release(slot: number): void {
    const record = slot << WORDS_LOG2
    const words = this.words
    const generation = words[record | GENERATION]!
    // A slot whose generations are used up is never given out again, so that no stale handle ever matches.
    if (generation === GENERATION_MAX) {
      this.retired++
      words[record | HANDLER] = CANCELLED
      return
    }
    words[record | GENERATION] = generation + 1
    words[record | NEXT] = this.free
    this.free = slot
  }

  /** Makes a slot its event's for good. */
  keep(slot: number): void {
    this.words[(slot << WORDS_LOG2) | GENERATION]! |= STANDING
  }

  /** Leaves it to `release` again. */
  unkeep(slot: number): void {
    this.words[(slot << WORDS_LOG2) | GENERATION]! &= ~STANDING
  }

  handleOf(slot: number): EventHandle {
    return (this.words[(slot << WORDS_LOG2) | GENERATION]! * HANDLE_SLOTS + slot) as EventHandle
  }

  /** The slot of a pending event; `NO_SLOT` if the handle is stale or never was one. */
  slotOf(handle: EventHandle): number {
    const slot = handle % HANDLE_SLOTS
    if (!(Number.isSafeInteger(handle) && slot > NO_SLOT && slot < this.fresh)) return NO_SLOT
    const record = slot << WORDS_LOG2
    const isCurrent = this.words[record | GENERATION] === (handle - slot) / HANDLE_SLOTS
    return isCurrent && this.words[record | HANDLER] !== CANCELLED ? slot : NO_SLOT
  }

  private acquireFresh(): number {
    if (this.fresh > this.pendingMax + this.retired) return NO_SLOT
    if (this.fresh === this.capacity) this.grow()
    return this.fresh++
  }

  private grow(): void {
    const buffer = new ArrayBuffer(this.capacity * 2 * RECORD_BYTES)
    const words = new Int32Array(buffer)
    words.set(this.words)
    this.capacity *= 2
    this.words = words
    this.floats = new Float64Array(buffer)
  }

  /** Pending events by handler. Only where every slot is in use. */
  census(): Map<number, number> {
    const pendingByHandler = new Map<number, number>()
    for (let slot = NO_SLOT + 1; slot < this.fresh; slot++) {
      const handler = this.words[(slot << WORDS_LOG2) | HANDLER]!
      if (handler !== CANCELLED) pendingByHandler.set(handler, (pendingByHandler.get(handler) ?? 0) + 1)
    }
    return pendingByHandler
  }
}
