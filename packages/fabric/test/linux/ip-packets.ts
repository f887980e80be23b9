import { canonicalAddress } from '../../src/model/address-table.ts'

/** An IPv4 or IPv6 packet in hex, with the right checksums, and back: what packet sockets send and receive. */
export interface IpPacket {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly payload: Uint8Array
  readonly ttl?: number
}

export const TCP = 6
export const UDP = 17
export const ICMP = 1
export const ICMPV6 = 58
export const SCTP = 132

export interface TcpFields {
  readonly sourcePort: number
  readonly destinationPort: number
  readonly flags: number
  readonly sequence?: number
  readonly acknowledgement?: number
  readonly window?: number
  readonly payloadBytes?: number
  /** Options of a SYN. */
  readonly windowScale?: number
  readonly sackPermitted?: boolean
  readonly sackBlocks?: readonly (readonly [left: number, right: number])[]
}

export function ipPacket(packet: IpPacket): string {
  return hex(ipBytes(packet))
}

export function ipBytes({ source, destination, protocol, payload, ttl = 64 }: IpPacket): Uint8Array {
  const isIpv6 = source.includes(':')
  const header = new Uint8Array(isIpv6 ? 40 : 20)
  const view = new DataView(header.buffer)
  if (isIpv6) {
    view.setUint32(0, 0x6000_0000)
    view.setUint16(4, payload.length)
    view.setUint8(6, protocol)
    view.setUint8(7, ttl)
    header.set(addressBytes(source), 8)
    header.set(addressBytes(destination), 24)
  } else {
    view.setUint16(0, 0x4500)
    view.setUint16(2, 20 + payload.length)
    view.setUint16(6, 0x4000)
    view.setUint8(8, ttl)
    view.setUint8(9, protocol)
    header.set(addressBytes(source), 12)
    header.set(addressBytes(destination), 16)
    view.setUint16(10, checksum(header))
  }
  return concat(header, withChecksum(payload, source, destination, protocol))
}

export function tcpSegment(fields: TcpFields): Uint8Array {
  const options = tcpOptions(fields)
  const segment = new Uint8Array(20 + options.length + (fields.payloadBytes ?? 0))
  const view = new DataView(segment.buffer)
  view.setUint16(0, fields.sourcePort)
  view.setUint16(2, fields.destinationPort)
  view.setUint32(4, fields.sequence ?? 0)
  view.setUint32(8, fields.acknowledgement ?? 0)
  view.setUint8(12, (20 + options.length) << 2)
  view.setUint8(13, fields.flags)
  view.setUint16(14, fields.window ?? 65_535)
  segment.set(options, 20)
  return segment
}

function tcpOptions({ windowScale, sackPermitted, sackBlocks = [] }: TcpFields): Uint8Array {
  const bytes: number[] = []
  if (windowScale !== undefined) bytes.push(3, 3, windowScale)
  if (sackPermitted) bytes.push(4, 2)
  if (sackBlocks.length > 0) bytes.push(5, 2 + 8 * sackBlocks.length)
  for (const edge of sackBlocks.flat())
    bytes.push(edge >>> 24, (edge >>> 16) & 255, (edge >>> 8) & 255, edge & 255)
  while (bytes.length % 4 !== 0) bytes.push(1)
  return Uint8Array.from(bytes)
}

export function udpDatagram(sourcePort: number, destinationPort: number, payloadBytes = 0): Uint8Array {
  const datagram = new Uint8Array(8 + payloadBytes)
  const view = new DataView(datagram.buffer)
  view.setUint16(0, sourcePort)
  view.setUint16(2, destinationPort)
  view.setUint16(4, datagram.length)
  return datagram
}

/** An echo, or any message whose second word begins with an identifier. */
export function icmpQuery(type: number, code: number, identifier: number, sequence = 1): Uint8Array {
  // the longest of them: a timestamp
  const message = new Uint8Array(20)
  const view = new DataView(message.buffer)
  view.setUint8(0, type)
  view.setUint8(1, code)
  view.setUint16(4, identifier)
  view.setUint16(6, sequence)
  return message
}

/** An error about a packet, which it quotes. */
export function icmpError(type: number, code: number, quoted: Uint8Array): Uint8Array {
  const message = concat(new Uint8Array(8), quoted)
  message[0] = type
  message[1] = code
  return message
}

/** One SCTP chunk, RFC 9260 §3; INIT and INIT ACK begin with the tag given. */
export function sctpPacket(
  sourcePort: number,
  destinationPort: number,
  tag: number,
  chunk: number,
  initiateTag = 0,
): Uint8Array {
  const chunkBytes = chunk === 1 || chunk === 2 ? 20 : 16
  const packet = new Uint8Array(12 + chunkBytes)
  const view = new DataView(packet.buffer)
  view.setUint16(0, sourcePort)
  view.setUint16(2, destinationPort)
  view.setUint32(4, tag)
  view.setUint8(12, chunk)
  view.setUint16(14, chunkBytes)
  if (chunkBytes === 20) view.setUint32(16, initiateTag)
  view.setUint32(8, crc32c(packet), true)
  return packet
}

/** What tests compare of a packet that came out. */
export interface ReadPacket {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly ttl: number
  readonly dscp: number
  readonly payload: Uint8Array
  /** Of TCP, UDP and SCTP. */
  readonly sourcePort: number
  readonly destinationPort: number
}

export function readIpPacket(text: string): ReadPacket {
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return readIpBytes(bytes)
}

export function readIpBytes(bytes: Uint8Array): ReadPacket {
  const isIpv6 = bytes[0]! >> 4 === 6
  const payload = bytes.subarray(isIpv6 ? 40 : (bytes[0]! & 15) * 4)
  const [from, length] = isIpv6 ? [8, 16] : [12, 4]
  const ports = (at: number) => ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0)
  return {
    source: addressText(bytes.subarray(from, from + length)),
    destination: addressText(bytes.subarray(from + length, from + 2 * length)),
    protocol: bytes[isIpv6 ? 6 : 9]!,
    ttl: bytes[isIpv6 ? 7 : 8]!,
    dscp: (isIpv6 ? ((bytes[0]! << 4) | (bytes[1]! >> 4)) & 255 : bytes[1]!) >> 2,
    payload,
    sourcePort: ports(0),
    destinationPort: ports(2),
  }
}

function withChecksum(
  payload: Uint8Array,
  source: string,
  destination: string,
  protocol: number,
): Uint8Array {
  const place = { [TCP]: 16, [UDP]: 6, [ICMP]: 2, [ICMPV6]: 2 }[protocol]
  if (place === undefined) return payload
  const filled = Uint8Array.from(payload)
  const pseudo = new Uint8Array(8)
  new DataView(pseudo.buffer).setUint32(0, payload.length)
  pseudo[7] = protocol
  const ends = protocol === ICMP ? [] : [addressBytes(source), addressBytes(destination), pseudo]
  const sum = checksum(concat(...ends, filled))
  new DataView(filled.buffer).setUint16(place, sum === 0 && protocol === UDP ? 0xffff : sum)
  return filled
}

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** RFC 9260 appendix A. */
function crc32c(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}

function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.'), Number)
  const [left, right = ''] = text.split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [head, tail] = [groups(left!), groups(right)]
  const words = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 255]))
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16))
  return canonicalAddress(words.join(':'))
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
