import { InvariantError } from '@weft/core'
import type { ClientAffinity } from '../load-balancer/client-affinity.ts'
import type { ConnectionTable } from './connection-table.ts'
import { type CountedPool, Pool, type PoolKind } from './pool.ts'

/** All pools of a network, in the order of its nodes. */
export class Pools {
  readonly all: CountedPool[] = []
  /** Of one kind by owner, by kind. */
  readonly #byKind = new Map<PoolKind, Map<string, CountedPool>>()

  /** A node's pool of a kind, of which it has one at most. */
  add(owner: string, kind: 'connections', size: number): Pool {
    const pool = new Pool(owner, kind, size)
    this.enter(pool)
    return pool
  }

  /** A table that counts itself. */
  enter(pool: CountedPool): void {
    const { owner, kind } = pool
    const own = this.#byKind.get(kind) ?? new Map<string, CountedPool>()
    if (own.has(owner)) throw new InvariantError(`${owner} has two pools of ${kind}`)
    own.set(owner, pool)
    this.#byKind.set(kind, own)
    this.all.push(pool)
  }

  find(owner: string, kind: 'connections'): Pool | undefined
  find(owner: string, kind: 'connection-tracking' | 'nat-connections'): ConnectionTable | undefined
  find(owner: string, kind: 'session-affinity'): ClientAffinity | undefined
  find(owner: string, kind: PoolKind): CountedPool | undefined
  find(owner: string, kind: PoolKind): CountedPool | undefined {
    return this.#byKind.get(kind)?.get(owner)
  }

  /** Whether any node has a pool of this kind. */
  has(kind: PoolKind): boolean {
    return this.#byKind.has(kind)
  }
}
