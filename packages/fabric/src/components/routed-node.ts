import type { Decision } from '../model/decision.ts'
import * as forwardingTable from '../model/forwarding-table.ts'
import type { SwitchTable } from '../model/forwarding-table.ts'
import type { PacketTable } from '../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../model/selector.ts'

// a local copy: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ATTACHED } = forwardingTable

/** What nodes have in common that forward by a table of destinations. */
export abstract class RoutedNode {
  readonly name: string
  readonly selector: Selector
  groups: readonly OneOfGroup[] = []
  protected readonly packets: PacketTable
  private classOf: Int32Array = new Int32Array(0)
  private byClass: Int32Array = new Int32Array(0)
  private hostRoutes: Int32Array = new Int32Array(0)
  private hostBase = 0

  constructor(name: string, packets: PacketTable, selector: Selector) {
    this.name = name
    this.selector = selector
    this.packets = packets
  }

  install(classOf: Int32Array, table: SwitchTable): void {
    this.classOf = classOf
    this.groups = table.groups
    this.byClass = table.byClass
    this.hostRoutes = table.hostRoutes
    this.hostBase = table.hostBase
  }

  /** The way to an address, by its id. */
  protected routeTo(destination: number): Decision {
    const route = this.byClass[this.classOf[destination]!]!
    return route === ATTACHED ? this.hostRoutes[destination - this.hostBase]! : route
  }
}
