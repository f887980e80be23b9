import {
  ICMP,
  icmpError,
  ipBytes,
  ipPacket,
  readIpBytes,
  readIpPacket,
  TCP,
  tcpSegment,
  UDP,
  udpDatagram,
} from './ip-packets.ts'

/** A packet as both the kernel and Weft are given it, and as what came out of them is compared. */
export interface WirePacket {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
  /** Of TCP. */
  readonly flags: number
  readonly sequence: number
  readonly acknowledgement: number
  readonly payloadBytes: number
  /** Of ICMP errors. */
  readonly error?: { readonly type: number; readonly code: number; readonly about: WirePacket }
}

const SYN = 2
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK']

export function bytesOf(packet: WirePacket): Uint8Array {
  return ipBytes({ ...packet, payload: payloadOf(packet) })
}

export const hexOf = (packet: WirePacket): string => ipPacket({ ...packet, payload: payloadOf(packet) })

function payloadOf(packet: WirePacket): Uint8Array {
  const { protocol, sourcePort, destinationPort, payloadBytes, error } = packet
  if (protocol === UDP) return udpDatagram(sourcePort, destinationPort, payloadBytes)
  if (protocol === ICMP) return icmpError(error!.type, error!.code, bytesOf(error!.about))
  // a SYN with some option, as every stack sends it
  return tcpSegment({ ...packet, ...((packet.flags & SYN) !== 0 && { sackPermitted: true }) })
}

export const wireOf = (hex: string): WirePacket => read(readIpPacket(hex))

function read(packet: ReturnType<typeof readIpBytes>): WirePacket {
  const { source, destination, protocol, payload, sourcePort, destinationPort } = packet
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const ends = { source, destination, protocol, flags: 0, sequence: 0, acknowledgement: 0, payloadBytes: 0 }
  if (protocol === UDP) return { ...ends, sourcePort, destinationPort, payloadBytes: payload.length - 8 }
  if (protocol === ICMP) {
    const [type, code] = [payload[0]!, payload[1]!]
    return {
      ...ends,
      sourcePort: 0,
      destinationPort: 0,
      error: { type, code, about: read(readIpBytes(payload.subarray(8))) },
    }
  }
  // what errors quote may end behind the ports
  const isWhole = payload.length >= 20
  return {
    ...ends,
    sourcePort,
    destinationPort,
    flags: isWhole ? view.getUint8(13) : 0,
    sequence: view.getUint32(4),
    acknowledgement: isWhole ? view.getUint32(8) : 0,
    payloadBytes: isWhole ? payload.length - (view.getUint8(12) >> 4) * 4 : 0,
  }
}

/** In words: addresses, ports, flags and numbers; of an error what it quotes. */
export function wordsOf(packet: WirePacket): string {
  const { source, destination, protocol, sourcePort, destinationPort, error } = packet
  if (error !== undefined) {
    const { about } = error
    const quoted = `${about.source}:${about.sourcePort} > ${about.destination}:${about.destinationPort}`
    return `${source} > ${destination} icmp ${error.type}/${error.code} about ${quoted} protocol ${about.protocol}`
  }
  const ends = `${source}:${sourcePort} > ${destination}:${destinationPort}`
  if (protocol !== TCP) return `${ends} udp`
  const flags = FLAGS.filter((_, bit) => packet.flags & (1 << bit)).join('+')
  return `${ends} tcp ${flags} ${packet.sequence} ${packet.acknowledgement} +${packet.payloadBytes}`
}
