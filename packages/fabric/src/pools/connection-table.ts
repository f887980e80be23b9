import type { Conntrack } from '../conntrack/conntrack.ts'
import type { CountedPool, FirstVictim, PoolCounts } from './pool.ts'

/** The entries of a table of connections as places of a pool, which new connections ask for. */
export class ConnectionTable implements CountedPool {
  readonly owner: string
  readonly kind: 'connection-tracking' | 'nat-connections'
  readonly conntrack: Conntrack

  /** `owner`: the host whose vswitch keeps it, or the place that translates. */
  constructor(owner: string, conntrack: Conntrack, kind: ConnectionTable['kind'] = 'connection-tracking') {
    this.owner = owner
    this.kind = kind
    this.conntrack = conntrack
  }

  get name(): string {
    return `${this.owner} ${this.kind}`
  }

  get size(): number {
    return this.conntrack.entries.table.capacity
  }

  get peak(): number {
    return this.conntrack.counts().peak
  }

  get peakPs(): number {
    return this.conntrack.counts().peakPs
  }

  get firstVictim(): FirstVictim | undefined {
    const { firstVictim } = this.conntrack.counts()
    return firstVictim === undefined ? undefined : { atPs: firstVictim.atPs, who: firstVictim }
  }

  /** The table has the simulation's clock, so that now is now. */
  counts(): PoolCounts {
    const { inserted, refused, usedPs } = this.conntrack.entries.table.counts()
    return { asked: inserted + refused, refused, usedPs }
  }
}
