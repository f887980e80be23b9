import { InvariantError } from '@weft/core'
import { Pool, type PoolKind } from './pool.ts'

/** All pools of a network, in the order of its nodes. */
export class Pools {
  readonly all: Pool[] = []
  readonly #byOwner = new Map<string, Pool[]>()

  /** A node's pool of a kind, of which it has one at most. */
  add(owner: string, kind: PoolKind, size: number): Pool {
    if (this.find(owner, kind) !== undefined) throw new InvariantError(`${owner} has two pools of ${kind}`)
    const pool = new Pool(owner, kind, size)
    this.all.push(pool)
    const own = this.#byOwner.get(owner)
    if (own === undefined) this.#byOwner.set(owner, [pool])
    else own.push(pool)
    return pool
  }

  find(owner: string, kind: PoolKind): Pool | undefined {
    return this.#byOwner.get(owner)?.find((pool) => pool.kind === kind)
  }
}
