import { exp, SECOND } from '@weft/core'
import type { AffinityLoad } from '../../../pools/affinity-load.ts'
import { type CallerHistory, callsBetween, rateAt, silentSince } from './caller-history.ts'

/** Clients alike of a table: how they have called, and for how long each is remembered. */
export interface Callers {
  readonly clients: number
  readonly history: CallerHistory
  readonly timeoutPs: number
}

/**
 * Of who has not called since an instant nobody is remembered any more. That instant stays until the table is full, and then moves on
 * evenly, up to the end of a step.
 */
export interface Horizon {
  readonly untilFullPs: number
  readonly fullPs: number
  readonly firstPs: number
  readonly endPs: number
  readonly lastPs: number
}

/** Nobody has had to give way yet. */
export const EVERYBODY = horizonStaysAt(-Infinity)

/** What becomes of a table in a step in which nobody calls more or less often than at its beginning. */
export interface AffinityStep {
  readonly load: AffinityLoad
  readonly horizon: Horizon
}

/** Of places; so little below is full. */
const FULL = 1e-9
const ROUNDS = 60
/** So far ahead that evenly on to there is picosecond by picosecond. */
const FOR_EVER_PS = 2 ** 100
/** Parts of a step in which a table evicts. */
const PARTS = 8

/**
 * A table of session affinity that fills and empties: a client has an entry if it has called within its timeout, and since the instant
 * before which whoever called last had to give way. There are never more entries than places.
 */
export function affinityStep(
  size: number,
  callers: readonly Callers[],
  before: Horizon,
  fromPs: number,
  toPs: number,
): AffinityStep {
  const knownPs = horizonAt(before, fromPs)
  const horizon = horizonOf(size, callers, knownPs, fromPs, toPs)
  const isEvicting = horizon.fullPs < Infinity
  const held = overTime(callers, horizon, fromPs, toPs)
  const seconds = (toPs - fromPs) / SECOND
  const gained = entriesAt(callers, horizon.lastPs, toPs) - entriesAt(callers, knownPs, fromPs)
  const evicted = isEvicting ? held.entered - held.expired - gained : 0
  const load = {
    expected: isEvicting ? overTime(callers, EVERYBODY, fromPs, toPs).inUse : held.inUse,
    inUse: Math.min(size, held.inUse),
    newPerSecond: held.entered / seconds,
    evictedPerSecond: Math.min(held.entered, Math.max(0, evicted)) / seconds,
  }
  return { load, horizon }
}

export function horizonAt({ untilFullPs, fullPs, firstPs, endPs, lastPs }: Horizon, atPs: number): number {
  if (atPs < fullPs) return untilFullPs
  if (atPs >= endPs) return lastPs
  return firstPs + ((lastPs - firstPs) * (atPs - fullPs)) / (endPs - fullPs)
}

/** Whoever called last before this instant is forgotten. */
export function horizonStaysAt(atPs: number): Horizon {
  return { untilFullPs: atPs, fullPs: Infinity, firstPs: atPs, endPs: Infinity, lastPs: atPs }
}

/** Whoever has not called for so long is forgotten, from now on. */
export function horizonLags(nowPs: number, agePs: number): Horizon {
  const firstPs = nowPs - agePs
  return { untilFullPs: firstPs, fullPs: nowPs, firstPs, endPs: FOR_EVER_PS, lastPs: FOR_EVER_PS }
}

function horizonOf(
  size: number,
  callers: readonly Callers[],
  knownPs: number,
  fromPs: number,
  toPs: number,
): Horizon {
  if (entriesAt(callers, knownPs, toPs) <= size) return horizonStaysAt(knownPs)
  const full = size * (1 - FULL)
  const isFull = (atPs: number) => entriesAt(callers, knownPs, atPs) >= full
  const fullPs = isFull(fromPs) ? fromPs : firstInstant(fromPs, toPs, isFull)
  const longestPs = callers.reduce((most, { timeoutPs }) => Math.max(most, timeoutPs), 0)
  const needed = (atPs: number) => {
    const fits = (horizonPs: number) => entriesAt(callers, horizonPs, atPs) < full
    return firstInstant(Math.max(knownPs, atPs - longestPs), atPs, fits)
  }
  const firstPs = needed(fullPs)
  return {
    untilFullPs: knownPs,
    fullPs,
    firstPs,
    endPs: toPs,
    lastPs: Math.max(firstPs, needed(toPs)),
  }
}

/** From when on something is, which is at the later instant. */
function firstInstant(earlierPs: number, laterPs: number, is: (atPs: number) => boolean): number {
  let [low, high] = [earlierPs, laterPs]
  for (let round = 0; round < ROUNDS && high - low > 1; round++) {
    const middle = (low + high) / 2
    if (is(middle)) high = middle
    else low = middle
  }
  return high
}

const entriesAt = (callers: readonly Callers[], horizonPs: number, atPs: number): number =>
  callers.reduce((sum, { clients, history, timeoutPs }) => {
    const sincePs = Math.max(horizonPs, atPs - timeoutPs)
    return sum + clients * (1 - silentSince(history, sincePs, atPs))
  }, 0)

/** Mean number of entries, and entries that are made and that expire. */
interface Held {
  inUse: number
  entered: number
  expired: number
}

function overTime(callers: readonly Callers[], horizon: Horizon, fromPs: number, toPs: number): Held {
  const held = { inUse: 0, entered: 0, expired: 0 }
  for (const each of callers) {
    countStream(held, each, horizon, fromPs, toPs)
    let startPs = fromPs
    for (const endPs of turningPoints(each, horizon, fromPs, toPs)) {
      countPart(held, each, horizon, startPs, endPs)
      startPs = endPs
    }
  }
  held.inUse /= (toPs - fromPs) / SECOND
  return held
}

/** While rates now, and a timeout ago, are what they are; `inUse` in entry-seconds. */
function countPart(
  held: Held,
  { clients, history, timeoutPs }: Callers,
  horizon: Horizon,
  startPs: number,
  endPs: number,
): void {
  const sinceOf = (atPs: number) => Math.max(horizonAt(horizon, atPs), atPs - timeoutPs)
  const seconds = (endPs - startPs) / SECOND
  const middlePs = (startPs + endPs) / 2
  const isStreamed = history.streamedPs <= middlePs && history.streamedPs > sinceOf(middlePs)
  const silent = isStreamed
    ? 0
    : meanSilence(
        callsBetween(history, sinceOf(startPs), startPs),
        callsBetween(history, sinceOf(endPs), endPs),
      )
  held.inUse += clients * (1 - silent) * seconds
  held.entered += clients * silent * history.perSecond * seconds
  if (middlePs - timeoutPs > horizonAt(horizon, middlePs))
    held.expired += clients * silent * rateAt(history, middlePs - timeoutPs) * seconds
}

/** A stream's one connection, at the beginning of a step, and what becomes of it. */
function countStream(
  held: Held,
  { clients, history, timeoutPs }: Callers,
  horizon: Horizon,
  fromPs: number,
  toPs: number,
): void {
  const { streamedPs, before } = history
  if (streamedPs === fromPs && before !== undefined) {
    const sincePs = Math.max(horizonAt(horizon, fromPs), fromPs - timeoutPs)
    held.entered += clients * silentSince(before, sincePs, fromPs)
  }
  const expiryPs = streamedPs + timeoutPs
  if (expiryPs > fromPs && expiryPs <= toPs && streamedPs > horizonAt(horizon, expiryPs))
    held.expired += clients * exp(-callsBetween(history, streamedPs, expiryPs))
}

/** The mean of exp(-calls) while calls go evenly from one number to another. */
const meanSilence = (first: number, last: number): number =>
  Math.abs(last - first) < 1e-6 ? exp(-(first + last) / 2) : (exp(-first) - exp(-last)) / (last - first)

/** Where a client's chances bend within a step, its end the last. */
function turningPoints(
  { history, timeoutPs }: Callers,
  { fullPs }: Horizon,
  fromPs: number,
  toPs: number,
): number[] {
  const points = [history.streamedPs + timeoutPs, fullPs]
  for (let each: CallerHistory | undefined = history; each !== undefined; each = each.before)
    points.push(each.fromPs + timeoutPs)
  if (fullPs < Infinity)
    for (let part = 1; part < PARTS; part++) points.push(fromPs + ((toPs - fromPs) * part) / PARTS)
  const within = points.filter((atPs) => atPs > fromPs && atPs < toPs).sort((a, b) => a - b)
  return [...within, toPs]
}
