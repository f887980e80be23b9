import type { Simulation } from '@weft/core'
import type { InterfacesMode } from '../interfaces/mode.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketTable } from '../model/packet-table.ts'
import type { Pools } from '../pools/pools.ts'
import type { AddressScopes } from './address-scopes.ts'

/** What the edges of a network build on. */
export interface EdgeContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly mode: InterfacesMode
  readonly scopes: AddressScopes
  /** Where tables and ports are entered. */
  readonly pools: Pools
}
