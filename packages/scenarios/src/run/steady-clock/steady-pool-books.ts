import { SECOND } from '@weft/core'
import type { CountedPool, PoolCounts, SteadyPool, SteadyRun } from '@weft/fabric'
import { InstantLog } from '../instant-log.ts'
import type { PoolRecords } from '../pool-records.ts'
import { RateBook } from './rate-book.ts'

/** Sums by pool from the start up to an instant. */
interface PoolSums {
  readonly asked: Float64Array
  readonly refused: Float64Array
  readonly evicted: Float64Array
  /** Place-seconds in use. */
  readonly used: Float64Array
  /** New connections, those that ask again not counted anew, and those of them that give up. */
  readonly connections: Float64Array
  readonly lost: Float64Array
  /** Place-seconds of these connections, whether they get their places or not; with those held all the time. */
  readonly held: Float64Array
  readonly offered: Float64Array
}

const KEYS = [
  'asked',
  'refused',
  'evicted',
  'used',
  'connections',
  'lost',
  'held',
  'offered',
] as const satisfies readonly (keyof PoolSums)[]

/** What pools of a steady run come to over time, by the rates of each span. */
export class SteadyPoolBooks implements PoolRecords {
  readonly pools: readonly CountedPool[]
  readonly #run: SteadyRun
  readonly #books: Readonly<Record<keyof PoolSums, RateBook>>
  readonly #log = new InstantLog<PoolSums>()

  constructor(run: SteadyRun) {
    this.#run = run
    this.pools = run.pools.all
    this.#books = byKey(() => new RateBook(this.pools.length))
  }

  /** These pools hold from now on. */
  turn(nowPs: number, pools: readonly SteadyPool[]): void {
    for (const key of KEYS)
      this.#books[key].turn(
        nowPs,
        Float64Array.from(pools, (pool) => ratesOf(pool)[key]),
      )
  }

  markInstant(atPs: number): void {
    this.#log.mark(
      atPs,
      byKey((key) => this.#books[key].all(atPs)),
    )
  }

  /** Whether anybody says how long connections have their places. */
  isKnown(pool: number): boolean {
    const limit = this.#run.pools.limits[pool]
    return limit === undefined || limit.holdingPs !== undefined
  }

  /** As it was said; undefined where it follows from what comes. */
  holdingPs(pool: number): number | undefined {
    return this.#run.pools.limits[pool]?.holdingPs
  }

  between(pool: number, fromPs: number, toPs: number): PoolCounts | undefined {
    if (!this.isKnown(pool)) return undefined
    const { asked, refused, evicted, used } = this.sums(pool, fromPs, toPs)
    const evicts = this.pools[pool]!.kind === 'session-affinity'
    return { asked, refused, ...(evicts && { evicted }), usedPs: used * SECOND }
  }

  sums(pool: number, fromPs: number, toPs: number): Record<keyof PoolSums, number> {
    const [before, after] = [this.#log.at(fromPs)!, this.#log.at(toPs)!]
    return byKey((key) => after[key][pool]! - before[key][pool]!)
  }
}

function byKey<Value>(value: (key: keyof PoolSums) => Value): Record<keyof PoolSums, Value> {
  return Object.fromEntries(KEYS.map((key) => [key, value(key)])) as Record<keyof PoolSums, Value>
}

/** Per second. */
function ratesOf({
  connectionsPerSecond,
  holdingPs,
  load,
  evictedPerSecond: evicted = 0,
}: SteadyPool): Record<keyof PoolSums, number> {
  const connections = connectionsPerSecond
  if (load === undefined)
    return { asked: 0, refused: 0, evicted, used: 0, connections, lost: 0, held: 0, offered: 0 }
  const asked = connections * load.asking
  return {
    asked,
    refused: asked * load.blocking,
    evicted,
    used: load.carriedErlangs,
    connections,
    lost: connections * load.lost,
    held: (connections * (holdingPs ?? 0)) / SECOND,
    offered: load.offeredErlangs,
  }
}
