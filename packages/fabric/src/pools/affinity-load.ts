import { exp, SECOND } from '@weft/core'

/** Clients alike that a place remembers for as long as a service says. */
export interface AffinityDemand {
  readonly clients: number
  /** New connections of each, which come at random (Poisson). */
  readonly perSecond: number
  readonly timeoutPs: number
}

export interface AffinityLoad {
  /** Mean number of entries that a table without an end would have, and of those in this one. */
  readonly expected: number
  readonly inUse: number
  /** New entries, and of these those for which another one gives way before its time. */
  readonly newPerSecond: number
  readonly evictedPerSecond: number
}

/** Bisections until doubles are next to each other. */
const ROUNDS = 200
/** What fits so often fits as often as anybody asks. */
const GROWTH_MAX = 2 ** 60

/**
 * A table of session affinity in the long run. A client has an entry if it opened a connection within the service's timeout: by chance
 * 1 - exp(-rate × timeout). Where these are more than there are places, those that called last have them, as if the timeout were no longer
 * than the age at which as many as there is room for have called again: H. Che, Y. Tung and Z. Wang, "Hierarchical Web caching systems",
 * IEEE JSAC 2002, with a timeout.
 */
export function affinityLoad(size: number, demands: readonly AffinityDemand[]): AffinityLoad {
  const expected = entriesAt(demands, Infinity)
  const age = expected > size ? evictionAge(size, demands) : Infinity
  let newPerSecond = 0
  let evictedPerSecond = 0
  for (const { clients, perSecond, timeoutPs } of demands) {
    const coming = clients * perSecond * exp(-perSecond * Math.min(age, timeoutPs / SECOND))
    newPerSecond += coming
    if (timeoutPs / SECOND > age) evictedPerSecond += coming
  }
  return { expected, inUse: Math.min(expected, size), newPerSecond, evictedPerSecond }
}

/** Seconds after which a client that has not called again gives way; there are more entries than places. */
export function evictionAge(size: number, demands: readonly AffinityDemand[]): number {
  let low = 0
  let high = demands.reduce((most, { timeoutPs }) => Math.max(most, timeoutPs / SECOND), 0)
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (entriesAt(demands, middle) > size) high = middle
    else low = middle
  }
  return high
}

/** How often demands fit, as rates of the same clients, before a table evicts; Infinity where it has room for them all at once. */
export function affinityRoom(size: number, demands: readonly AffinityDemand[]): number {
  const all = demands.reduce((sum, { clients, perSecond }) => (perSecond > 0 ? sum + clients : sum), 0)
  if (all <= size) return Infinity
  const fits = (factor: number) => entriesAt(times(demands, factor), Infinity) <= size
  let low = 0
  let high = 1
  while (fits(high) && high < GROWTH_MAX) {
    low = high
    high *= 2
  }
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

/** The same clients, that call so often as often. */
export const times = (demands: readonly AffinityDemand[], factor: number): AffinityDemand[] =>
  demands.map((each) => ({ ...each, perSecond: factor * each.perSecond }))

/** Clients that have called within their timeout, or an age in seconds if that is shorter. */
const entriesAt = (demands: readonly AffinityDemand[], age: number): number =>
  demands.reduce(
    (sum, { clients, perSecond, timeoutPs }) =>
      sum + clients * (1 - exp(-perSecond * Math.min(age, timeoutPs / SECOND))),
    0,
  )
