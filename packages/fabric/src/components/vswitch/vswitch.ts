import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import * as interfaceStage from '../../model/interface-stage.ts'
import type { InterfaceStage } from '../../model/interface-stage.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import type { Selector } from '../../model/selector.ts'
import { RoutedNode } from '../routed-node.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { ONE_OF } = decision
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
export class VirtualSwitch extends RoutedNode implements Node {
  private readonly workloads: Int32Array
  private readonly stages: readonly InterfaceStage[]
  private readonly noTransit: Decision

  constructor(
    name: string,
    packets: PacketTable,
    ledger: Ledger,
    selector: Selector,
    { workloads, stages }: VirtualSwitchPorts,
  ) {
    super(name, packets, selector)
    this.workloads = workloads
    this.stages = stages
    this.noTransit = dropDecision(ledger.reason('no-transit'))
  }

  /** It bridges: the TTL stays as it is. */
  decide(packet: PacketHandle, ingress: number): Decision {
    const sender = this.workloads[ingress]!
    if (sender !== NONE) {
      const verdict = this.leave(packet, sender)
      if (verdict !== PASS) return verdict
    }
    // after the stages, which may have given the packet another destination
    const egress = this.routeTo(this.packets.destination[packet]!)
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
}
