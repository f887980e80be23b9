import type { Decision } from '../model/decision.ts'
import type { HashKey } from '../model/five-tuple.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

/** Per-flow ECMP: the key modulo the weights. A change of members moves flows of surviving members too. */
export class HashSelector implements Selector {
  private readonly packets: PacketTable
  private readonly key: HashKey
  private readonly seed: number

  constructor(packets: PacketTable, key: HashKey, seed: number) {
    this.packets = packets
    this.key = key
    this.seed = seed
  }

  select(group: OneOfGroup, packet: PacketHandle): Decision {
    return group.pick(this.key(this.packets, packet, this.seed))
  }

  preview(group: OneOfGroup, packet: PacketHandle): Decision {
    return this.select(group, packet)
  }
}
