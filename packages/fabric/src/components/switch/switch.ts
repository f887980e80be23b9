import { type Decision, dropDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import type { Node } from '../../model/component.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { SwitchTable } from '../../model/forwarding-table.ts'
import * as forwardingTable from '../../model/forwarding-table.ts'
import type { OneOfGroup, Selector } from '../../model/selector.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { LOCAL_INGRESS } = decision
const { ATTACHED } = forwardingTable

/** A router that forwards by destination: leaf, spine, edge, aggregation and core alike. */
export class Switch implements Node {
  readonly name: string
  readonly selector: Selector
  groups: readonly OneOfGroup[] = []
  private readonly packets: PacketTable
  private readonly ttlExpired: Decision
  private classOf: Int32Array
  private byClass: Int32Array
  private hostRoutes: Int32Array
  private hostBase: number

  constructor(name: string, packets: PacketTable, ledger: Ledger, selector: Selector) {
    this.name = name
    this.selector = selector
    this.packets = packets
    this.ttlExpired = dropDecision(ledger.reason('ttl-expired'))
    this.classOf = new Int32Array(0)
    this.byClass = new Int32Array(0)
    this.hostRoutes = new Int32Array(0)
    this.hostBase = 0
  }

  install(classOf: Int32Array, table: SwitchTable): void {
    this.classOf = classOf
    this.groups = table.groups
    this.byClass = table.byClass
    this.hostRoutes = table.hostRoutes
    this.hostBase = table.hostBase
  }

  decide(packet: PacketHandle, ingress: number): Decision {
    const packets = this.packets
    if (ingress !== LOCAL_INGRESS) {
      const ttl = packets.ttl[packet]! - 1
      packets.ttl[packet] = ttl
      // RFC 1812 §5.3.1: a router must not forward a packet whose TTL has come down to zero
      if (ttl <= 0) return this.ttlExpired
    }
    const destination = packets.destination[packet]!
    const route = this.byClass[this.classOf[destination]!]!
    return route === ATTACHED ? this.hostRoutes[destination - this.hostBase]! : route
  }
}
