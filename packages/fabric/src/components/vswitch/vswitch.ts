import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import type { SwitchTable } from '../../model/forwarding-table.ts'
import * as forwardingTable from '../../model/forwarding-table.ts'
import * as interfaceStage from '../../model/interface-stage.ts'
import type { InterfaceStage } from '../../model/interface-stage.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { OneOfGroup, Selector } from '../../model/selector.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ONE_OF } = decision
const { ATTACHED } = forwardingTable
const { PASS } = interfaceStage

/** No workload: an uplink. */
const NONE = -1

/** What a virtual switch knows of its ports. */
export interface VirtualSwitchPorts {
  /** By port: the workload there, by node index, or -1 for an uplink. */
  readonly workloads: Int32Array
  /** In the order in which a packet that leaves a workload meets them; one that enters meets them backwards. */
  readonly stages: readonly InterfaceStage[]
}

/** The switch inside a server: between the workloads that run there and its uplinks. */
export class VirtualSwitch implements Node {
  readonly name: string
  readonly selector: Selector
  groups: readonly OneOfGroup[] = []
  private readonly packets: PacketTable
  private readonly workloads: Int32Array
  private readonly stages: readonly InterfaceStage[]
  private readonly noTransit: Decision
  private classOf: Int32Array
  private byClass: Int32Array
  private hostRoutes: Int32Array
  private hostBase: number

  constructor(
    name: string,
    packets: PacketTable,
    ledger: Ledger,
    selector: Selector,
    { workloads, stages }: VirtualSwitchPorts,
  ) {
    this.name = name
    this.selector = selector
    this.packets = packets
    this.workloads = workloads
    this.stages = stages
    this.noTransit = dropDecision(ledger.reason('no-transit'))
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

  /** It bridges: the TTL stays as it is. */
  decide(packet: PacketHandle, ingress: number): Decision {
    const sender = this.workloads[ingress]!
    if (sender !== NONE) {
      const verdict = this.leave(packet, sender)
      if (verdict !== PASS) return verdict
    }
    // after the stages, which may have given the packet another destination
    const egress = this.route(packet)
    if (egress < 0) return egress
    // all links of a bond lead to the same workload
    const port = egress < ONE_OF ? egress : this.groups[egress - ONE_OF]!.members[0]!
    const receiver = this.workloads[port]!
    if (receiver !== NONE) {
      const verdict = this.enter(packet, receiver)
      if (verdict !== PASS) return verdict
    } else if (sender === NONE) {
      return this.noTransit
    }
    return egress
  }

  private leave(packet: PacketHandle, sender: number): Decision {
    for (const stage of this.stages) {
      const verdict = stage.leave(packet, sender)
      if (verdict !== PASS) return verdict
    }
    return PASS
  }

  private enter(packet: PacketHandle, receiver: number): Decision {
    for (let i = this.stages.length - 1; i >= 0; i--) {
      const verdict = this.stages[i]!.enter(packet, receiver)
      if (verdict !== PASS) return verdict
    }
    return PASS
  }

  private route(packet: PacketHandle): Decision {
    const destination = this.packets.destination[packet]!
    const route = this.byClass[this.classOf[destination]!]!
    return route === ATTACHED ? this.hostRoutes[destination - this.hostBase]! : route
  }
}
