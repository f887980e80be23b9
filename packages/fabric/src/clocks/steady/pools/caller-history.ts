import { exp, SECOND } from '@weft/core'

/** How clients alike have called up to now: the rate since an instant, and what was before it. */
export interface CallerHistory {
  readonly fromPs: number
  readonly perSecond: number
  /** Streams that are open, and when the last of them opened its connection; -Infinity: none has. */
  readonly streams: number
  readonly streamedPs: number
  /** Forgotten once nobody asks about so long ago. */
  before: CallerHistory | undefined
}

/** Nobody has called. */
export const SILENCE: CallerHistory = {
  fromPs: -Infinity,
  perSecond: 0,
  streams: 0,
  streamedPs: -Infinity,
  before: undefined,
}

/** What is called, and rates from now on, by whom: those whose histories are one go on with one. */
export class HistoryTurn {
  readonly #nowPs: number
  readonly #longestPs: number
  readonly #next = new Map<CallerHistory, Map<string, CallerHistory>>()

  /** `longestPs`: nobody asks about what was longer ago, of any of the histories. */
  constructor(nowPs: number, longestPs: number) {
    this.#nowPs = nowPs
    this.#longestPs = longestPs
  }

  goOn(known: CallerHistory, perSecond: number, streams: number): CallerHistory {
    // what was said at this very instant is said anew
    const past = known.fromPs === this.#nowPs ? known.before! : known
    if (past.perSecond === perSecond && past.streams === streams) return past
    if (past.fromPs <= this.#nowPs - this.#longestPs) past.before = undefined
    const key = `${perSecond}/${streams}`
    const others = this.#next.get(past) ?? new Map<string, CallerHistory>()
    this.#next.set(past, others)
    const next = others.get(key) ?? {
      fromPs: this.#nowPs,
      perSecond,
      streams,
      streamedPs: streams > past.streams ? this.#nowPs : past.streamedPs,
      before: past,
    }
    others.set(key, next)
    return next
  }
}

/** Connections that one client is expected to have opened between two instants; streams are not among them. */
export function callsBetween(history: CallerHistory, fromPs: number, toPs: number): number {
  let calls = 0
  let untilPs = toPs
  for (let each: CallerHistory | undefined = history; each !== undefined; each = each.before) {
    const sincePs = Math.max(each.fromPs, fromPs)
    if (untilPs > sincePs) calls += (each.perSecond * (untilPs - sincePs)) / SECOND
    untilPs = Math.min(untilPs, sincePs)
    if (each.fromPs <= fromPs) break
  }
  return calls
}

/** The rate at an instant. */
export function rateAt(history: CallerHistory, atPs: number): number {
  let each = history
  while (each.fromPs > atPs && each.before !== undefined) each = each.before
  return each.fromPs > atPs ? 0 : each.perSecond
}

/** The chance that a client has opened no connection since an instant. */
export const silentSince = (history: CallerHistory, fromPs: number, toPs: number): number =>
  history.streamedPs > fromPs && history.streamedPs <= toPs ? 0 : exp(-callsBetween(history, fromPs, toPs))
