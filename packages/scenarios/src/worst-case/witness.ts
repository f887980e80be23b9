import type { Commodities } from './commodities.ts'
import type { HoseLimits } from './hose.ts'

/** IP bit/s between hosts, by node index. */
export interface WitnessDemand {
  readonly source: number
  readonly destination: number
  readonly ipBps: number
}

/**
 * Spreads what groups send to each other over their hosts, each up to its limit before the next: a matrix of few entries
 * that keeps every limit and loads the direction as the groups do.
 */
export function witnessOf(
  commodities: Commodities,
  amounts: Float64Array,
  hose: HoseLimits,
): WitnessDemand[] {
  const senders = commodities.senders.map((hosts) => new Allowance(hosts, hose.sendBps))
  const receivers = commodities.receivers.map((hosts) => new Allowance(hosts, hose.receiveBps))
  const demands: WitnessDemand[] = []
  amounts.forEach((amount, column) => {
    const from = senders[commodities.sender[column]!]!
    const to = receivers[commodities.receiver[column]!]!
    for (let left = amount; left > 0; ) {
      const ipBps = Math.min(left, from.left, to.left)
      demands.push({ source: from.host, destination: to.host, ipBps })
      from.take(ipBps)
      to.take(ipBps)
      left -= ipBps
    }
  })
  return demands
}

/** What hosts of a group may still send, or receive, host after host. */
class Allowance {
  /** Of the host at hand; the last one takes what rounding left over. */
  left: number
  readonly #hosts: readonly number[]
  readonly #limitBps: Float64Array
  #at = 0

  constructor(hosts: readonly number[], limitBps: Float64Array) {
    this.#hosts = hosts
    this.#limitBps = limitBps
    this.left = this.#limitOf(0)
  }

  get host(): number {
    return this.#hosts[this.#at]!
  }

  take(ipBps: number): void {
    this.left -= ipBps
    if (this.left > 0) return
    this.#at++
    this.left = this.#limitOf(this.#at)
  }

  #limitOf(at: number): number {
    return at === this.#hosts.length - 1 ? Infinity : this.#limitBps[this.#hosts[at]!]!
  }
}
