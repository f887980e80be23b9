import { ConntrackPacket } from '../conntrack/conntrack-packet.ts'
import * as conntrackTable from '../conntrack/conntrack.ts'
import type { Conntrack } from '../conntrack/conntrack.ts'
import * as conntrackVerdict from '../conntrack/verdict.ts'
import { ANSWERING, HOLDING, type InterfacesMode, OPENING } from '../interfaces/mode.ts'
import { rewriteDestination, rewriteError, rewriteKnown, rewriteSource } from '../interfaces/rewrite.ts'
import { NOT_A_SERVICE, type ServiceTranslation } from '../interfaces/service-translation.ts'
import type { AddressTable } from '../model/address-table.ts'
import { type Decision, dropDecision, PORT_UNREACHABLE, refuseDecision } from '../model/decision.ts'
import { isIcmp } from '../model/icmp-error.ts'
import { PASS } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import { NAT_OUTCOMES } from '../nat/nat-outcome.ts'
import { MappingHolds } from './mapping-holds.ts'
import type { PoolNat } from './pool-nat.ts'
import { TranslatorProbes } from './translator-probes.ts'

const { CONNTRACK_CLASH, CONNTRACK_FULL } = conntrackTable
const { INVALID, RELATED } = conntrackVerdict
const { TRANSLATED } = NAT_OUTCOMES
const NO_ROW = -1

/** What translates in one place. */
export interface TranslatorParts {
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly conntrack: Conntrack
  /** Whether that table looks at sequence numbers and windows. */
  readonly tracksWindows: boolean
  readonly mode: InterfacesMode
  /** By IP version; absent: nothing stands for private addresses of that version. */
  readonly ipv4?: PoolNat
  readonly ipv6?: PoolNat
  /** Public services; absent where there are none. */
  readonly services?: ServiceTranslation
  /** What stands for clients of the region itself that call its services, by IP version; absent: the pools above. */
  readonly inside?: { readonly ipv4?: PoolNat; readonly ipv6?: PoolNat }
}

/**
 * Translates between private and public addresses in one place: connections first, whose packets are rewritten as their entry
 * says; of what opens one, the source by NAT, or a service's address to one of its endpoints.
 */
export class Translator {
  readonly conntrack: Conntrack
  private readonly parts: TranslatorParts
  private readonly header = new ConntrackPacket()
  private readonly holds: MappingHolds
  private readonly probes: TranslatorProbes
  private readonly refused: readonly Decision[]
  private readonly invalid: Decision
  private readonly full: Decision
  private readonly clash: Decision
  private readonly noEndpoint: Decision
  private readonly sourceNotPublic: Decision
  private readonly destinationNotPublic: Decision

  constructor(parts: TranslatorParts) {
    const { ledger, conntrack, services } = parts
    this.parts = parts
    this.conntrack = conntrack
    this.holds = new MappingHolds(conntrack)
    this.refused = natDrops(ledger)
    this.invalid = dropDecision(ledger.reason('conntrack-invalid'))
    this.full = dropDecision(ledger.reason('conntrack-full'))
    this.clash = dropDecision(ledger.reason('conntrack-clash'))
    this.noEndpoint = refuseDecision(ledger.reason('service-no-endpoint'), PORT_UNREACHABLE)
    this.sourceNotPublic = dropDecision(ledger.reason('source-not-public'))
    this.destinationNotPublic = dropDecision(ledger.reason('destination-not-public'))
    const { refused, sourceNotPublic, destinationNotPublic } = this
    this.probes = new TranslatorProbes({ ...parts, refused, sourceNotPublic, destinationNotPublic })
    conntrack.entries.onForget = (row) => {
      this.holds.ended(row)
      services?.ended(row)
    }
  }

  /**
   * A packet from a private address to a public one elsewhere: gets a public source. `isTurned`: it will come back, to an external
   * endpoint of another place of the region.
   */
  outbound(packet: PacketHandle, isTurned = false): Decision {
    const begun = this.begin(packet)
    if (begun !== OPENS) return begun
    const pool = this.poolFor(packet)
    if (isTurned && pool?.nat.options.hairpinning === false) return this.refused[NAT_OUTCOMES.NO_HAIRPIN]!
    return this.parts.mode.packets === OPENING
      ? this.probes.outbound(packet, pool)
      : this.openOutbound(packet, pool)
  }

  /** A packet from elsewhere to a public address of this place: gets a private destination. */
  inbound(packet: PacketHandle): Decision {
    const { mode, packets, services } = this.parts
    const begun = this.begin(packet)
    if (begun !== OPENS) return begun
    const isProbe = mode.packets === OPENING
    const chosen = services?.translate(packet, isProbe) ?? NOT_A_SERVICE
    if (chosen < NOT_A_SERVICE) return this.noEndpoint
    if (chosen !== NOT_A_SERVICE) return isProbe ? PASS : this.openService(packet)
    return isProbe ? this.probes.inbound(packet, this.poolFor(packet)) : this.openInbound(packet, packets)
  }

  /** A packet from inside to a public address of this place: both ends change. */
  turn(packet: PacketHandle): Decision {
    const { mode, packets, services } = this.parts
    const begun = this.begin(packet)
    if (begun !== OPENS) return begun
    const isProbe = mode.packets === OPENING
    const chosen = services?.translate(packet, isProbe) ?? NOT_A_SERVICE
    if (chosen < NOT_A_SERVICE) return this.noEndpoint
    if (chosen === NOT_A_SERVICE)
      return isProbe ? this.probes.hairpin(packet, this.poolFor(packet)) : this.openHairpin(packet, packets)
    // answers must come back this way: the client gets a public source too
    const pool = this.poolFor(packet, true)
    if (isProbe) return this.probes.outbound(packet, pool)
    const verdict = this.openOutbound(packet, pool)
    if (verdict === PASS) services!.entered(this.conntrack.row)
    else services!.abandoned()
    return verdict
  }

  /** OPENS where a packet, or what stands for one, opens a connection; else what becomes of it. */
  private begin(packet: PacketHandle): Decision {
    const { packets } = this.parts.mode
    if (packets === ANSWERING) return PASS
    return packets === OPENING ? OPENS : this.follow(packet)
  }

  /** Finds the connection that a packet is of, and rewrites it as that says; OPENS where it opens one. */
  private follow(packet: PacketHandle): Decision {
    const { packets, conntrack, mode } = this.parts
    this.read(packet)
    if (mode.packets === HOLDING) {
      conntrack.find(this.header)
      const { row } = conntrack
      if (row !== NO_ROW && conntrack.pins.isPinned(row)) {
        rewriteKnown(packets, packet, conntrack, row)
        mode.holds.add(conntrack.pins, row)
        return PASS
      }
    }
    const state = conntrack.inspect(this.header)
    if (state === INVALID) return this.invalid
    const { matched } = conntrack
    if (matched !== NO_ROW && state === RELATED) rewriteError(packets, packet, conntrack, matched)
    else if (matched !== NO_ROW) rewriteKnown(packets, packet, conntrack, matched)
    if (mode.packets === HOLDING && conntrack.row !== NO_ROW) mode.holds.add(conntrack.pins, conntrack.row)
    return conntrack.opens ? OPENS : PASS
  }

  private read(packet: PacketHandle): void {
    const { packets, tracksWindows } = this.parts
    if (isIcmp(packets.protocol[packet]!)) {
      this.header.readError(packets, packet)
      return
    }
    this.header.read(packets, packet)
    if (tracksWindows) this.header.readWindow(packets, packet)
  }

  private openOutbound(packet: PacketHandle, pool: PoolNat | undefined): Decision {
    const { packets } = this.parts
    const source = packets.source[packet]!
    if (pool === undefined) return this.sourceNotPublic
    const { nat } = pool
    // a service's endpoint may be the remote end already
    const remote = packets.destination[packet]!
    const remotePort = packets.destinationPort[packet]!
    const sourcePort = packets.sourcePort[packet]!
    const outcome = nat.outbound(packets.protocol[packet]!, source, sourcePort, remote, remotePort)
    if (outcome !== TRANSLATED) return this.refused[outcome]!
    const { mapping } = nat
    rewriteSource(packets, packet, nat.address, nat.port)
    const verdict = this.commit(packet)
    if (verdict === PASS) this.holds.hold(this.conntrack.row, { nat, mapping, remote, remotePort })
    else nat.discard(mapping)
    return verdict
  }

  private openInbound(packet: PacketHandle, packets: PacketTable): Decision {
    const nat = this.poolFor(packet)?.nat
    const destination = packets.destination[packet]!
    if (nat === undefined || !nat.isExternal(destination)) return this.destinationNotPublic
    const remote = packets.source[packet]!
    const remotePort = packets.sourcePort[packet]!
    const port = packets.destinationPort[packet]!
    const outcome = nat.inbound(packets.protocol[packet]!, destination, port, remote, remotePort)
    if (outcome !== TRANSLATED) return this.refused[outcome]!
    const { mapping } = nat
    rewriteDestination(packets, packet, nat.address, nat.port)
    const verdict = this.commit(packet)
    if (verdict === PASS) this.holds.hold(this.conntrack.row, { nat, mapping, remote, remotePort })
    return verdict
  }

  private openHairpin(packet: PacketHandle, packets: PacketTable): Decision {
    const nat = this.poolFor(packet)?.nat
    const target = packets.destination[packet]!
    if (nat === undefined || !nat.isExternal(target)) return this.destinationNotPublic
    const targetPort = packets.destinationPort[packet]!
    const [source, port] = [packets.source[packet]!, packets.sourcePort[packet]!]
    const outcome = nat.hairpin(packets.protocol[packet]!, source, port, target, targetPort)
    if (outcome !== TRANSLATED) return this.refused[outcome]!
    const { mapping, address, targetMapping } = nat
    const own = { nat, mapping, remote: target, remotePort: targetPort }
    const other = { nat, mapping: targetMapping, remote: address, remotePort: nat.port }
    rewriteDestination(packets, packet, nat.targetAddress, nat.targetPort)
    rewriteSource(packets, packet, address, nat.port)
    const verdict = this.commit(packet)
    if (verdict === PASS) this.holds.hold(this.conntrack.row, own, other)
    else nat.discard(mapping)
    return verdict
  }

  private openService(packet: PacketHandle): Decision {
    const services = this.parts.services!
    const verdict = this.commit(packet)
    if (verdict === PASS) services.entered(this.conntrack.row)
    else services.abandoned()
    return verdict
  }

  /** Enters the connection that a packet opens, by its header as it came and as it goes on. */
  private commit(packet: PacketHandle): Decision {
    const { packets, conntrack, mode } = this.parts
    const row = conntrack.commitTranslated(
      this.header,
      packets.destination[packet]!,
      packets.source[packet]!,
      packets.destinationPort[packet]!,
      packets.sourcePort[packet]!,
    )
    if (row === CONNTRACK_FULL) return this.full
    if (row === CONNTRACK_CLASH) return this.clash
    if (mode.packets === HOLDING) mode.holds.add(conntrack.pins, row)
    return PASS
  }

  /** Whose addresses stand for the sender; of a client inside that calls a service, those of `inside` first. */
  private poolFor(packet: PacketHandle, isInside = false): PoolNat | undefined {
    const { packets, addresses, inside } = this.parts
    const family = addresses.isIpv6(packets.source[packet]!) ? 'ipv6' : 'ipv4'
    return (isInside ? inside?.[family] : undefined) ?? this.parts[family]
  }
}

/** In place of a verdict: the packet opens a connection. */
const OPENS: Decision = PASS + 1

/** Drops by outcome of NAT. */
function natDrops(ledger: Ledger): Decision[] {
  const drops: Decision[] = []
  drops[NAT_OUTCOMES.PORTS_EXHAUSTED] = dropDecision(ledger.reason('nat-ports-exhausted'))
  drops[NAT_OUTCOMES.HOST_LIMIT] = dropDecision(ledger.reason('nat-limit'))
  drops[NAT_OUTCOMES.TABLE_FULL] = dropDecision(ledger.reason('nat-table-full'))
  drops[NAT_OUTCOMES.NO_MAPPING] = dropDecision(ledger.reason('nat-no-mapping'))
  drops[NAT_OUTCOMES.FILTERED] = dropDecision(ledger.reason('nat-filtered'))
  drops[NAT_OUTCOMES.NO_HAIRPIN] = dropDecision(ledger.reason('nat-no-hairpin'))
  return drops
}
