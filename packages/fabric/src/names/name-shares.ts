import { SECOND } from '@weft/core'
import type { Family, NetworkNames } from './network-names.ts'
import { staleShare } from './stale-share.ts'

export interface AddressShare {
  readonly address: string
  /** Of those who connect, above 0 up to 1. */
  readonly share: number
}

/** What the clients of a group got before records changed, and for how long some go on with it. */
interface Tail {
  readonly fromPs: number
  readonly before: readonly AddressShare[]
  /** The resolver keeps an answer so long. */
  readonly ttlPs: number
  /** Of resolvers like this one, those that had an answer when it changed. */
  readonly warm: number
}

interface Asked {
  readonly group: number
  readonly name: string
  readonly family: Family
  lookupsPerSecond: number
  tail: Tail | undefined
}

/** Shares below this are rounding. */
const DUST = 1e-12

const keyOf = (group: number, name: string, family: Family): string => `${group} ${family} ${name}`

/**
 * What names stand for on the average of those who connect, for a clock that follows no single lookup: the records of now,
 * and after a change the old ones for as long as caches have them, see `staleShare`.
 */
export class NameShares {
  /** Shares are those of the mean over so long from now on. */
  averagePs = 0
  readonly #sim: { readonly now: number }
  readonly #names: NetworkNames
  readonly #asked = new Map<string, Asked>()

  constructor(sim: { readonly now: number }, names: NetworkNames) {
    this.#sim = sim
    this.#names = names
  }

  /** Of the connections of a group's hosts to a name, for which each of their resolvers is asked so often; those left find no address. */
  of(group: number, name: string, family: Family, lookupsPerSecond: number): readonly AddressShare[] {
    const key = keyOf(group, name, family)
    let asked = this.#asked.get(key)
    if (asked === undefined) {
      asked = { group, name, family, lookupsPerSecond, tail: undefined }
      this.#asked.set(key, asked)
    }
    asked.lookupsPerSecond = lookupsPerSecond
    return this.#sharesOf(asked, this.averagePs)
  }

  /** Of the connections of a group's hosts to a name that was asked for: those to addresses it does not stand for any more, and those that find none. */
  lapsesOf(group: number, name: string, family: Family): { readonly stale: number; readonly none: number } {
    const asked = this.#asked.get(keyOf(group, name, family))
    const shares = asked === undefined ? [] : this.#sharesOf(asked, this.averagePs)
    const { addresses } = this.#names.truth(group, name, family)
    const sum = (list: readonly AddressShare[]) => list.reduce((total, { share }) => total + share, 0)
    const none = shares.length === 0 ? 1 : Math.max(0, 1 - sum(shares))
    return {
      stale: sum(shares.filter(({ address }) => !addresses.includes(address))),
      none: none < DUST ? 0 : none,
    }
  }

  /** Records are about to change. */
  remember(): void {
    for (const asked of this.#asked.values()) {
      const { group, name, family, lookupsPerSecond } = asked
      const { ttlPs } = this.#names.truth(group, name, family)
      const perTtl = lookupsPerSecond * (ttlPs / SECOND)
      const warm = perTtl === Infinity ? 1 : perTtl / (1 + perTtl)
      asked.tail = { fromPs: this.#sim.now, before: this.#sharesOf(asked, 0), ttlPs, warm }
    }
  }

  /** Until when some go on with what is not true any more; now where nobody does. */
  get staleUntilPs(): number {
    let until = this.#sim.now
    for (const { tail, group } of this.#asked.values())
      if (tail !== undefined) until = Math.max(until, tail.fromPs + tail.ttlPs + this.#keptPs(group))
    return until
  }

  #sharesOf({ group, name, family, tail }: Asked, averagePs: number): readonly AddressShare[] {
    const { addresses } = this.#names.truth(group, name, family)
    const { answers } = this.#names.blueprint.clients[group]!
    const used = answers === 'first' ? addresses.slice(0, 1) : addresses
    const now = used.map((address) => ({ address, share: 1 / used.length }))
    if (tail === undefined) return now
    const fromPs = this.#sim.now - tail.fromPs
    const times = { ttlPs: tail.ttlPs, keptPs: this.#keptPs(group) }
    const stale = tail.warm * staleShare(times, fromPs, fromPs + averagePs)
    return mixed(tail.before, stale, now)
  }

  /** How long clients keep answers that their resolver would not any more. */
  #keptPs(group: number): number {
    return this.#names.blueprint.clients[group]!.cache?.ttlMinPs ?? 0
  }
}

function mixed(
  before: readonly AddressShare[],
  share: number,
  now: readonly AddressShare[],
): readonly AddressShare[] {
  if (share === 0) return now
  const sums = new Map<string, number>()
  const add = (list: readonly AddressShare[], factor: number) => {
    for (const each of list)
      if (factor > 0) sums.set(each.address, (sums.get(each.address) ?? 0) + factor * each.share)
  }
  add(before, share)
  add(now, 1 - share)
  return [...sums].map(([address, of]) => ({ address, share: of }))
}
