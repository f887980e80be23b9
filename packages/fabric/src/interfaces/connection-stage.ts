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
import { Masquerade, type ServerAddresses } from './masquerade.ts'
import { ANSWERING, HOLDING, type InterfacesMode, LIVE, OPENING, type Turn } from './mode.ts'
import { rewriteDestination, rewriteError, rewriteKnown, rewriteSource } from './rewrite.ts'
import { NO_ENDPOINT, NOT_A_SERVICE, type ServiceTranslation } from './service-translation.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CONNTRACK_CLASH, CONNTRACK_FULL } = conntrackTable
const { INVALID, NEW, ORIGINAL, RELATED, REPLY } = conntrackVerdict
const { PASS, REROUTE } = interfaceStage
const { NO_ROW } = expiryLists
const { POLICY_ACCEPT, POLICY_DENIED_EGRESS, POLICY_DENIED_INGRESS } = policyEngine

/** No workload, and no address. */
const NOBODY = -1

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
  readonly server: ServerAddresses
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
  private readonly noServerAddress: Decision
  private readonly masquerade: Masquerade
  /** What the last packet that left a workload entered. */
  private opened = NO_ROW
  /** The address and port of a workload whose packet has just left for a node port of its own server. */
  private callerOfServer = NOBODY
  private callerPort = 0

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
    this.noServerAddress = dropDecision(ledger.reason('service-hairpin'))
    this.masquerade = new Masquerade(parts)
    if (services !== undefined) conntrack.entries.onForget = (row) => services.ended(row)
  }

  leave(packet: PacketHandle, workload: number): Decision {
    this.opened = NO_ROW
    return this.pass(packet, workload, true)
  }

  /** Linux enters a connection when its first packet leaves the machine. */
  lose(packet: PacketHandle): void {
    const { packets, conntrack, mode } = this.parts
    const row = this.opened
    if (row === NO_ROW || (mode.packets !== LIVE && mode.packets !== HOLDING)) return
    mode.holds.remove(conntrack.pins, row)
    rewriteDestination(
      packets,
      packet,
      conntrack.destinationOf(row, ORIGINAL),
      conntrack.destinationPortOf(row, ORIGINAL),
    )
    rewriteSource(packets, packet, conntrack.sourceOf(row, ORIGINAL), conntrack.sourcePortOf(row, ORIGINAL))
    conntrack.remove(row)
  }

  enter(packet: PacketHandle, workload: number): Decision {
    if (workload !== this.parts.server.node) return this.pass(packet, workload, false)
    const { destination } = this.parts.packets
    const before = destination[packet]!
    const verdict = this.pass(packet, workload, false)
    return verdict === PASS && destination[packet] !== before ? REROUTE : verdict
  }

  tell(answer: PacketHandle, workload: number): void {
    const { conntrack, mode } = this.parts
    if (mode.packets === OPENING || mode.packets === ANSWERING) return
    this.rewriteByServer(answer)
    if (workload === NOBODY) return
    this.read(answer, workload)
    // a packet that was refused as it left has entered nothing
    conntrack.find(this.header)
    if (conntrack.row === NO_ROW) return
    this.rewrite(answer, conntrack.inspect(this.header))
  }

  private pass(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { mode } = this.parts
    if (mode.packets === LIVE) return this.follow(packet, workload, isLeaving)
    return mode.packets === HOLDING
      ? this.hold(packet, workload, isLeaving)
      : this.probe(packet, workload, isLeaving)
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
    if (state !== NEW) {
      if (isLeaving && conntrack.direction === REPLY) this.rewriteByServer(packet)
      return PASS
    }
    const verdict = conntrack.opens
      ? this.open(packet, workload, isLeaving)
      : isLeaving && this.callsServer(packet)
        ? PASS
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

  /** Answers of an endpoint to clients that came to a node port of this server and kept their address. */
  private rewriteByServer(packet: PacketHandle): void {
    const { packets, conntrack, server, services } = this.parts
    if (services === undefined || !services.keepsClients) return
    // what the server stands for comes to it, and is rewritten there
    if (server.addresses.includes(packets.destination[packet]!)) return
    this.read(packet, server.node)
    conntrack.find(this.header)
    if (conntrack.row === NO_ROW) return
    this.rewrite(packet, conntrack.inspect(this.header))
  }

  /** A refused packet is answered as it came in. */
  private restore(packet: PacketHandle): void {
    const { packets } = this.parts
    const { header } = this
    if (packets.destination[packet] !== header.destination)
      rewriteDestination(packets, packet, header.destination, header.destinationPort)
    if (packets.source[packet] !== header.source)
      rewriteSource(packets, packet, header.source, header.sourcePort)
  }

  /** Gives a new connection an endpoint, where it calls a service: as `ServiceTranslation.translate` says. */
  private translate(packet: PacketHandle, workload: number, isLeaving: boolean, isProbe: boolean): number {
    const { services, server } = this.parts
    if (services === undefined) return NOT_A_SERVICE
    if (isLeaving) return services.translate(packet, isProbe)
    if (workload !== server.node) return NOT_A_SERVICE
    return services.translateNodePort(packet, this.isOfCaller(packet), isProbe)
  }

  /**
   * Whether a packet that leaves goes to a node port of its own server, and notes whose it is if so: it is judged there, by where
   * the server leads it.
   */
  private callsServer(packet: PacketHandle): boolean {
    const { packets, server, services } = this.parts
    if (services === undefined || !server.addresses.includes(packets.destination[packet]!)) return false
    if (!services.isNodePort(packet)) return false
    this.callerOfServer = packets.source[packet]!
    this.callerPort = packets.sourcePort[packet]!
    return true
  }

  private isOfCaller(packet: PacketHandle): boolean {
    const { source, sourcePort } = this.parts.packets
    return source[packet] === this.callerOfServer && sourcePort[packet] === this.callerPort
  }

  /** By where a new connection goes: false where the server has no address to stand for its source. */
  private standIn(packet: PacketHandle, isLeaving: boolean, zone: number, isProbe: boolean): boolean {
    const { packets, server, services } = this.parts
    const destination = packets.destination[packet]!
    // an endpoint that calls itself, or one elsewhere that is to answer by way of this server
    const isNeeded = isLeaving
      ? destination === packets.source[packet]
      : !services!.keepsClient && !server.addresses.includes(destination)
    return !isNeeded || this.masquerade.apply(packet, zone, isProbe)
  }

  /** A packet that opens a connection. */
  private open(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { services } = this.parts
    if (isLeaving && this.callsServer(packet)) return this.commit(packet, true)
    const chosen = this.translate(packet, workload, isLeaving, false)
    if (chosen < NOT_A_SERVICE) return this.withoutEndpoint(chosen)
    const decision = this.judgeLed(packet, isLeaving, chosen)
    const isAnswerable = chosen < 0 || this.standIn(packet, isLeaving, workload, false)
    const verdict =
      decision !== POLICY_ACCEPT
        ? this.denied[decision]!
        : isAnswerable
          ? this.commit(packet, isLeaving)
          : this.noServerAddress
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
  private probe(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { mode } = this.parts
    if (mode.packets === ANSWERING) {
      const { turn } = mode
      if (turn === undefined) return PASS
      const isHere = turn.isLeaving === true ? isLeaving : !isLeaving && workload === this.parts.server.node
      if (isHere) this.turn(packet, turn)
      return PASS
    }
    if (isLeaving && this.callsServer(packet)) return PASS
    const chosen = this.translate(packet, workload, isLeaving, true)
    if (chosen < NOT_A_SERVICE) return this.withoutEndpoint(chosen)
    const verdict = this.denied[this.judgeLed(packet, isLeaving, chosen)]!
    if (verdict !== PASS || chosen < 0) return verdict
    return this.standIn(packet, isLeaving, workload, true) ? PASS : this.noServerAddress
  }

  private turn(packet: PacketHandle, { source, sourcePort, destination, destinationPort }: Turn): void {
    const { packets } = this.parts
    rewriteSource(packets, packet, source, sourcePort)
    rewriteDestination(packets, packet, destination, destinationPort)
  }

  private withoutEndpoint(chosen: number): Decision {
    return chosen === NO_ENDPOINT ? this.noEndpoint : this.noLocalEndpoint
  }

  /**
   * At a node port, before the server stands for the client: where workloads of this server are let out to, and whom endpoints of
   * this server let in.
   */
  private judgeLed(packet: PacketHandle, isLeaving: boolean, chosen: number): PolicyDecision {
    if (isLeaving || chosen < 0) return this.judge(packet, isLeaving)
    const { packets, server } = this.parts
    const isOwn = this.isOfCaller(packet)
    this.callerOfServer = NOBODY
    const decision = isOwn ? this.judge(packet, true) : POLICY_ACCEPT
    if (decision !== POLICY_ACCEPT || server.workloadAt(packets.destination[packet]!) < 0) return decision
    return this.judge(packet, false)
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
  private commit(packet: PacketHandle, isLeaving: boolean): Decision {
    const { conntrack, packets } = this.parts
    const { header } = this
    this.masquerade.keepApart(packet, header.zone)
    const row = conntrack.commitTranslated(
      header,
      packets.destination[packet]!,
      packets.source[packet]!,
      packets.destinationPort[packet]!,
      packets.sourcePort[packet]!,
    )
    if (row === CONNTRACK_FULL) return this.full
    if (row === CONNTRACK_CLASH) return this.clash
    if (isLeaving) this.opened = row
    return PASS
  }
}
