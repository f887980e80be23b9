/**
 * A pending event set: the earliest time first, ties in order of insertion.
 *
 * Times travel in fields (`due`, `limit`, `time`) and not as parameters or results, because V8 boxes a
 * double that crosses a call which it does not inline: 16 bytes of garbage per event.
 */
export interface EventQueue {
  /** In: the time in picoseconds of the event that the next `push` adds. */
  due: number
  /** In: `pop` leaves events that are later than this where they are. */
  limit: number
  /** Out: the event that the last successful `pop` removed. */
  time: number
  handler: number
  a: number
  b: number
  /** In: how to call a handler in an error. */
  nameOf: (handler: number) => string
  /** Events pending, cancelled ones excluded. */
  readonly size: number
  /** Later events are refused. */
  readonly timeMaxPs: number
  /** Adds an event at `due`; answers its slot, which `handleOf` turns into something to cancel by. */
  push(handler: number, a: number, b: number): number
  /** A standing event: a slot of its own, for good, and what it is for; `arm` makes it pending. Cannot be cancelled. */
  reserve(handler: number, a: number, b: number): number
  /**
   * Adds the standing event in this slot at `due`, for callers who know that it is not pending: what comes again and
   * again spares itself taking a slot, filling it in and giving it back.
   */
  arm(slot: number): void
  /** Ends a standing event that is pending: it comes once more, and gives its slot back. */
  abandon(slot: number): void
  /** Removes the earliest event no later than `limit` into the out fields; false if there is none. */
  pop(): boolean
  /** A handle that stays unambiguous after its event has run; valid to ask for right after `push`. */
  handleOf(slot: number): EventHandle
  /** Removes a pending event; false if it has run or was cancelled before. */
  cancel(handle: EventHandle): boolean
  /** The same without a handle, for callers who know that the event in this slot is still theirs and pending. */
  cancelSlot(slot: number): void
}

export interface EventQueueOptions {
  /** Pending events beyond which the model counts as runaway; 1 to 67,108,863, by default 16,777,216. */
  pendingEventsMax?: number | undefined
  /** The latest time, 1 ps to `LONG_TIME_MAX`, by default `TIME_MAX`. */
  timeMaxPs?: number | undefined
}

declare const eventHandle: unique symbol
/** Names one pushed event for `cancel`; slot and generation packed into one safe integer. */
export type EventHandle = number & { readonly [eventHandle]: true }

/** A handle's lower bits are a slot below this, the upper ones a generation. */
export const HANDLE_SLOTS = 1 << 26

/** What a queue refuses to grow beyond, so that a runaway model ends with an error and not with the machine. */
export const PENDING_EVENTS_MAX = 1 << 24
