import type { Simulation } from '@weft/core'
import type { AddressTable } from '../model/address-table.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { FlowTable } from './flow-table.ts'

/** What the endpoints of one simulation share. */
export interface TransportContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly flows: FlowTable
}

/** Where an endpoint's packets enter the network. */
export interface Output {
  /** The place in the ledger that drops at this endpoint are booked under. */
  readonly place: number
  originate(packet: PacketHandle): void
}
