/**
 * Pools of servers without and with a queue. Load is in erlangs: arrivals per unit of time, by a Poisson process, times
 * the mean time that each holds a server. Source: A. K. Erlang, 1917; D. L. Jagerman, "Some properties of the Erlang
 * loss function", Bell System Technical Journal 53, 1974.
 */
import { InvariantError } from '../errors.ts'
import { exp } from './elementary.ts'

/**
 * Fraction of arrivals lost where all `servers` may be busy and nobody waits (M/G/c/c, Erlang B). It depends on the mean
 * holding time alone. By the recursion 1/B(n) = 1 + n/A · 1/B(n-1): sums of positive numbers, so that every digit keeps.
 * Its work grows with the root of the load, and with `servers`, a whole number of 0 or more, beyond it.
 */
export function erlangB(loadErlang: number, servers: number): number {
  requireLoad(loadErlang)
  requireServers(servers)
  if (loadErlang === 0) return servers === 0 ? 1 : 0
  let inverse = 1
  const first = Math.max(1, Math.floor(Math.min(servers, loadErlang) - Math.sqrt(FORGOTTEN * loadErlang)))
  // beyond the largest number nothing is lost, however many servers more
  for (let n = first; n <= servers && inverse < Number.POSITIVE_INFINITY; n++)
    inverse = 1 + (n / loadErlang) * inverse
  return 1 / inverse
}

/**
 * Below the load A, what the recursion begins with counts for exp(-m²/2A) after m steps or less: for 2^-86 after this root of so many
 * loads, so that the last bit of a sum of 1 or more is the same.
 */
const FORGOTTEN = 121

/** The fewest servers that lose at most this fraction of arrivals, above 0 and up to 1. */
export function erlangBServers(loadErlang: number, lossMax: number): number {
  requireLoad(loadErlang)
  if (!(lossMax > 0 && lossMax <= 1))
    throw new InvariantError(`loss is ${lossMax}, expected a fraction above 0 and up to 1`)
  if (loadErlang === 0) return lossMax === 1 ? 0 : 1
  let servers = 0
  for (let inverse = 1; inverse < 1 / lossMax; servers++) inverse = 1 + ((servers + 1) / loadErlang) * inverse
  return servers
}

const LOAD_TOLERANCE = 1e-14

/**
 * The most erlangs of which so many servers lose this fraction, above 0 and below 1, or less; within 1e-13 of it. 0 where
 * there is no server.
 */
export function erlangBLoad(servers: number, lossMax: number): number {
  requireServers(servers)
  if (!(lossMax > 0 && lossMax < 1))
    throw new InvariantError(`loss is ${lossMax}, expected a fraction above 0 and below 1`)
  let low = 0
  // what is carried, load times (1 - loss), fits the servers
  let high = servers / (1 - lossMax)
  while (high - low > LOAD_TOLERANCE * high) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (erlangB(middle, servers) > lossMax) high = middle
    else low = middle
  }
  return low
}

/**
 * Chance that an arrival waits, where exponential holding times and an endless queue are taken for granted (M/M/c,
 * Erlang C). 1 from a load of all servers on, where the queue grows without bound.
 */
export function erlangC(loadErlang: number, servers: number): number {
  if (loadErlang >= servers) {
    requireLoad(loadErlang)
    requireServers(servers)
    return 1
  }
  const lost = erlangB(loadErlang, servers)
  return lost / (1 - (loadErlang / servers) * (1 - lost))
}

/** Mean wait of all arrivals (M/M/c), in mean holding times; Infinity from a load of all servers on. */
export function erlangCWaitMean(loadErlang: number, servers: number): number {
  return loadErlang >= servers ? Infinity : erlangC(loadErlang, servers) / (servers - loadErlang)
}

/** Chance that an arrival waits longer than this many mean holding times (M/M/c, first come first served). */
export function erlangCWaitAbove(wait: number, loadErlang: number, servers: number): number {
  return loadErlang >= servers ? 1 : erlangC(loadErlang, servers) * exp(-(servers - loadErlang) * wait)
}

function requireLoad(loadErlang: number): void {
  if (!(loadErlang >= 0 && loadErlang < Infinity))
    throw new InvariantError(`load is ${loadErlang} erlangs, expected 0 or more`)
}

function requireServers(servers: number): void {
  if (!(Number.isInteger(servers) && servers >= 0))
    throw new InvariantError(`servers are ${servers}, expected a whole number of 0 or more`)
}
