import { SECOND } from '@weft/core'
import type { Pool, PoolCounts, SteadyPool, SteadyRun } from '@weft/fabric'
import { InstantLog } from '../instant-log.ts'
import type { PoolRecords } from '../pool-records.ts'
import { RateBook } from './rate-book.ts'

/** Sums by pool from the start up to an instant. */
interface PoolSums {
  readonly asked: Float64Array
  readonly refused: Float64Array
  /** Place-seconds in use. */
  readonly used: Float64Array
  /** New connections, those that ask again not counted anew, and those of them that give up. */
  readonly connections: Float64Array
  readonly lost: Float64Array
}

const KEYS = [
  'asked',
  'refused',
  'used',
  'connections',
  'lost',
] as const satisfies readonly (keyof PoolSums)[]

/** What pools of a steady run come to over time, by the rates of each span. */
export class SteadyPoolBooks implements PoolRecords {
  readonly pools: readonly Pool[]
  readonly #run: SteadyRun
  readonly #books: Readonly<Record<keyof PoolSums, RateBook>>
  readonly #log = new InstantLog<PoolSums>()

  constructor(run: SteadyRun) {
    this.#run = run
    this.pools = run.pools.limits.map(({ pool }) => pool)
    const book = () => new RateBook(this.pools.length)
    this.#books = { asked: book(), refused: book(), used: book(), connections: book(), lost: book() }
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
    this.#log.mark(atPs, {
      asked: this.#books.asked.all(atPs),
      refused: this.#books.refused.all(atPs),
      used: this.#books.used.all(atPs),
      connections: this.#books.connections.all(atPs),
      lost: this.#books.lost.all(atPs),
    })
  }

  /** Whether anybody says how long connections have their places. */
  isKnown(pool: number): boolean {
    return this.#run.pools.limits[pool]!.holdingPs !== undefined
  }

  between(pool: number, fromPs: number, toPs: number): PoolCounts | undefined {
    if (!this.isKnown(pool)) return undefined
    const { asked, refused, used } = this.sums(pool, fromPs, toPs)
    return { asked, refused, usedPs: used * SECOND }
  }

  sums(pool: number, fromPs: number, toPs: number): Record<keyof PoolSums, number> {
    const [before, after] = [this.#log.at(fromPs)!, this.#log.at(toPs)!]
    const of = (key: keyof PoolSums) => after[key][pool]! - before[key][pool]!
    return {
      asked: of('asked'),
      refused: of('refused'),
      used: of('used'),
      connections: of('connections'),
      lost: of('lost'),
    }
  }
}

/** Per second. */
function ratesOf({ connectionsPerSecond, load }: SteadyPool): Record<keyof PoolSums, number> {
  if (load === undefined || load.offeredErlangs === 0)
    return { asked: 0, refused: 0, used: 0, connections: connectionsPerSecond, lost: 0 }
  const asked = (connectionsPerSecond * load.askedErlangs) / load.offeredErlangs
  return {
    asked,
    refused: asked * load.blocking,
    used: load.carriedErlangs,
    connections: connectionsPerSecond,
    lost: connectionsPerSecond * load.lost,
  }
}
