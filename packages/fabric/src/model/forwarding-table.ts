import type { Decision } from './decision.ts'
import type { OneOfGroup } from './selector.ts'

/** In a switch's table: destinations of this class hang off the switch itself, look in the host routes. */
export const ATTACHED = 1 << 29

/** What routing installs in a switch; replaced whole at every change. */
export interface SwitchTable {
  /** Decision, or ATTACHED, by forwarding equivalence class (RFC 3031 §2.1). */
  readonly byClass: Int32Array
  /** Decision by address - hostBase, for the addresses that hang off this switch. */
  readonly hostRoutes: Int32Array
  readonly hostBase: number
  readonly groups: readonly OneOfGroup[]
}

/** What routing installs in a host. */
export interface HostTable {
  /** Egress of the interface of each address that belongs to it, in order of address id: a port, a bond's group, or a drop. */
  readonly routes: Int32Array
  /** The same of addresses that it has beside those, by id; absent: none. */
  readonly others?: ReadonlyMap<number, Decision>
  readonly groups: readonly OneOfGroup[]
}

/** Forwarding state of a whole network, as routing computed it. */
export interface Routes {
  /** Class of every address, by address id; class 0 is reachable from nowhere. */
  readonly classOf: Int32Array
  /** By node index. */
  readonly switches: ReadonlyMap<number, SwitchTable>
  readonly hosts: ReadonlyMap<number, HostTable>
}
