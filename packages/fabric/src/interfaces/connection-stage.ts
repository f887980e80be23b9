import * as conntrackTable from '../conntrack/conntrack.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import * as conntrackVerdict from '../conntrack/verdict.ts'
import { type Decision, refusalOf, UNTOLD } from '../model/decision.ts'
import * as interfaceStage from '../model/interface-stage.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as policyEngine from '../policy/policy-engine.ts'
import * as expiryLists from '../state-table/expiry-lists.ts'
import { Judging, type JudgingParts } from './judging.ts'
import { KnownPackets, type KnownPacketsParts } from './known-packets.ts'
import { Leading } from './leading.ts'
import { Masquerade } from './masquerade.ts'
import { ANSWERING, HOLDING, type InterfacesMode, LIVE, OPENING } from './mode.ts'
import { OtherZones } from './other-zones.ts'
import { Probing } from './probing.ts'
import { rewriteDestination, rewriteKnown, rewriteSource } from './rewrite.ts'
import * as serviceTranslation from './service-translation.ts'
import type { ServiceTranslation } from './service-translation.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { CONNTRACK_CLASH, CONNTRACK_FULL } = conntrackTable
const { INVALID, NEW, ORIGINAL, REPLY } = conntrackVerdict
const { PASS, REROUTE } = interfaceStage
const { NO_ROW } = expiryLists
const { POLICY_ACCEPT } = policyEngine
const { NOT_A_SERVICE } = serviceTranslation

/** No workload. */
const NOBODY = -1

/** What acts at the interfaces behind one vswitch: its connection table has a zone for each. */
export interface ConnectionStageParts extends JudgingParts, KnownPacketsParts {
  readonly mode: InterfacesMode
}

/**
 * What acts at each workload's interface, in Linux's order: what belongs to a known connection is rewritten as that is, and
 * passes. A packet that opens one and goes to a service is given an endpoint for its destination; then policies decide, by
 * where it really goes. As in Linux they also decide on packets of a connection that nothing has answered yet.
 */
export class ConnectionStage implements InterfaceStage {
  private readonly packets: PacketTable
  private readonly conntrack: Conntrack
  private readonly mode: InterfacesMode
  private readonly services: ServiceTranslation | undefined
  /** The server's own index as a node. */
  private readonly server: number
  /** Whether the server leads on what is not addressed to it. */
  private readonly leadsOn: boolean
  private readonly known: KnownPackets
  private readonly judging: Judging
  private readonly leading: Leading
  private readonly probing: Probing
  private readonly masquerade: Masquerade
  private readonly otherZones: OtherZones
  /** What the last packet that left a workload entered. */
  private opened = NO_ROW

  constructor(parts: ConnectionStageParts) {
    const { packets, conntrack, mode, services, server } = parts
    this.packets = packets
    this.conntrack = conntrack
    this.mode = mode
    this.services = services
    this.server = server.node
    this.leadsOn = services?.hasMasked === true
    this.known = new KnownPackets(parts)
    this.judging = new Judging(parts)
    this.masquerade = new Masquerade(parts)
    this.otherZones = new OtherZones(parts)
    this.leading = new Leading(parts, this.judging, this.masquerade)
    this.probing = new Probing(parts, this.judging, this.leading)
    if (services !== undefined) conntrack.entries.onForget = (row) => services.ended(row)
  }

  leave(packet: PacketHandle, workload: number): Decision {
    this.opened = NO_ROW
    const verdict = this.pass(packet, workload, true)
    if (!this.leadsOn || verdict !== PASS || !this.leading.goesByServer(packet)) return verdict
    const led = this.pass(packet, this.server, false)
    if (led === PASS) return REROUTE
    this.lose(packet)
    return led
  }

  /** Linux enters a connection when its first packet leaves the machine. */
  lose(packet: PacketHandle): void {
    const { packets, conntrack, mode } = this
    const row = this.opened
    if (row === NO_ROW || (mode.packets !== LIVE && mode.packets !== HOLDING)) return
    mode.holds.remove(conntrack.pins, row)
    const destination = conntrack.destinationOf(row, ORIGINAL)
    rewriteDestination(packets, packet, destination, conntrack.destinationPortOf(row, ORIGINAL))
    rewriteSource(packets, packet, conntrack.sourceOf(row, ORIGINAL), conntrack.sourcePortOf(row, ORIGINAL))
    conntrack.remove(row)
  }

  enter(packet: PacketHandle, workload: number): Decision {
    if (workload !== this.server) return this.pass(packet, workload, false)
    const { destination } = this.packets
    const before = destination[packet]!
    const verdict = this.pass(packet, workload, false)
    return verdict === PASS && destination[packet] !== before ? REROUTE : verdict
  }

  tell(answer: PacketHandle, workload: number): void {
    const { mode } = this
    if (mode.packets === OPENING || mode.packets === ANSWERING) return
    this.known.rewriteByServer(answer)
    if (workload !== NOBODY) this.known.rewriteAnswer(answer, workload)
  }

  private pass(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { mode } = this
    if (mode.packets === LIVE) return this.follow(packet, workload, isLeaving)
    return mode.packets === HOLDING
      ? this.hold(packet, workload, isLeaving)
      : this.probing.probe(packet, workload, isLeaving)
  }

  /** A packet that connections remember. */
  private follow(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { conntrack, known, judging } = this
    known.read(packet, workload)
    const state = conntrack.inspect(known.header)
    if (state === INVALID) {
      this.otherZones.show(known.header, isLeaving)
      return judging.invalid
    }
    if (conntrack.hasBlocked && conntrack.row !== NO_ROW && conntrack.isBlocked(conntrack.row))
      return judging.blocked(isLeaving)
    known.rewrite(packet, state)
    if (state !== NEW) {
      if (isLeaving && conntrack.direction === REPLY) known.rewriteByServer(packet)
      return PASS
    }
    const verdict = conntrack.opens
      ? this.open(packet, workload, isLeaving)
      : this.isJudgedElsewhere(packet, workload, isLeaving)
        ? PASS
        : judging.decisionOf(judging.judge(packet, isLeaving))
    if (verdict !== PASS && refusalOf(verdict) !== UNTOLD) known.restore(packet)
    return verdict
  }

  /** Of a known connection: what its server leads on is judged where it opens, by where it then goes. */
  private isJudgedElsewhere(packet: PacketHandle, workload: number, isLeaving: boolean): boolean {
    return isLeaving ? this.leading.callsServer(packet) : workload === this.server
  }

  /** A packet that opens a connection. */
  private open(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { leading, judging } = this
    if (isLeaving && leading.callsServer(packet)) return this.commit(packet, true)
    const chosen = leading.translate(packet, workload, isLeaving, false)
    if (chosen < NOT_A_SERVICE) return leading.withoutEndpoint(chosen)
    const decision = leading.judgeLed(packet, isLeaving, chosen)
    const isAnswerable = chosen < 0 || leading.standIn(packet, isLeaving, workload, false)
    const verdict =
      decision !== POLICY_ACCEPT
        ? judging.decisionOf(decision)
        : isAnswerable
          ? this.commit(packet, isLeaving)
          : judging.noServerAddress
    if (chosen >= 0) {
      const { services, conntrack } = this
      if (verdict === PASS) services!.entered(conntrack.row)
      else services!.abandoned()
    }
    return verdict
  }

  /** Enters the connection that a packet opens, by its header as it came in and where it goes now. */
  private commit(packet: PacketHandle, isLeaving: boolean): Decision {
    const { conntrack, packets } = this
    const { header } = this.known
    this.masquerade.keepApart(packet, header.zone)
    const row = conntrack.commitTranslated(
      header,
      packets.destination[packet]!,
      packets.source[packet]!,
      packets.destinationPort[packet]!,
      packets.sourcePort[packet]!,
    )
    if (row === CONNTRACK_FULL) return this.judging.full
    if (row === CONNTRACK_CLASH) return this.judging.clash
    if (isLeaving) this.opened = row
    return PASS
  }

  /** What stands for a flow: as its first packet, unless the flow has its entry already. */
  private hold(packet: PacketHandle, workload: number, isLeaving: boolean): Decision {
    const { packets, conntrack, mode } = this
    const { header } = this.known
    header.read(packets, packet)
    header.zone = workload
    conntrack.find(header)
    const isKnown = conntrack.row !== NO_ROW && conntrack.pins.isPinned(conntrack.row)
    if (isKnown && conntrack.isBlocked(conntrack.row)) return this.judging.blocked(isLeaving)
    if (isKnown) rewriteKnown(packets, packet, conntrack, conntrack.row)
    const verdict = isKnown ? PASS : this.follow(packet, workload, isLeaving)
    if (verdict === PASS && conntrack.row !== NO_ROW) mode.holds.add(conntrack.pins, conntrack.row)
    return verdict
  }
}
