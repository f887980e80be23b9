import type { PoolKind } from '@weft/fabric'

/**
 * So many equal places that are held for a time: `connections`, those that a host accepts at once; `connection-tracking`, the
 * entries of the table that a host's vswitch keeps; `nat-connections`, entries where connections are translated; `nat-ports`, external
 * ports of a protocol, or `nat-mappings`, where several workloads have the same port towards different remote ends;
 * `session-affinity`, clients whose endpoints a balancer remembers.
 */
export interface PoolResult {
  /** `ord1/leaf-0/host-0 connections`. */
  readonly name: string
  readonly owner: string
  readonly kind: PoolKind
  readonly size: number
  /** Of `nat-mappings`: the ports of TCP that there are towards one remote end, of which `size` mappings at most are in use; null for others. */
  readonly ports: number | null
  /** Places in use, the mean from the warm-up to the end of arrivals. Null where the steady clock is not told how long each is held. */
  readonly inUseMean: number | null
  /** The most in the whole run, and when that was first; null under the steady clock. */
  readonly peak: { readonly inUse: number; readonly atPs: number } | null
  /**
   * SYNs that came, those sent again among them, and those refused: of the whole run; under the steady clock expected numbers. Of
   * tables, packets that opened a connection.
   */
  readonly asked: number | null
  readonly refused: number | null
  /**
   * Of `session-affinity`, where nobody is refused: new entries, counted as `asked`, for which another one gave way before its time. Null
   * for others.
   */
  readonly evicted: number | null
  /** Refused over asked from the warm-up to the end of arrivals, evicted over asked of `session-affinity`; null where nobody asked. */
  readonly blocking: number | null
  /** Who was refused, or gave way, first: names, or addresses that are no host's. Null where none was, and under the steady clock. */
  readonly firstVictim: { readonly atPs: number; readonly from: string; readonly to: string } | null
  /** Of the steady clock, null under others: from the warm-up to the end of arrivals. */
  readonly steady: SteadyPoolResult | null
}

export interface SteadyPoolResult {
  /** New connections that come, those sent again not counted anew, and those that are accepted in the end. */
  readonly connectionsPerSecond: number
  readonly carriedPerSecond: number | null
  /** Mean holding time; null where nobody says, and of tables where none come. */
  readonly holdingPs: number | null
  /** New connections per second times holding time; in tables also those that are there all the time. */
  readonly offeredErlangs: number | null
}
