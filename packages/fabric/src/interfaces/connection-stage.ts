import { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import * as conntrackTable from '../conntrack/conntrack.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import * as conntrackVerdict from '../conntrack/verdict.ts'
import type { Verdict } from '../conntrack/verdict.ts'
import * as expiryLists from '../state-table/expiry-lists.ts'
import {
  type Decision,
  dropDecision,
  PORT_UNREACHABLE,
  PROHIBITED,
  refusalOf,
  refuseDecision,
  UNTOLD,
} from '../model/decision.ts'
import { isIcmp } from '../model/icmp-error.ts'
import * as interfaceStage from '../model/interface-stage.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as policyEngine from '../policy/policy-engine.ts'
import type { PolicyDecision, PolicyEngine } from '../policy/policy-engine.ts'
import type { WhenDenied } from './interfaces-blueprint.ts'
import { ANSWERING, HOLDING, type InterfacesMode, LIVE, OPENING } from './mode.ts'
import { rewriteDestination, rewriteError, rewriteKnown } from './rewrite.ts'
import { HAIRPIN, NO_ENDPOINT, NOT_A_SERVICE, type ServiceTranslation } from './service-translation.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CONNTRACK_CLASH, CONNTRACK_FULL } = conntrackTable
const { INVALID, NEW, ORIGINAL, RELATED } = conntrackVerdict
const { PASS } = interfaceStage
const { NO_ROW } = expiryLists
const { POLICY_ACCEPT, POLICY_DENIED_EGRESS, POLICY_DENIED_INGRESS } = policyEngine

/** What acts at the interfaces behind one vswitch. */
export interface ConnectionStageParts {
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly policy: PolicyEngine
  /** Connections of all interfaces of one vswitch, a zone each. */
  readonly conntrack: Conntrack
  /** Whether that table looks at sequence numbers and windows. */
  readonly tracksWindows: boolean
  readonly mode: InterfacesMode
  /** What becomes of what policies deny. */
  readonly whenDenied: WhenDenied
  /** Absent where there are no services. */
  readonly services?: ServiceTranslation
}

/**
 * What acts at each workload's interface, in Linux's order: what belongs to a known connection is rewritten as that is, and
 * passes. A packet that opens one and goes to a service is given an endpoint for its destination; then policies decide, by
 * where it really goes. As in Linux they also decide on packets of a connection that nothing has answered yet.
 */
export class ConnectionStage implements InterfaceStage {
  private readonly parts: ConnectionStageParts
  private readonly header = new ConntrackPacket()
  /** By what policies decide. */
  private readonly denied: Decision[]
  private readonly invalid: Decision
  private readonly full: Decision
  private readonly clash: Decision
  private readonly noEndpoint: Decision
  private readonly noLocalEndpoint: Decision
  private readonly hairpin: Decision

  constructor(parts: ConnectionStageParts) {
    const { ledger, conntrack, services } = parts
    this.parts = parts
    this.denied = []
    this.denied[POLICY_ACCEPT] = PASS
    const deny = (reason: number) =>
      parts.whenDenied === 'reject' ? refuseDecision(reason, PROHIBITED) : dropDecision(reason)
    this.denied[POLICY_DENIED_EGRESS] = deny(ledger.reason('policy-denied-egress'))
    this.denied[POLICY_DENIED_INGRESS] = deny(ledger.reason('policy-denied-ingress'))
    this.invalid = dropDecision(ledger.reason('conntrack-invalid'))
    this.full = dropDecision(ledger.reason('conntrack-full'))
    this.clash = dropDecision(ledger.reason('conntrack-clash'))
    this.noEndpoint = refuseDecision(ledger.reason('service-no-endpoint'), PORT_UNREACHABLE)
    this.noLocalEndpoint = dropDecision(ledger.reason('service-no-local-endpoint'))
    this.hairpin = dropDecision(ledger.reason('service-hairpin'))
    if (services !== undefined) conntrack.entries.onForget = (row) => services.ended(row)
  }

  leave(packet: PacketHandle, workload: number): Decision {
    return this.pass(packet, workload, true)
  }

  enter(packet: PacketHandle, workload: number): Decision {
    return this.pass(packet, workload, false)
  }

  tell(answer: PacketHandle, workload: number): void {
    const { conntrack, mode } = this.parts
    if (mode.packets === OPENING || mode.packets === ANSWERING) return
    this.read(answer, workload)
    // a packet that was refused as it left has entered nothing
    conntrack.find(this.header)
    if (conntrack.row === NO_ROW) return
    this.rewrite(answer, conntrack.inspect(this.header))
  }

  private pass(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { mode } = this.parts
    if (mode.packets === LIVE) return this.follow(packet, workload, isLeaving)
    return mode.packets === HOLDING ? this.hold(packet, workload, isLeaving) : this.probe(packet, isLeaving)
  }

  /** A packet that connections remember. */
  private follow(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { conntrack } = this.parts
    this.read(packet, workload)
    const state = conntrack.inspect(this.header)
    if (state === INVALID) return this.invalid
    if (conntrack.hasBlocked && conntrack.row !== NO_ROW && conntrack.isBlocked(conntrack.row))
      return this.blocked(isLeaving)
    this.rewrite(packet, state)
    if (state !== NEW) return PASS
    const verdict = conntrack.opens
      ? this.open(packet, isLeaving)
      : this.denied[this.judge(packet, isLeaving)]!
    if (verdict !== PASS && refusalOf(verdict) !== UNTOLD) this.restore(packet)
    return verdict
  }

  /** By the rules of the end here, that of who opened the connection or that of who was called. */
  private blocked(isLeaving: boolean): Decision {
    const isOpener = isLeaving === (this.parts.conntrack.direction === ORIGINAL)
    return this.denied[isOpener ? POLICY_DENIED_EGRESS : POLICY_DENIED_INGRESS]!
  }

  private read(packet: PacketHandle, workload: number): void {
    const { packets, tracksWindows } = this.parts
    const header = this.header
    header.zone = workload
    if (isIcmp(packets.protocol[packet]!)) {
      header.readError(packets, packet)
      return
    }
    header.read(packets, packet)
    if (tracksWindows) header.readWindow(packets, packet)
  }

  /** As the entry says that the packet is of, the packet's last one too. */
  private rewrite(packet: PacketHandle, state: Verdict): void {
    const { packets, conntrack, services } = this.parts
    const { matched } = conntrack
    if (services === undefined || matched === NO_ROW) return
    if (state === RELATED) rewriteError(packets, packet, conntrack, matched)
    else rewriteKnown(packets, packet, conntrack, matched)
  }

  /** A refused packet is answered as it came in. */
  private restore(packet: PacketHandle): void {
    const { packets } = this.parts
    const { header } = this
    if (packets.destination[packet] !== header.destination)
      rewriteDestination(packets, packet, header.destination, header.destinationPort)
  }

  /** A packet that opens a connection. */
  private open(packet: PacketHandle, isLeaving: boolean): Decision {
    const { services } = this.parts
    const chosen = isLeaving && services !== undefined ? services.translate(packet, false) : NOT_A_SERVICE
    if (chosen < NOT_A_SERVICE) return this.withoutEndpoint(chosen)
    const decision = this.judge(packet, isLeaving)
    const verdict = decision === POLICY_ACCEPT ? this.commit(packet) : this.denied[decision]!
    if (chosen >= 0) {
      if (verdict === PASS) services!.entered(this.parts.conntrack.row)
      else services!.abandoned()
    }
    return verdict
  }

  /** What stands for a flow: as its first packet, unless the flow has its entry already. */
  private hold(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { packets, conntrack, mode } = this.parts
    const header = this.header
    header.read(packets, packet)
    header.zone = workload
    conntrack.find(header)
    const isKnown = conntrack.row !== NO_ROW && conntrack.pins.isPinned(conntrack.row)
    if (isKnown && conntrack.isBlocked(conntrack.row)) return this.blocked(isLeaving)
    if (isKnown) rewriteKnown(packets, packet, conntrack, conntrack.row)
    const verdict = isKnown ? PASS : this.follow(packet, workload, isLeaving)
    if (verdict === PASS && conntrack.row !== NO_ROW) mode.holds.add(conntrack.pins, conntrack.row)
    return verdict
  }

  /** A probe: the first packet of a new connection, or an answer that meets no rules. */
  private probe(packet: PacketHandle, isLeaving: boolean): Decision {
    const { mode, services } = this.parts
    if (mode.packets === ANSWERING) return PASS
    const chosen = isLeaving && services !== undefined ? services.translate(packet, true) : NOT_A_SERVICE
    if (chosen < NOT_A_SERVICE) return this.withoutEndpoint(chosen)
    return this.denied[this.judge(packet, isLeaving)]!
  }

  private withoutEndpoint(chosen: number): Decision {
    if (chosen === HAIRPIN) {
      if (this.parts.mode.packets !== OPENING) this.parts.services!.abandoned()
      return this.hairpin
    }
    return chosen === NO_ENDPOINT ? this.noEndpoint : this.noLocalEndpoint
  }

  private judge(packet: PacketHandle, isLeaving: boolean): PolicyDecision {
    const { packets, policy } = this.parts
    const source = packets.source[packet]!
    const destination = packets.destination[packet]!
    const protocol = packets.protocol[packet]!
    const port = packets.destinationPort[packet]!
    return isLeaving
      ? policy.egressVerdictOf(source, destination, protocol, port)
      : policy.ingressVerdictOf(source, destination, protocol, port)
  }

  /** Enters the connection that a packet opens, by its header as it came in and where it goes now. */
  private commit(packet: PacketHandle): Decision {
    const { conntrack, packets } = this.parts
    const { header } = this
    const row = conntrack.commitTranslated(
      header,
      packets.destination[packet]!,
      header.source,
      packets.destinationPort[packet]!,
      header.sourcePort,
    )
    if (row === CONNTRACK_FULL) return this.full
    return row === CONNTRACK_CLASH ? this.clash : PASS
  }
}
