import type { Conntrack } from '../conntrack/conntrack.ts'
import type { InterfacesMode } from '../interfaces/mode.ts'
import { rewriteDestination, rewriteSource } from '../interfaces/rewrite.ts'
import type { Decision } from '../model/decision.ts'
import { PASS } from '../model/interface-stage.ts'
import type { PacketHandle, PacketTable } from '../model/packet-table.ts'
import { NAT_OUTCOMES } from '../nat/nat-outcome.ts'
import type { PoolNat } from './pool-nat.ts'

const { TRANSLATED } = NAT_OUTCOMES
const NO_ROW = -1

export interface TranslatorProbesParts {
  readonly packets: PacketTable
  readonly mode: InterfacesMode
  readonly conntrack: Conntrack
  /** Drops by outcome of NAT. */
  readonly refused: readonly Decision[]
  readonly sourceNotPublic: Decision
  readonly destinationNotPublic: Decision
}

/** What NAT makes of probes that open a connection: as mappings are now, of which none begins or lives longer. */
export class TranslatorProbes {
  readonly #parts: TranslatorProbesParts

  constructor(parts: TranslatorProbesParts) {
    this.#parts = parts
  }

  /** From inside: by the mapping that there is; else the one that would be made, if whoever asks wants it drawn. */
  outbound(packet: PacketHandle, pool: PoolNat | undefined): Decision {
    const { packets, mode, refused, sourceNotPublic } = this.#parts
    if (pool === undefined) return sourceNotPublic
    const { nat } = pool
    this.#forgetEnded()
    const protocol = packets.protocol[packet]!
    const [source, sourcePort] = [packets.source[packet]!, packets.sourcePort[packet]!]
    const [remote, remotePort] = [packets.destination[packet]!, packets.destinationPort[packet]!]
    if (mode.drawsPorts && sourcePort !== 0) {
      const outcome = nat.outbound(protocol, source, sourcePort, remote, remotePort)
      if (outcome !== TRANSLATED) return refused[outcome]!
      rewriteSource(packets, packet, nat.address, nat.port)
      return PASS
    }
    const known = nat.mappingOf(protocol, source, sourcePort, remote, remotePort)
    if (known === NO_ROW) rewriteSource(packets, packet, pool.address, sourcePort)
    else rewriteSource(packets, packet, nat.externalAddressOf(known), nat.externalPortOf(known))
    return PASS
  }

  /** From outside: to whom mappings that live now let it in. */
  inbound(packet: PacketHandle, pool: PoolNat | undefined): Decision {
    const { packets, refused, destinationNotPublic } = this.#parts
    const external = packets.destination[packet]!
    if (pool === undefined || !pool.nat.isExternal(external)) return destinationNotPublic
    const { nat } = pool
    this.#forgetEnded()
    const protocol = packets.protocol[packet]!
    const [remote, remotePort] = [packets.source[packet]!, packets.sourcePort[packet]!]
    const outcome = nat.askInbound(protocol, external, packets.destinationPort[packet]!, remote, remotePort)
    if (outcome !== TRANSLATED) return refused[outcome]!
    rewriteDestination(packets, packet, nat.address, nat.port)
    return PASS
  }

  /** From inside to an external endpoint. */
  hairpin(packet: PacketHandle, pool: PoolNat | undefined): Decision {
    const { packets, refused, destinationNotPublic } = this.#parts
    if (pool === undefined || !pool.nat.isExternal(packets.destination[packet]!)) return destinationNotPublic
    if (!pool.nat.options.hairpinning) return refused[NAT_OUTCOMES.NO_HAIRPIN]!
    // before a port is drawn, which may be the very one that is called
    if (!this.#isMapped(packet, pool)) return refused[NAT_OUTCOMES.NO_MAPPING]!
    const verdict = this.outbound(packet, pool)
    return verdict === PASS ? this.inbound(packet, pool) : verdict
  }

  /** Whether anybody has the external endpoint that is called. */
  #isMapped(packet: PacketHandle, { nat, address }: PoolNat): boolean {
    const { protocol, destination, destinationPort, sourcePort } = this.#parts.packets
    this.#forgetEnded()
    const called = [protocol[packet]!, destination[packet]!, destinationPort[packet]!] as const
    return nat.mappingAt(...called, address, sourcePort[packet]!) !== NO_ROW
  }

  /** Connections that are over by now hold no mapping, though nobody has looked since. */
  #forgetEnded(): void {
    this.#parts.conntrack.entries.table.expire()
  }
}
