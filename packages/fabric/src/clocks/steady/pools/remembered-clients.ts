import type { Callers } from './affinity-filling.ts'
import { type CallerHistory, HistoryTurn, SILENCE } from './caller-history.ts'

/** A client of a port in the table of a place, or the chance that it is there, and how it has called there. */
interface Remembered {
  readonly timeoutPs: number
  readonly chance: number
  history: CallerHistory
}

/** How a client calls from now on, in a place where it is by this chance. */
export interface Calling {
  readonly timeoutPs: number
  readonly chance: number
  perSecond: number
  streams: number
}

const NOBODY = { chance: 0, perSecond: 0, streams: 0 } as const
/** Chances below this are rounding. */
const DUST = 1e-9

/** Who is remembered in a place, by client and port. */
export class RememberedClients {
  /** By entry: those with one history together. */
  readonly #entries = new Map<string, readonly Remembered[]>()
  #callers: readonly Callers[] | undefined = []

  /** Those alike together. */
  get callers(): readonly Callers[] {
    this.#callers ??= alikeTogether([...this.#entries.values()].flat())
    return this.#callers
  }

  /** By entry: whoever calls from now on. */
  turn(calling: ReadonlyMap<string, Calling>, nowPs: number): void {
    for (const entry of calling.keys()) if (!this.#entries.has(entry)) this.#entries.set(entry, [])
    const turn = new HistoryTurn(nowPs, this.#longestPs(calling))
    for (const [entry, known] of this.#entries) {
      const left = this.#goOn(known, calling.get(entry), turn).filter((each) => !isForgotten(each, nowPs))
      if (left.length === 0) this.#entries.delete(entry)
      else this.#entries.set(entry, left)
    }
  }

  /** Where more are here than before, those from elsewhere have been silent here; where fewer, the others are from now on. */
  #goOn(known: readonly Remembered[], now: Calling | undefined, turn: HistoryTurn): Remembered[] {
    const { chance, perSecond, streams } = now ?? NOBODY
    let left = chance
    const parts = known.flatMap((each) => {
      const here = Math.min(each.chance, left)
      left -= here
      return [
        this.#part(each, here, perSecond, streams, turn),
        this.#part(each, each.chance - here, 0, 0, turn),
      ]
    })
    if (now !== undefined) {
      const { timeoutPs } = now
      parts.push(this.#part({ timeoutPs, chance, history: SILENCE }, left, perSecond, streams, turn))
    }
    return parts.filter((each) => each.chance > DUST)
  }

  #part(of: Remembered, chance: number, perSecond: number, streams: number, turn: HistoryTurn): Remembered {
    if (chance <= DUST) return { ...of, chance }
    const history = turn.goOn(of.history, perSecond, streams)
    if (history !== of.history) this.#callers = undefined
    return { ...of, chance, history }
  }

  /** Services with other timeouts share a history while their clients call alike. */
  #longestPs(calling: ReadonlyMap<string, Calling>): number {
    let longestPs = 0
    for (const { timeoutPs } of [...calling.values(), ...[...this.#entries.values()].flat()])
      longestPs = Math.max(longestPs, timeoutPs)
    return longestPs
  }
}

/** Nothing of it is asked about any more; who has been silent alone changes no number. */
const isForgotten = ({ history, timeoutPs }: Remembered, nowPs: number): boolean =>
  history.perSecond + history.streams === 0 &&
  Math.max(history.fromPs, history.streamedPs) + timeoutPs <= nowPs

function alikeTogether(all: readonly Remembered[]): Callers[] {
  const alike = new Map<CallerHistory, Map<number, number>>()
  for (const { history, timeoutPs, chance } of all) {
    const byTimeout = alike.get(history) ?? new Map<number, number>()
    alike.set(history, byTimeout)
    byTimeout.set(timeoutPs, (byTimeout.get(timeoutPs) ?? 0) + chance)
  }
  return [...alike].flatMap(([history, byTimeout]) =>
    [...byTimeout].map(([timeoutPs, clients]) => ({ clients, history, timeoutPs })),
  )
}
