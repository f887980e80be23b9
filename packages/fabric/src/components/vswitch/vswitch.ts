import type { Node } from '../../model/component.ts'
import { type Decision, dropDecision } from '../../model/decision.ts'
import * as decision from '../../model/decision.ts'
import { isIcmp } from '../../model/icmp-error.ts'
import * as interfaceStage from '../../model/interface-stage.ts'
import type { InterfaceStage } from '../../model/interface-stage.ts'
import type { Ledger } from '../../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../../model/packet-table.ts'
import * as packetTable from '../../model/packet-table.ts'
import type { Selector } from '../../model/selector.ts'
import * as tcpFlags from '../../model/tcp-flags.ts'
import * as workloadState from '../../model/workload-state.ts'
import { RoutedNode } from '../routed-node.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { LOCAL_INGRESS, ONE_OF } = decision
const { PASS, REROUTE } = interfaceStage
const { PROTOCOL_TCP } = packetTable
const { RST } = tcpFlags
const { GONE, RUNS } = workloadState

/** No workload: an uplink. */
const NONE = -1

/** What a virtual switch knows of its ports. */
export interface VirtualSwitchPorts {
  /** By port: the workload there, by node index, or -1 for an uplink. */
  readonly workloads: Int32Array
  /** The server itself, by node index. */
  readonly server: number
  /** By node index: a `WorkloadState`. */
  readonly states: Uint8Array
  /** In the order in which a packet that leaves a workload meets them; one that enters meets them backwards. */
  readonly stages: readonly InterfaceStage[]
}

/** The switch inside a server: between the workloads that run there and its uplinks. */
export class VirtualSwitch extends RoutedNode implements Node {
  private readonly workloads: Int32Array
  private readonly server: number
  private readonly states: Uint8Array
  private readonly stages: readonly InterfaceStage[]
  /** Those of them that act on what comes from elsewhere before it is known whom it is for. */
  private readonly arrivals: readonly InterfaceStage[]
  private readonly noTransit: Decision
  private readonly ttlExpired: Decision
  private readonly workloadStopped: Decision

  constructor(
    name: string,
    packets: PacketTable,
    ledger: Ledger,
    selector: Selector,
    { workloads, server, states, stages }: VirtualSwitchPorts,
  ) {
    super(name, packets, selector)
    this.workloads = workloads
    this.server = server
    this.states = states
    this.stages = stages
    this.arrivals = stages.filter(({ arrive }) => arrive !== undefined)
    this.noTransit = dropDecision(ledger.reason('no-transit'))
    this.ttlExpired = dropDecision(ledger.reason('ttl-expired'))
    this.workloadStopped = dropDecision(ledger.reason('workload-stopped'))
  }

  /** It bridges: the TTL stays as it is. */
  decide(packet: PacketHandle, ingress: number): Decision {
    if (ingress === LOCAL_INGRESS) return this.tell(packet)
    const sender = this.workloads[ingress]!
    if (sender !== NONE) {
      const verdict = this.leave(packet, sender)
      if (verdict !== PASS && verdict !== REROUTE) return verdict
      const decision = verdict === PASS ? this.lead(packet, sender) : this.leadOn(packet)
      if (decision < 0) for (const stage of this.stages) stage.lose?.(packet, sender)
      return decision
    }
    if (this.arrivals.length > 0) {
      const verdict = this.arrive(packet)
      if (verdict !== PASS) return verdict
    }
    return this.lead(packet, NONE)
  }

  /** To where its destination is now; `sender` is the workload that it comes from. */
  private lead(packet: PacketHandle, sender: number): Decision {
    // after the stages, which may have given the packet another destination
    const egress = this.routeTo(this.packets.destination[packet]!)
    if (egress < 0) return egress
    const receiver = this.receiverAt(egress)
    if (receiver !== NONE) {
      // what was led back to its sender has met everything as it left
      if (receiver === sender) return egress
      const verdict = this.enter(packet, receiver)
      if (verdict !== PASS) return verdict === REROUTE ? this.leadOn(packet) : verdict
    } else if (sender === NONE) {
      return this.noTransit
    }
    return egress
  }

  /** What the server has given another destination: routed as Linux does it, not bridged. */
  private leadOn(packet: PacketHandle): Decision {
    const { destination, ttl } = this.packets
    const egress = this.routeTo(destination[packet]!)
    if (egress < 0) return egress
    const receiver = this.receiverAt(egress)
    // the server has just seen what it leads to itself
    if (receiver === this.server) return egress
    if (receiver !== NONE) {
      const verdict = this.enter(packet, receiver)
      return verdict === PASS ? egress : verdict
    }
    if (ttl[packet]! <= 1) return this.ttlExpired
    ttl[packet]!--
    return egress
  }

  /** The switch's own answer to a packet that it refused. */
  private tell(answer: PacketHandle): Decision {
    const { destination } = this.packets
    for (;;) {
      const before = destination[answer]!
      const egress = this.routeTo(before)
      if (egress < 0) return egress
      const receiver = this.receiverAt(egress)
      for (let i = this.stages.length - 1; i >= 0; i--) this.stages[i]!.tell?.(answer, receiver)
      // one to the server may be meant for whom it stood for
      if (destination[answer] === before) return egress
    }
  }

  private receiverAt(egress: Decision): number {
    // all links of a bond lead to the same workload
    return this.workloads[egress < ONE_OF ? egress : this.groups[egress - ONE_OF]!.members[0]!]!
  }

  private leave(packet: PacketHandle, sender: number): Decision {
    // resets of the connections that it had are the last that is seen of a workload, refusals the first
    if (this.states[sender] !== RUNS && !this.isOfKernel(packet)) return this.workloadStopped
    let verdict = PASS
    for (const stage of this.stages) {
      const each = stage.leave(packet, sender)
      if (each === REROUTE) verdict = REROUTE
      else if (each !== PASS) return each
    }
    return verdict
  }

  private arrive(packet: PacketHandle): Decision {
    for (const stage of this.arrivals) {
      const verdict = stage.arrive!(packet)
      if (verdict !== PASS) return verdict
    }
    return PASS
  }

  private enter(packet: PacketHandle, receiver: number): Decision {
    if (this.states[receiver] === GONE) return this.workloadStopped
    for (let i = this.stages.length - 1; i >= 0; i--) {
      const verdict = this.stages[i]!.enter(packet, receiver)
      if (verdict !== PASS) return verdict
    }
    return PASS
  }

  private isOfKernel(packet: PacketHandle): boolean {
    const { protocol, tcpFlags } = this.packets
    return protocol[packet] === PROTOCOL_TCP ? (tcpFlags[packet]! & RST) !== 0 : isIcmp(protocol[packet]!)
  }
}
