import { SECOND } from '@weft/core'
import type { MixLoads, SteadyRun, SteadySpan } from '@weft/fabric'
import type { SteadyInterval } from '../../result/steady.ts'

/** An interval so far: sums up to the last change in it. */
interface Open {
  readonly fromPs: number
  demandBits: number
  deliveredBits: number
  /** By reason, of IP bits. */
  readonly lostBits: Map<string, number>
  /** Highest offered load over rate, and the direction that had it. */
  worst: number
  worstDirection: number
  overfullMax: number
}

/** Loads above the rate by less are rounding. */
const DUST = 1e-12

/**
 * Times between changes of what is up, of the routes and of who sends. Rates that follow profiles change within an interval:
 * it has their mean, and the worst load.
 */
export class SteadyIntervals {
  readonly #run: SteadyRun
  readonly #closed: SteadyInterval[] = []
  #open: Open | undefined
  #loads: MixLoads | undefined
  #sincePs = 0
  /** From when on, and how high, where that changes. */
  readonly #highest: (readonly [fromPs: number, offered: number])[] = []

  constructor(run: SteadyRun) {
    this.#run = run
  }

  /** These loads hold from now on. */
  turn({ fromPs, loads, isNew }: SteadySpan): void {
    this.#addUp(this.#open, fromPs)
    if (isNew || this.#open === undefined) {
      this.#close(fromPs)
      this.#open = openAt(fromPs)
    }
    this.#loads = loads
    this.#sincePs = fromPs
    this.#markHighest(fromPs, loads)
  }

  highestLoad(nowPs: number): readonly (readonly [fromPs: number, offered: number])[] {
    return this.#highest.filter(([fromPs]) => fromPs < nowPs)
  }

  /** All up to now; reading changes nothing. */
  results(nowPs: number): SteadyInterval[] {
    const open = this.#open
    if (open === undefined || nowPs <= open.fromPs) return this.#closed
    const last = { ...open, lostBits: new Map(open.lostBits) }
    this.#addUp(last, nowPs)
    return [...this.#closed, this.#resultOf(last, nowPs)]
  }

  #markHighest(fromPs: number, { offeredBps, rateBps }: MixLoads): void {
    let highest = 0
    for (let d = 0; d < rateBps.length; d++) highest = Math.max(highest, offeredBps[d]! / rateBps[d]!)
    if (this.#highest.at(-1)?.[0] === fromPs) this.#highest.pop()
    if (this.#highest.at(-1)?.[1] !== highest) this.#highest.push([fromPs, highest])
  }

  /** What begins and ends at the same instant was never there. */
  #close(nowPs: number): void {
    if (this.#open !== undefined && nowPs > this.#open.fromPs)
      this.#closed.push(this.#resultOf(this.#open, nowPs))
  }

  #addUp(open: Open | undefined, nowPs: number): void {
    const loads = this.#loads
    const seconds = (nowPs - this.#sincePs) / SECOND
    if (open === undefined || loads === undefined || seconds <= 0) return
    open.demandBits += loads.demand.ipBps * seconds
    open.deliveredBits += loads.delivered.ipBps * seconds
    for (const { reason, ipBps } of loads.drops)
      open.lostBits.set(reason, (open.lostBits.get(reason) ?? 0) + ipBps * seconds)
    let overfull = 0
    loads.offeredBps.forEach((offered, direction) => {
      const load = offered / loads.rateBps[direction]!
      if (load > 1 + DUST) overfull++
      if (load > open.worst) {
        open.worst = load
        open.worstDirection = direction
      }
    })
    open.overfullMax = Math.max(open.overfullMax, overfull)
  }

  #resultOf(open: Open, toPs: number): SteadyInterval {
    const seconds = (toPs - open.fromPs) / SECOND
    const { topology } = this.#run.network
    const direction = open.worstDirection
    return {
      fromPs: open.fromPs,
      toPs,
      demandBps: open.demandBits / seconds,
      deliveredBps: open.deliveredBits / seconds,
      lost: [...open.lostBits]
        .filter(([, bits]) => bits > DUST * open.demandBits)
        .map(([reason, bits]) => ({ reason, ipBps: bits / seconds }))
        .sort((a, b) => b.ipBps - a.ipBps),
      overfull: open.overfullMax,
      worst:
        direction < 0
          ? null
          : {
              link: topology.directionName(direction >> 1, (direction & 1) as 0 | 1),
              offered: open.worst,
            },
    }
  }
}

const openAt = (fromPs: number): Open => ({
  fromPs,
  demandBits: 0,
  deliveredBits: 0,
  lostBits: new Map(),
  worst: 0,
  worstDirection: -1,
  overfullMax: 0,
})
