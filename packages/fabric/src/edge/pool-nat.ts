import type { Nat } from '../nat/nat.ts'

/** A NAT and the first address of its pool, which stands for any of them in probes. */
export interface PoolNat {
  readonly nat: Nat
  readonly address: number
}
