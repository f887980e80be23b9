import type { CountedPool, Network, PoolCounts } from '@weft/fabric'
import { InstantLog } from './instant-log.ts'

/** What the network's pools have counted, or are expected to, between marked instants. */
export interface PoolRecords {
  /** In the order of the run. */
  readonly pools: readonly CountedPool[]
  /** Undefined where the clock cannot tell: the steady clock without a holding time. */
  between(pool: number, fromPs: number, toPs: number): PoolCounts | undefined
}

/** Pools whose places are taken and released one by one. */
export class CountedPools implements PoolRecords {
  readonly pools: readonly CountedPool[]
  readonly #log = new InstantLog<readonly PoolCounts[]>()

  constructor({ pools }: Network) {
    this.pools = pools.all
  }

  markInstant(atPs: number): void {
    this.#log.mark(
      atPs,
      this.pools.map((pool) => pool.counts(atPs)),
    )
  }

  between(pool: number, fromPs: number, toPs: number): PoolCounts {
    const [before, after] = [this.#log.at(fromPs)![pool]!, this.#log.at(toPs)![pool]!]
    return {
      asked: after.asked - before.asked,
      refused: after.refused - before.refused,
      ...(after.evicted !== undefined && { evicted: after.evicted - before.evicted! }),
      usedPs: after.usedPs - before.usedPs,
    }
  }
}
