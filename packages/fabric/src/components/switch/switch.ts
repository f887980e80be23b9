import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { Selector } from '../../model/selector.ts'
import { RoutedNode } from '../routed-node.ts'

// a local copy: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { LOCAL_INGRESS } = decision

/** A router that forwards by destination: leaf, spine, edge, aggregation and core alike. */
export class Switch extends RoutedNode implements Node {
  private readonly ttlExpired: Decision

  constructor(name: string, packets: PacketTable, ledger: Ledger, selector: Selector) {
    super(name, packets, selector)
    this.ttlExpired = dropDecision(ledger.reason('ttl-expired'))
  }

  decide(packet: PacketHandle, ingress: number): Decision {
    const packets = this.packets
    if (ingress !== LOCAL_INGRESS) {
      const ttl = packets.ttl[packet]! - 1
      packets.ttl[packet] = ttl
      // RFC 1812 §5.3.1: a router must not forward a packet whose TTL has come down to zero
      if (ttl <= 0) return this.ttlExpired
    }
    return this.routeTo(packets.destination[packet]!)
  }
}
