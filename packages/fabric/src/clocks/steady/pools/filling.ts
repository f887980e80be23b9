import { erlangB, SECOND } from '@weft/core'
import { attempts, type PoolDemand, type PoolLoad, poolLoad, standingLost } from '../../../pools/pool-load.ts'

/** Connections that come to a pool, and how long each holds its place. */
export interface FillingDemand {
  readonly perSecond: number
  readonly holdPs: number
  readonly retries: number
}

/** How often a SYN is sent again, and when first: each time after twice as long as before. */
export interface Retrying {
  readonly retries: number
  readonly rtoPs: number
}

/** A step in which pools are taken to change evenly. */
export interface FillingStep {
  readonly nowPs: number
  readonly stepPs: number
  /** What lasts no longer is settled at once. */
  readonly windowPs: number
  /** When demand became what it is. */
  readonly changedPs: number
}

type Admitted = Omit<FillingDemand, 'retries'>

/** Those that got places from an instant on, up to another. */
interface Cohort {
  readonly fromPs: number
  toPs: number
  readonly admitted: readonly Admitted[]
}

/** Of the longest holding time, after which a pool is taken to have settled. */
const CYCLES = 2
const ROUNDS = 50

/**
 * Pools that begin empty, while they fill: who gets a place in a step has it for his mean time, and of those that come so many are refused
 * as in a settled pool with as many places in use as there are at the step's end: the pointwise stationary fluid flow of W.-P. Wang,
 * D. Tipper and S. Banerjee, 1996. Once settled that is Erlang's formula for what comes.
 */
export class Filling {
  readonly #cohorts = new Map<string, Cohort[]>()
  #step: FillingStep = { nowPs: 0, stepPs: 0, windowPs: Infinity, changedPs: 0 }
  /** The longest that pools asked about since `begin` take to settle, retries among it; 0: they have. */
  settlingPs = 0

  /** Pools are asked about from here on as they are in this step. */
  begin(step: FillingStep): void {
    this.#step = step
    this.settlingPs = 0
  }

  get nowPs(): number {
    return this.#step.nowPs
  }

  /** How many retries may have come since those were refused who ask again: since then, or since the run began. */
  retriesOf({ retries, rtoPs }: Retrying, sincePs = 0): number {
    const agePs = this.#step.nowPs - sincePs + Math.max(this.#step.windowPs, this.#step.stepPs / 2)
    let come = 0
    while (come < retries && rtoPs * (2 ** (come + 1) - 1) <= agePs) come++
    if (come < retries) this.settlingPs = Math.max(this.settlingPs, rtoPs * 2 ** (come + 1))
    return come
  }

  /** The load of a pool of this name, the same at every step; beside them places that are held all the time. */
  loadOf(name: string, size: number, demands: readonly FillingDemand[], standing: number): PoolLoad {
    const cohorts = this.#settling(name, demands)
    if (cohorts === undefined) return poolLoad(size, demands.map(poolDemandOf), standing)
    const places = Math.max(0, Math.floor(size - standing))
    const { nowPs, stepPs } = this.#step
    const [first, last] = [inUse(cohorts, nowPs), inUse(cohorts, nowPs + stepPs)]
    const at = (blocking: number) => admittedAt(demands, blocking)
    const endAt = (blocking: number) => last + newAt(at(blocking), stepPs)
    const blocking = isFarBelow(endAt(0), places) ? 0 : this.#blockingOf(places, demands, endAt)
    const admitted = at(blocking)
    cohorts.push({ fromPs: nowPs, toPs: nowPs + stepPs, admitted })
    const sum = (read: (each: FillingDemand) => number) => demands.reduce((all, each) => all + read(each), 0)
    const come = sum(({ perSecond }) => perSecond)
    const share = (of: 'asked' | 'lost') =>
      sum(({ perSecond, retries }) => perSecond * attempts(blocking, retries)[of])
    const erlangs = sum((each) => poolDemandOf(each).erlangs)
    const asking = come === 0 ? 1 : share('asked') / come
    return {
      offeredErlangs: erlangs + standing,
      askedErlangs: erlangs * asking + standing,
      asking,
      blocking,
      lost: come === 0 ? 0 : share('lost') / come,
      standingLost: standingLost(size, standing),
      carriedErlangs: (first + endAt(blocking)) / 2 + Math.min(size, standing),
    }
  }

  /** How many places those have on the mean who get them; a pool of this name. */
  heldBy(name: string, admitted: readonly Admitted[]): number {
    const cohorts = this.#settling(name, admitted)
    if (cohorts === undefined)
      return admitted.reduce((sum, { perSecond, holdPs }) => sum + (perSecond * holdPs) / SECOND, 0)
    const { nowPs, stepPs } = this.#step
    const end = inUse(cohorts, nowPs + stepPs) + newAt(admitted, stepPs)
    const mean = (inUse(cohorts, nowPs) + end) / 2
    cohorts.push({ fromPs: nowPs, toPs: nowPs + stepPs, admitted })
    return mean
  }

  /** Who got places before, where that matters; undefined where all is settled. */
  #settling(name: string, demands: readonly Admitted[]): Cohort[] | undefined {
    const { nowPs, windowPs, changedPs } = this.#step
    const cohorts = this.#cohorts.get(name) ?? []
    // what was asked about at this very instant is asked anew
    while (cohorts.at(-1)?.fromPs === nowPs) cohorts.pop()
    const before = cohorts.at(-1)
    if (before !== undefined) before.toPs = nowPs
    const longestPs = [...demands, ...cohorts.flatMap(({ admitted }) => admitted)].reduce(
      (most, { holdPs, perSecond }) => (perSecond > 0 ? Math.max(most, holdPs) : most),
      0,
    )
    while (cohorts.length > 0 && cohorts[0]!.toPs + longestPs <= nowPs) cohorts.shift()
    this.#cohorts.set(name, cohorts)
    if (longestPs <= windowPs || nowPs >= changedPs + CYCLES * longestPs) return undefined
    this.settlingPs = Math.max(this.settlingPs, longestPs)
    return cohorts
  }

  /** Where Erlang's formula has as many places in use as there are at the step's end. */
  #blockingOf(
    places: number,
    demands: readonly FillingDemand[],
    endAt: (blocking: number) => number,
  ): number {
    if (demands.length === 0) return 0
    if (endAt(1) >= places) return 1
    let low = 0
    let high = 2 * places + endAt(0)
    for (let round = 0; round < ROUNDS; round++) {
      const erlangs = (low + high) / 2
      const blocking = erlangB(erlangs, places)
      if (erlangs * (1 - blocking) < endAt(blocking)) low = erlangs
      else high = erlangs
    }
    return erlangB(high, places)
  }
}

/** So far below that the chance of a full pool is nothing. */
const isFarBelow = (inUse: number, places: number): boolean => inUse + FAR * (Math.sqrt(inUse) + 1) < places
const FAR = 10

const poolDemandOf = ({ perSecond, holdPs, retries }: FillingDemand): PoolDemand => ({
  erlangs: (perSecond * holdPs) / SECOND,
  retries,
})

const admittedAt = (demands: readonly FillingDemand[], blocking: number): Admitted[] =>
  demands.map(({ perSecond, holdPs, retries }) => ({
    perSecond: perSecond * attempts(blocking, retries).asked * (1 - blocking),
    holdPs,
  }))

/** Of those that come in a step, how many are there at its end. */
const newAt = (admitted: readonly Admitted[], stepPs: number): number =>
  admitted.reduce((sum, { perSecond, holdPs }) => sum + (perSecond * Math.min(stepPs, holdPs)) / SECOND, 0)

function inUse(cohorts: readonly Cohort[], atPs: number): number {
  let sum = 0
  for (const { fromPs, toPs, admitted } of cohorts)
    for (const { perSecond, holdPs } of admitted)
      sum += (perSecond * Math.max(0, Math.min(toPs, atPs) - Math.max(fromPs, atPs - holdPs))) / SECOND
  return sum
}
