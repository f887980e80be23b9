import { InvariantError, RunawayError, refuse } from '../errors.ts'
import { describeTimeMax, LONG_TIME_MAX, TIME_MAX } from '../time.ts'
import { HANDLE_SLOTS } from './event-queue.ts'

/** The limit itself if it can be kept. */
export function pendingMaxOf(pendingEventsMax: number): number {
  if (Number.isInteger(pendingEventsMax) && pendingEventsMax >= 1 && pendingEventsMax < HANDLE_SLOTS) {
    return pendingEventsMax
  }
  return refuse(
    'pendingEventsMax',
    `got ${pendingEventsMax}; expected a whole number from 1 to ${HANDLE_SLOTS - 1}`,
  )
}

/** The limit itself if it can be kept. */
export function timeMaxOf(timeMaxPs = TIME_MAX): number {
  if (Number.isInteger(timeMaxPs) && timeMaxPs >= 1 && timeMaxPs <= LONG_TIME_MAX) return timeMaxPs
  return refuse(
    'timeMaxPs',
    `got ${timeMaxPs}; expected whole picoseconds from 1 to 2^63 - 1024, which is 106 days`,
  )
}

export function refuseDue(due: number, now: number, timeMaxPs: number, handler: string): never {
  throw new InvariantError(
    `an event for ${handler} is due at ${due} ps; ` +
      `expected a time from ${now} ps, which is now, to ${describeTimeMax(timeMaxPs)}`,
  )
}

/** The error of a queue that is full; it names the handler with most of the pending events. */
export function pendingRunaway(
  pendingByHandler: ReadonlyMap<number, number>,
  pendingMax: number,
  now: number,
  nameOf: (handler: number) => string,
): RunawayError {
  let [busiest, count] = [0, 0]
  for (const [handler, pending] of pendingByHandler)
    if (pending > count) [busiest, count] = [handler, pending]
  const name = nameOf(busiest)
  const message =
    `more than ${pendingMax} events are pending at ${now} ps, ${count} of them for ${name}; ` +
    'if the model needs so many, raise pendingEventsMax'
  return new RunawayError(name, message)
}
