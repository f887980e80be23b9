import type { Decision } from '../model/decision.ts'
import { isIcmp, readIcmpError } from '../model/icmp-error.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import * as policyEngine from '../policy/policy-engine.ts'
import type { PolicyDecision } from '../policy/policy-engine.ts'
import type { Judging } from './judging.ts'
import type { Masquerade, ServerAddresses } from './masquerade.ts'
import * as serviceTranslation from './service-translation.ts'
import type { ServiceTranslation } from './service-translation.ts'

// local copies: V8 folds a module's own constants into code, but reads imported ones from a cell at every use
const { NO_ENDPOINT, NOT_A_SERVICE } = serviceTranslation
const { POLICY_ACCEPT } = policyEngine

/** No address. */
const NOBODY = -1

export interface LeadingParts {
  readonly packets: PacketTable
  readonly server: ServerAddresses
  /** Absent where there are no services. */
  readonly services?: ServiceTranslation
}

/** Where packets that open connections are led: services' endpoints, node ports of the server, and the server in a client's place. */
export class Leading {
  private readonly packets: PacketTable
  private readonly server: ServerAddresses
  private readonly services: ServiceTranslation | undefined
  private readonly judging: Judging
  private readonly masquerade: Masquerade
  /** The address and port of a workload whose packet has just left for a node port of its own server. */
  private caller = NOBODY
  private callerPort = 0

  constructor({ packets, server, services }: LeadingParts, judging: Judging, masquerade: Masquerade) {
    this.packets = packets
    this.server = server
    this.services = services
    this.judging = judging
    this.masquerade = masquerade
  }

  /** Gives a new connection an endpoint, where it calls a service: as `ServiceTranslation.translate` says. */
  translate(packet: PacketHandle, workload: number, isLeaving: boolean, isProbe: boolean): number {
    const { services, server } = this
    if (services === undefined || (!isLeaving && workload !== server.node)) return NOT_A_SERVICE
    return server.addresses.includes(this.packets.destination[packet]!)
      ? services.translateNodePort(packet, isLeaving || this.isOfCaller(packet), isProbe)
      : services.translate(packet, isProbe)
  }

  /** Of what `translate` answers below `NOT_A_SERVICE`. */
  withoutEndpoint(chosen: number): Decision {
    return chosen === NO_ENDPOINT ? this.judging.noEndpoint : this.judging.noLocalEndpoint
  }

  /**
   * Whether a packet that leaves is led on by its own server, which stands for it: to a node port, or an external address. Notes
   * whose it is if so: it is judged there, by where the server leads it.
   */
  callsServer(packet: PacketHandle): boolean {
    const { packets, server, services } = this
    if (services === undefined || this.isFromServer(packet)) return false
    const isCall = server.addresses.includes(packets.destination[packet]!)
      ? services.keepsNodePortClients(packet) === false
      : this.goesByServer(packet)
    if (!isCall) return false
    this.caller = packets.source[packet]!
    this.callerPort = packets.sourcePort[packet]!
    return true
  }

  /** Whether a packet that leaves is not addressed to the server, and yet led on by it. */
  goesByServer(packet: PacketHandle): boolean {
    const { services, packets } = this
    if (services === undefined || !services.hasMasked || this.isFromServer(packet)) return false
    const { destination, protocol, destinationPort } = packets
    if (!isIcmp(protocol[packet]!))
      return services.isMasked(destination[packet]!, protocol[packet]!, destinationPort[packet]!)
    // about a packet that came from there
    const about = readIcmpError(packets, packet)
    return services.isMasked(about.source, about.protocol, about.sourcePort)
  }

  /**
   * At a node port, before the server stands for the client: where workloads of this server are let out to, and whom endpoints of
   * this server let in.
   */
  judgeLed(packet: PacketHandle, isLeaving: boolean, chosen: number): PolicyDecision {
    const { judging } = this
    if (isLeaving || chosen < 0) return judging.judge(packet, isLeaving)
    const isOwn = this.isOfCaller(packet)
    this.caller = NOBODY
    const decision = isOwn ? judging.judge(packet, true) : POLICY_ACCEPT
    const isForUs = this.server.workloadAt(this.packets.destination[packet]!) >= 0
    return decision === POLICY_ACCEPT && isForUs ? judging.judge(packet, false) : decision
  }

  /** By where a new connection goes: false where the server has no address to stand for its source. */
  standIn(packet: PacketHandle, isLeaving: boolean, zone: number, isProbe: boolean): boolean {
    const { packets, server, services } = this
    const destination = packets.destination[packet]!
    // an endpoint that calls itself, be it by another of its addresses, or one elsewhere that is to answer by way of this server
    const isNeeded = isLeaving
      ? this.isOfOneEnd(packets.source[packet]!, destination)
      : services!.masksClient && !server.addresses.includes(destination)
    return !isNeeded || this.masquerade.apply(packet, zone, isProbe)
  }

  /** Nobody need stand for the server itself: it is led where it sends. */
  private isFromServer(packet: PacketHandle): boolean {
    return this.server.addresses.includes(this.packets.source[packet]!)
  }

  private isOfOneEnd(source: number, destination: number): boolean {
    if (source === destination) return true
    const workload = this.server.workloadAt(source)
    return workload >= 0 && workload === this.server.workloadAt(destination)
  }

  private isOfCaller(packet: PacketHandle): boolean {
    const { source, sourcePort } = this.packets
    return source[packet] === this.caller && sourcePort[packet] === this.callerPort
  }
}
