import type { ConntrackPacket } from './conntrack-packet.ts'
import { icmpAnswer, isIcmp } from './icmp.ts'

/**
 * A tuple is four words: source, destination, ports, and protocol with zone. What the ports word holds depends on the
 * protocol: two ports; the identifier, type and code of ICMP; nothing of protocols that are known by addresses alone.
 */
const PROTOCOL_BITS = 8
const HAS_PORTS = Uint8Array.from({ length: 256 }, (_, protocol) =>
  [6, 17, 132, 136].includes(protocol) ? 1 : 0,
)

export function zoneWord(protocol: number, zone: number): number {
  return protocol | (zone << PROTOCOL_BITS)
}

export function protocolOf(word: number): number {
  return word & 0xff
}

export function zoneOf(word: number): number {
  return word >>> PROTOCOL_BITS
}

export function portsWord(packet: ConntrackPacket): number {
  const { protocol, sourcePort, destinationPort } = packet
  if (HAS_PORTS[protocol] === 1) return (sourcePort << 16) | destinationPort
  return isIcmp(protocol) ? icmpWord(sourcePort, packet.icmpType, packet.icmpCode) : 0
}

/** The ports word of packets that answer a packet, which have these ports; `destinationPort` is ICMP's identifier. */
export function answeringPortsWord(
  packet: ConntrackPacket,
  sourcePort: number,
  destinationPort: number,
): number {
  const { protocol, icmpType, icmpCode } = packet
  if (HAS_PORTS[protocol] === 1) return (sourcePort << 16) | destinationPort
  return isIcmp(protocol) ? icmpWord(destinationPort, icmpAnswer(protocol, icmpType), icmpCode) : 0
}

/** The ports word of packets that answer the one that an ICMP error quotes. */
export function quoteAnsweringPortsWord(packet: ConntrackPacket): number {
  const { quotedProtocol, quotedSourcePort, quotedDestinationPort, quotedIcmpType, quotedIcmpCode } = packet
  if (HAS_PORTS[quotedProtocol] === 1) return (quotedDestinationPort << 16) | quotedSourcePort
  if (!isIcmp(quotedProtocol)) return 0
  return icmpWord(quotedSourcePort, icmpAnswer(quotedProtocol, quotedIcmpType), quotedIcmpCode)
}

/** The source port, or ICMP's identifier. */
export function sourcePortOf(ports: number): number {
  return ports >>> 16
}

/** The destination port, or ICMP's identifier. */
export function destinationPortOf(ports: number, protocol: number): number {
  return isIcmp(protocol) ? ports >>> 16 : ports & 0xffff
}

function icmpWord(identifier: number, type: number, code: number): number {
  return (identifier << 16) | ((type & 0xff) << 8) | code
}
