import { InvariantError, type RandomStream } from '@weft/core'
import { Attachments, NO_ADDRESS, refuseAttachment } from './attachments.ts'
import { FirstMappings } from './first-mappings.ts'
import type { InsideHost } from './inside-hosts.ts'
import { LiveMappings } from './live-mappings.ts'
import type { Mappings } from './mappings.ts'
import type { NatCounts } from './nat-counts.ts'
import { type NatOptions, type ResolvedNatOptions, resolveNatOptions } from './nat-options.ts'
import {
  FILTERED,
  NO_HAIRPIN,
  NO_MAPPING,
  type NatOutcome,
  PORTS_EXHAUSTED,
  Refusals,
  TABLE_FULL,
  TRANSLATED,
} from './nat-outcome.ts'
import { hasRemotePort, portKindOf } from './port-kinds.ts'
import { NO_ROW } from './row-index.ts'

/**
 * Which external address and port stand for an inside endpoint, and who outside may use them: RFC 4787, RFC 5382, RFC 5508 and
 * RFC 6888, and what Linux does. An engine: it knows no network and no connections, only endpoints as integers. Addresses are
 * interned; of ICMP queries the inside port is the identifier.
 *
 * `outbound` and `inbound` answer a `NatOutcome`; where that is TRANSLATED, the fields `address` and `port` tell what stands for
 * the near end of the packet, and `mapping` which mapping says so.
 */
export class Nat {
  /** Of `outbound`: the external address and port. Of `inbound`: the inside ones. */
  address = NO_ADDRESS
  port = 0
  /** The mapping used last; NO_ROW where the address is attached and needs none. */
  mapping = NO_ROW
  /** Of `hairpin`: the inside endpoint that the packet goes to, and its mapping; the fields above are its new source. */
  targetAddress = NO_ADDRESS
  targetPort = 0
  targetMapping = NO_ROW
  readonly options: ResolvedNatOptions
  /** The first mappings that sessions held. */
  readonly first = new FirstMappings()
  private readonly clock: { readonly now: number }
  private readonly live: LiveMappings
  private readonly table: Mappings
  private readonly attachments = new Attachments()
  private readonly refusals = new Refusals()

  /** Throws ConfigError for options that make no sense. Only preserved and random ports and random blocks draw. */
  constructor(clock: { readonly now: number }, random: RandomStream, options: NatOptions) {
    this.options = resolveNatOptions(options)
    this.clock = clock
    this.live = new LiveMappings(clock.now, random, this.options)
    this.table = this.live.table
  }

  /**
   * A packet from inside: finds its mapping or makes one. The remote port is 0 where the protocol has none. `tcpFlags` as in the
   * header; read where mappings live by their own timers.
   */
  outbound(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
    tcpFlags = 0,
  ): NatOutcome {
    const attached = this.attachments.external(inside)
    if (attached !== NO_ADDRESS) return this.answer(NO_ROW, attached, insidePort)
    this.live.advance(this.clock.now)
    const kind = portKindOf(protocol)
    let row = this.live.find(protocol, inside, insidePort, remote, remotePort)
    if (row === NO_ROW) {
      const refusal = this.live.refusalOf(kind, inside)
      if (refusal !== TRANSLATED)
        return this.refuse(refusal, protocol, inside, insidePort, remote, remotePort)
      row = this.live.make(protocol, inside, insidePort, remote, remotePort)
      if (row === NO_ROW)
        return this.refuse(PORTS_EXHAUSTED, protocol, inside, insidePort, remote, remotePort)
    }
    if (this.live.timers !== undefined) {
      this.live.timers.follow(row, kind, false, tcpFlags, true)
      if (!this.live.filter.letIn(row, remote, remotePort, this.live.timers.timeoutOf(row)))
        return this.refuse(TABLE_FULL, protocol, inside, insidePort, remote, remotePort)
    }
    return this.answer(row, this.live.use.addressOf(row), this.live.use.portOf(row))
  }

  /** A packet from outside to an external endpoint: whom it is for, if the mapping's filter lets it in. */
  inbound(
    protocol: number,
    external: number,
    externalPort: number,
    remote: number,
    remotePort: number,
    tcpFlags = 0,
  ): NatOutcome {
    const outcome = this.askInbound(protocol, external, externalPort, remote, remotePort)
    if (outcome !== TRANSLATED)
      return this.refuse(outcome, protocol, external, externalPort, remote, remotePort)
    if (this.mapping !== NO_ROW)
      this.live.timers?.follow(
        this.mapping,
        portKindOf(protocol),
        true,
        tcpFlags,
        this.options.refreshesInbound,
      )
    return outcome
  }

  /** What `inbound` would answer, for one who only asks: counts no refusal and keeps nothing alive. */
  askInbound(
    protocol: number,
    external: number,
    externalPort: number,
    remote: number,
    remotePort: number,
  ): NatOutcome {
    const attached = this.attachments.inside(external)
    if (attached !== NO_ADDRESS) return this.answer(NO_ROW, attached, externalPort)
    const row = this.mappingAt(protocol, external, externalPort, remote, remotePort)
    if (row === NO_ROW) return NO_MAPPING
    if (!this.live.filter.isLetIn(row, remote, remotePort)) return FILTERED
    return this.answer(row, this.table.insideAddress[row]!, this.table.insidePortOf(row))
  }

  /**
   * A packet from inside to an external endpoint of this NAT (RFC 4787 REQ-9): its new source is in `address`, `port` and
   * `mapping`, whom it goes to in `targetAddress`, `targetPort` and `targetMapping`. Attached addresses are reached even
   * without the option. Nobody has the external endpoint that this very packet would be given.
   */
  hairpin(
    protocol: number,
    inside: number,
    insidePort: number,
    target: number,
    targetPort: number,
    tcpFlags = 0,
  ): NatOutcome {
    const isAttached = this.attachments.inside(target) !== NO_ADDRESS
    if (!isAttached && !this.options.hairpinning)
      return this.refuse(NO_HAIRPIN, protocol, inside, insidePort, target, targetPort)
    const isNew = this.mappingOf(protocol, inside, insidePort, target, targetPort) === NO_ROW
    const outcome = this.outbound(protocol, inside, insidePort, target, targetPort, tcpFlags)
    if (outcome !== TRANSLATED) return outcome
    const { address, port, mapping } = this
    const isOwn = isNew && mapping !== NO_ROW && address === target && port === targetPort
    const arrival = isOwn
      ? this.refuse(NO_MAPPING, protocol, target, targetPort, address, port)
      : this.inbound(protocol, target, targetPort, address, port, tcpFlags)
    if (arrival !== TRANSLATED) {
      if (this.live.timers === undefined) this.discard(mapping)
      return arrival
    }
    this.targetAddress = this.address
    this.targetPort = this.port
    this.targetMapping = this.mapping
    return this.answer(mapping, address, port)
  }

  /** The mapping that a packet from inside would use; NO_ROW where it would make one. Changes nothing. */
  mappingOf(
    protocol: number,
    inside: number,
    insidePort: number,
    remote: number,
    remotePort: number,
  ): number {
    this.live.advance(this.clock.now)
    return this.live.find(protocol, inside, insidePort, remote, remotePort)
  }

  /**
   * The mapping that has an external endpoint, whether or not its filter lets this remote end in: whose an ICMP error is that
   * quotes a packet from there (RFC 5508 REQ-4). NO_ROW where nobody has. Changes nothing.
   */
  mappingAt(
    protocol: number,
    external: number,
    externalPort: number,
    remote: number,
    remotePort: number,
  ): number {
    this.live.advance(this.clock.now)
    const place = this.live.use.placeOf(external)
    if (place < 0) return NO_ROW
    const remotePortSeen = hasRemotePort(portKindOf(protocol)) ? remotePort : 0
    return this.table.findExternal(protocol, (place << 16) | externalPort, remote, remotePortSeen)
  }

  /** One more session on a mapping; false, and nothing has changed, where remote ends have no room. */
  retain(mapping: number, remote: number, remotePort: number): boolean {
    if (mapping === NO_ROW) return true
    this.requireSessions(mapping)
    if (!this.live.filter.retain(mapping, remote, remotePort)) return false
    if (this.table.holders[mapping]!++ === 0)
      this.first.note(this, mapping, remote, remotePort, this.clock.now)
    return true
  }

  /**
   * One session less; without any the mapping goes. `atPs` is when the session ended, where that was seen late: let whoever keeps
   * sessions forget those that are over before asking this NAT for anything.
   */
  release(mapping: number, remote: number, remotePort: number, atPs = this.clock.now): void {
    if (mapping === NO_ROW) return
    this.requireSessions(mapping)
    this.live.advance(Math.max(atPs, this.live.instant.now))
    this.live.filter.release(mapping, remote, remotePort)
    const { holders } = this.table
    if (holders[mapping] === 0)
      throw new InvariantError(`mapping ${mapping} is released, but nobody holds it`)
    if (--holders[mapping]! === 0) this.live.end(mapping, this.live.instant.now, false, true)
  }

  /** Takes back a mapping that was made for a packet which then was not let through; does nothing if a session holds it. */
  discard(mapping: number): void {
    if (mapping === NO_ROW) return
    this.requireSessions(mapping)
    if (this.table.holders[mapping] === 0) this.live.end(mapping, this.live.instant.now, false, false)
  }

  /** Gives an inside address an external one to itself. Throws ConfigError where that is in the pool, or either is attached. */
  attach(inside: number, external: number): void {
    if (this.live.use.placeOf(external) >= 0)
      refuseAttachment(`external address ${external} is in the pool; take one that is not`)
    this.attachments.attach(inside, external)
  }

  /** Whether the address was attached. */
  detach(inside: number): boolean {
    return this.attachments.detach(inside)
  }

  /** Where mappings are paired: the address of the pool that an inside one has, by its place in it. */
  homeOf(inside: number): number {
    return this.live.use.homeOf(inside)
  }

  /** Whether an address is one of this NAT's: packets from inside to it are for `hairpin`. */
  isExternal(address: number): boolean {
    return this.live.use.placeOf(address) >= 0 || this.attachments.inside(address) !== NO_ADDRESS
  }

  /** Of a mapping: what stands for what. */
  externalAddressOf(mapping: number): number {
    return this.live.use.addressOf(mapping)
  }

  externalPortOf(mapping: number): number {
    return this.live.use.portOf(mapping)
  }

  insideAddressOf(mapping: number): number {
    return this.table.insideAddress[mapping]!
  }

  insidePortOf(mapping: number): number {
    return this.table.insidePortOf(mapping)
  }

  protocolOf(mapping: number): number {
    return this.table.protocol[mapping]!
  }

  /** Calls with every mapping, in the order of their rows; they must not change meanwhile. */
  forEach(visit: (mapping: number) => void): void {
    this.live.advance(this.clock.now)
    this.table.forEach(visit)
  }

  /** The mappings of an inside address; undefined where none was asked for yet. */
  hostOf(inside: number): InsideHost | undefined {
    this.live.advance(this.clock.now)
    const host = this.live.hosts.find(inside)
    return host < 0 ? undefined : this.live.hosts.describe(host)
  }

  /** Every inside address that asked for a mapping, in order of their first packets. */
  insideHosts(): readonly InsideHost[] {
    this.live.advance(this.clock.now)
    return Array.from({ length: this.live.hosts.count }, (_, host) => this.live.hosts.describe(host))
  }

  /** Counts up to now. */
  counts(): NatCounts {
    this.live.advance(this.clock.now)
    return this.live.occupancy.counts(this.live.instant.now, this.live.use.heldPorts, this.refusals)
  }

  /** Ports of an external address and protocol: in range, held down, and free; where ports are overloaded, free for nobody in particular. */
  portsOf(
    external: number,
    protocol: number,
  ): { readonly range: number; readonly held: number; readonly free: number } {
    this.live.advance(this.clock.now)
    return this.live.use.portsOf(external, protocol)
  }

  private refuse(
    outcome: NatOutcome,
    protocol: number,
    address: number,
    port: number,
    remote: number,
    remotePort: number,
  ): NatOutcome {
    if (outcome <= TABLE_FULL) this.live.hosts.refused[this.live.hosts.of(address)]!++
    this.mapping = NO_ROW
    return this.refusals.count(outcome, this.clock.now, protocol, address, port, remote, remotePort)
  }

  private answer(mapping: number, address: number, port: number): NatOutcome {
    this.mapping = mapping
    this.address = address
    this.port = port
    return TRANSLATED
  }

  private requireSessions(mapping: number): void {
    if (this.live.timers !== undefined)
      throw new InvariantError('mappings live by idle timers; set lifetime to sessions to hold them')
    if (!this.table.isLive(mapping)) throw new InvariantError(`mapping ${mapping} is not in use`)
  }
}
