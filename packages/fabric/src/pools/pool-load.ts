import { erlangB, erlangBLoad, erlangBServers } from '@weft/core'

/** What asks for places of a pool: Poisson arrivals per unit of time times the mean time that each holds its place. */
export interface PoolDemand {
  readonly erlangs: number
  /** How often one that was refused asks again before it gives up: a whole number of 0 or more. */
  readonly retries: number
}

export interface PoolLoad {
  /** Of those that ask for the first time, and of all that ask. */
  readonly offeredErlangs: number
  readonly askedErlangs: number
  /** How often one asks on the mean, each connection counted alike: 1 where nobody is refused or asks again. */
  readonly asking: number
  /** Fraction of all that ask which is refused; 0 where nobody asks. */
  readonly blocking: number
  /** Fraction of the demand that gives up, refused every time. */
  readonly lost: number
  /** Fraction of those that would hold a place all the time which finds none. */
  readonly standingLost: number
  /** Mean number of places in use. */
  readonly carriedErlangs: number
}

const BLOCKING_TOLERANCE = 1e-13
/** Of sums of shares that make whole numbers. */
const ROUNDING = 1e-9

/**
 * How a pool fares in the long run, by Erlang's loss formula. Who was refused and asks again counts as a further random
 * arrival: blocking is then the one at which formula and arrivals agree, of which there is exactly one, since what is carried
 * rises with blocking by the formula and falls by the arrivals. Depends on the mean holding time alone. Beside them `standing`
 * places are held all the time, by who came first and stays.
 */
export function poolLoad(size: number, demands: readonly PoolDemand[], standing = 0): PoolLoad {
  const comingErlangs = sum(demands, ({ erlangs }) => erlangs)
  const blocking = comingErlangs === 0 ? 0 : blockingOf(placesBeside(size, standing), demands)
  const askedErlangs = askedAt(demands, blocking)
  const lostErlangs = sum(demands, ({ erlangs, retries }) => erlangs * attempts(blocking, retries).lost)
  return {
    offeredErlangs: comingErlangs + standing,
    askedErlangs: askedErlangs + standing,
    asking: comingErlangs === 0 ? 1 : askedErlangs / comingErlangs,
    blocking,
    lost: comingErlangs === 0 ? 0 : lostErlangs / comingErlangs,
    standingLost: standingLost(size, standing),
    carriedErlangs: askedErlangs * (1 - blocking) + Math.min(size, standing),
  }
}

/** Of those that would hold so many places all the time, whoever comes first: the fraction that finds none. */
export const standingLost = (size: number, standing: number): number =>
  standing > size + ROUNDING ? 1 - size / standing : 0

/** Places that are left beside those that are held all the time. */
const placesBeside = (size: number, standing: number): number =>
  Math.max(0, Math.floor(size - standing + ROUNDING))

/** How often all demands fit before more than this fraction of those that ask is refused; Infinity where nothing asks. */
export function poolRoom(
  size: number,
  demands: readonly PoolDemand[],
  blockingMax: number,
  standing = 0,
): number {
  const asked = askedAt(demands, blockingMax)
  return asked === 0 ? Infinity : erlangBLoad(placesBeside(size, standing), blockingMax) / asked
}

/** The fewest places of which at most this fraction of those that ask is refused, above 0 and up to 1. */
export function poolSizeFor(demands: readonly PoolDemand[], blockingMax: number, standing = 0): number {
  const asked = askedAt(demands, blockingMax)
  return (asked === 0 ? 0 : erlangBServers(asked, blockingMax)) + Math.max(0, Math.ceil(standing - ROUNDING))
}

function blockingOf(size: number, demands: readonly PoolDemand[]): number {
  const first = erlangB(askedAt(demands, 0), size)
  if (first === 0 || demands.every(({ retries }) => retries === 0)) return first
  let low = first
  let high = 1
  while (high - low > BLOCKING_TOLERANCE * high) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (erlangB(askedAt(demands, middle), size) > middle) low = middle
    else high = middle
  }
  return low
}

/** With all that ask again, where this fraction is refused each time. */
const askedAt = (demands: readonly PoolDemand[], blocking: number): number =>
  sum(demands, ({ erlangs, retries }) => erlangs * attempts(blocking, retries).asked)

/** How often one asks on the mean where this fraction is refused each time, and the chance that he is every time. */
export function attempts(
  blocking: number,
  retries: number,
): { readonly asked: number; readonly lost: number } {
  let asked = 1
  let again = blocking
  for (let retry = 0; retry < retries && again > 0; retry++) {
    asked += again
    again *= blocking
  }
  return { asked, lost: again }
}

const sum = (demands: readonly PoolDemand[], read: (demand: PoolDemand) => number): number =>
  demands.reduce((total, demand) => total + read(demand), 0)
