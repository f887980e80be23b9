import { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import * as conntrackTable from '../conntrack/conntrack.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import * as conntrackVerdict from '../conntrack/verdict.ts'
import { type Decision, dropDecision } from '../model/decision.ts'
import * as interfaceStage from '../model/interface-stage.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as policyEngine from '../policy/policy-engine.ts'
import type { PolicyDecision, PolicyEngine } from '../policy/policy-engine.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CONNTRACK_CLASH, CONNTRACK_FULL } = conntrackTable
const { INVALID, NEW } = conntrackVerdict
const { PASS } = interfaceStage
const { POLICY_ACCEPT, POLICY_DENIED_EGRESS, POLICY_DENIED_INGRESS } = policyEngine

/** Packets of a run, which connections remember. */
export const LIVE = 0
/** Probes that ask what would become of the first packet of a new connection, and leave no trace. */
export const OPENING = 1
/** Probes that stand for an answer on a connection that was let through. */
export const ANSWERING = 2

/** What the packets are that stages see now. */
export interface InterfacesMode {
  packets: typeof LIVE | typeof OPENING | typeof ANSWERING
}

/** What a firewall stage is made of. */
export interface FirewallParts {
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly policy: PolicyEngine
  /** Connections of all interfaces of one vswitch, a zone each. */
  readonly conntrack: Conntrack
  /** Whether that table looks at sequence numbers and windows. */
  readonly tracksWindows: boolean
  readonly mode: InterfacesMode
}

/**
 * A stateful firewall at each workload's interface: what belongs to a connection that was let through passes, and policies
 * decide on what opens one. As in Linux they also decide on packets of a connection that nothing has answered yet.
 */
export class FirewallStage implements InterfaceStage {
  private readonly parts: FirewallParts
  private readonly header = new ConntrackPacket()
  /** By what policies decide. */
  private readonly denied: Decision[]
  private readonly invalid: Decision
  private readonly full: Decision
  private readonly clash: Decision

  constructor(parts: FirewallParts) {
    const { ledger } = parts
    this.parts = parts
    this.denied = []
    this.denied[POLICY_ACCEPT] = PASS
    this.denied[POLICY_DENIED_EGRESS] = dropDecision(ledger.reason('policy-denied-egress'))
    this.denied[POLICY_DENIED_INGRESS] = dropDecision(ledger.reason('policy-denied-ingress'))
    this.invalid = dropDecision(ledger.reason('conntrack-invalid'))
    this.full = dropDecision(ledger.reason('conntrack-full'))
    this.clash = dropDecision(ledger.reason('conntrack-clash'))
  }

  leave(packet: PacketHandle, workload: number): Decision {
    return this.pass(packet, workload, true)
  }

  enter(packet: PacketHandle, workload: number): Decision {
    return this.pass(packet, workload, false)
  }

  private pass(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { packets, conntrack, tracksWindows, mode } = this.parts
    const header = this.header
    if (mode.packets === ANSWERING) return PASS
    if (mode.packets === OPENING) return this.denied[this.judge(packet, isLeaving)]!
    header.read(packets, packet)
    header.zone = workload
    if (tracksWindows) header.readWindow(packets, packet)
    const state = conntrack.inspect(header)
    if (state === INVALID) return this.invalid
    if (state !== NEW) return PASS
    const opens = conntrack.opens
    const decision = this.judge(packet, isLeaving)
    if (decision !== POLICY_ACCEPT) return this.denied[decision]!
    return opens ? this.commit() : PASS
  }

  private judge(packet: PacketHandle, isLeaving: boolean): PolicyDecision {
    const { packets, policy } = this.parts
    const source = policy.endOf(packets.source[packet]!)
    const destination = policy.endOf(packets.destination[packet]!)
    const protocol = packets.protocol[packet]!
    const port = packets.destinationPort[packet]!
    return isLeaving
      ? policy.egressVerdict(source, destination, protocol, port)
      : policy.ingressVerdict(source, destination, protocol, port)
  }

  private commit(): Decision {
    const row = this.parts.conntrack.commit(this.header)
    if (row === CONNTRACK_FULL) return this.full
    return row === CONNTRACK_CLASH ? this.clash : PASS
  }
}
