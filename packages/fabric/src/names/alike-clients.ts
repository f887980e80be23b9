import { SECOND } from '@weft/core'
import type { CacheOptions } from '../dns/index.ts'
import type { NetworkNames } from './network-names.ts'
import type { Keeping } from './question-rates.ts'

/** How often a host looks up the name of a traffic, on the mean. */
export interface TrafficRate {
  readonly traffic: number
  readonly perSecond: number
}

/** Hosts of one group that look up the same names as often, and whose questions get as far. */
export interface AlikeClients {
  readonly group: number
  readonly hosts: number
  readonly rates: readonly TrafficRate[]
  /** Why their questions are lost; undefined where they arrive. */
  readonly lostTo: string | undefined
}

/** Those among hosts of which this is known. */
export function alikeClients(
  names: NetworkNames,
  byHost: ReadonlyMap<string, readonly TrafficRate[]>,
): AlikeClients[] {
  const alike = new Map<string, AlikeClients & { hosts: number }>()
  for (const [host, rates] of byHost) {
    const group = names.groupOf(host)!
    const lostTo = names.lossOf(host)
    const key = JSON.stringify([group, lostTo, rates])
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { group, hosts: 1, rates, lostTo })
    else known.hosts++
  }
  return [...alike.values()]
}

/** For how long a client's own cache keeps an answer of this time to live. */
export function keepingOf(cache: CacheOptions | undefined, ttlSeconds: number, isNegative: boolean): Keeping {
  if (cache === undefined) return 'nothing'
  const { ttlMinPs = 0, ttlMaxPs = Infinity, negativeTtlMinPs = 0, negativeTtlMaxPs = Infinity } = cache
  const minSeconds = (isNegative ? negativeTtlMinPs : ttlMinPs) / SECOND
  const maxSeconds = (isNegative ? negativeTtlMaxPs : ttlMaxPs) / SECOND
  if (minSeconds === 0 && ttlSeconds <= maxSeconds) return 'as-told'
  return Math.min(Math.max(ttlSeconds, minSeconds), maxSeconds)
}
