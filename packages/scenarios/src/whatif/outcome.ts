import type { SteadyLoads } from '@weft/fabric'

/** What becomes of a network and its demand in one steady state. Rates are IP bit/s. */
export interface Outcome {
  /** Offered load over rate of the direction with the least room below its limit. */
  readonly utilization: number
  /** 2 × link + end, or -1 in a network without links. */
  readonly direction: number
  /** Directions beyond their limits. */
  readonly overLimit: number
  /** Demand that has no way, or whose host is down. */
  readonly unreachableBps: number
  /** Demand that has a way and is lost where more arrives than a link's rate; undefined where that was not computed. */
  readonly thinnedBps: number | undefined
  /** The most that one direction is offered beyond its rate, bit/s on the wire: about the least that is lost. */
  readonly excessBps: number
  /** Indices of the judge's criteria that it breaks. */
  readonly broken: readonly number[]
}

/**
 * IP bit/s that are lost for want of capacity: all that is lost, less what has no way anyhow. Some of that may be lost on
 * its way to where it ends, and is then dropped as queue-full.
 */
export function thinnedOf({ drops }: SteadyLoads, unreachableBps: number): number {
  const lost = drops.reduce((sum, { ipBps }) => sum + ipBps, 0)
  return lost - unreachableBps > NOISE * lost ? lost - unreachableBps : 0
}

/** Less than this share is noise of sums. */
export const NOISE = 1e-9

/** Demand lost, or about the least of it where the losses at full links were not computed. */
export const lostBps = ({ unreachableBps, thinnedBps, excessBps }: Outcome): number =>
  unreachableBps + (thinnedBps ?? excessBps)

/** More demand lost, then more criteria broken, then less room: below 0 where `a` is the worse one. */
export function compareOutcomes(a: Outcome, b: Outcome): number {
  return (
    descending(lostBps(a), lostBps(b)) ||
    b.broken.length - a.broken.length ||
    b.overLimit - a.overLimit ||
    descending(a.utilization, b.utilization)
  )
}

/** Sums in another order differ in their last digits: rounded to 24 bits they are equal, and the order stays one. */
const descending = (a: number, b: number): number => Math.fround(b) - Math.fround(a)
