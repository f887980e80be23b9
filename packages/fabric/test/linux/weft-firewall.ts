import { Conntrack, CONNTRACK_CLASH, CONNTRACK_FULL } from '../../src/conntrack/conntrack.ts'
import type { ConntrackOptions } from '../../src/conntrack/conntrack-options.ts'
import { ConntrackPacket, NO_WINDOW_SCALE } from '../../src/conntrack/conntrack-packet.ts'
import { isIcmp, isIcmpError } from '../../src/conntrack/icmp.ts'
import { NEW, VERDICTS, type VerdictName } from '../../src/conntrack/verdict.ts'
import { NO_KEY } from '../../src/state-table/tuple-index.ts'
import { portsWord, zoneWord } from '../../src/conntrack/tuple-words.ts'
import { SCTP, readIpBytes, TCP, UDP } from './ip-packets.ts'

/** What a router did with a packet, and what it knows of the packet's connection afterwards. */
export interface Judgement {
  /** `dropped` where nothing came out: under these rules a new connection from outside. */
  readonly verdict: VerdictName | 'dropped'
  readonly entry: EntryView | null
}

export interface EntryView {
  /** The kernel's number of it; null for protocols without states. */
  readonly state: number | null
  readonly isAnswered: boolean
  readonly isAssured: boolean
  readonly timeoutS: number
}

/** A router with Weft's connection tracking: opened from inside alone, as the rules are that the kernel is given. */
export class WeftFirewall {
  readonly clock = { now: 0 }
  readonly conntrack: Conntrack
  private readonly packet = new ConntrackPacket()
  private readonly addresses = new Map<string, number>()

  constructor(options: ConntrackOptions = {}) {
    this.conntrack = new Conntrack(this.clock, { capacity: 1024, ...options })
  }

  judge(link: string, packet: string): Judgement {
    this.read(packet)
    const verdict = this.conntrack.inspect(this.packet)
    const isDropped = verdict === NEW && link !== 'inside'
    if (this.conntrack.opens && !isDropped) {
      const row = this.conntrack.commit(this.packet)
      if (row === CONNTRACK_FULL || row === CONNTRACK_CLASH) throw new Error(`no entry for ${packet}: ${row}`)
    }
    return { verdict: isDropped ? 'dropped' : VERDICTS[verdict]!, entry: this.entry() }
  }

  /** The connection that the packet read last, or the packet that it quotes, is of. */
  private entry(): EntryView | null {
    const { packet } = this
    const { entries } = this.conntrack
    const key = entries.table.find(
      packet.source,
      packet.destination,
      portsWord(packet),
      zoneWord(packet.protocol, packet.zone),
    )
    if (key === NO_KEY) return null
    const view = this.conntrack.describe(key >> 1)
    return {
      state: packet.protocol === TCP || packet.protocol === SCTP ? view.state : null,
      isAnswered: view.isAnswered,
      isAssured: view.isAssured,
      timeoutS: (view.expiryPs - this.clock.now) / 1e12,
    }
  }

  private read(text: string): void {
    const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    readConntrackPacket(bytes, this.packet, (address) => this.intern(address))
  }

  private intern(address: string): number {
    let id = this.addresses.get(address)
    if (id === undefined) {
      id = this.addresses.size
      this.addresses.set(address, id)
    }
    return id
  }
}

/** Reads an IP packet as it is on the wire, so that the kernel and Weft are given the very same bytes. */
export function readConntrackPacket(
  bytes: Uint8Array,
  packet: ConntrackPacket,
  intern: (address: string) => number,
): void {
  const { source, destination, protocol, payload, sourcePort, destinationPort } = readIpBytes(bytes)
  Object.assign(packet, new ConntrackPacket())
  packet.source = intern(source)
  packet.destination = intern(destination)
  packet.protocol = protocol
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  if (protocol === TCP || protocol === UDP || protocol === SCTP) {
    packet.sourcePort = sourcePort
    packet.destinationPort = destinationPort
  }
  if (protocol === TCP) readTcp(view, packet)
  if (protocol === SCTP) packet.sctpChunk = view.getUint8(12)
  if (!isIcmp(protocol)) return
  packet.icmpType = view.getUint8(0)
  packet.icmpCode = view.getUint8(1)
  packet.sourcePort = view.getUint16(4)
  if (isIcmpError(packet)) readQuote(payload.subarray(8), packet, intern)
}

function readTcp(view: DataView, packet: ConntrackPacket): void {
  const headerBytes = (view.getUint8(12) >> 4) * 4
  packet.sequence = view.getInt32(4)
  packet.acknowledgement = view.getInt32(8)
  packet.tcpFlags = view.getUint8(13)
  packet.windowBytes = view.getUint16(14)
  packet.payloadBytes = view.byteLength - headerBytes
  packet.sackEnd = packet.acknowledgement
  packet.hasOptions = headerBytes > 20 ? 1 : 0
  packet.windowScale = NO_WINDOW_SCALE
  for (let at = 20; at < headerBytes; ) {
    const kind = view.getUint8(at)
    const length = kind === 1 ? 1 : view.getUint8(at + 1)
    if (kind === 3) packet.windowScale = view.getUint8(at + 2)
    if (kind === 4) packet.isSackPermitted = 1
    for (let edge = at + 6; kind === 5 && edge < at + length; edge += 8) {
      const right = view.getInt32(edge)
      if (((right - packet.sackEnd) | 0) > 0) packet.sackEnd = right
    }
    at += length
  }
}

function readQuote(bytes: Uint8Array, packet: ConntrackPacket, intern: (address: string) => number): void {
  const { source, destination, protocol, payload, sourcePort, destinationPort } = readIpBytes(bytes)
  packet.quotedSource = intern(source)
  packet.quotedDestination = intern(destination)
  packet.quotedProtocol = protocol
  packet.quotedSourcePort = sourcePort
  packet.quotedDestinationPort = destinationPort
  if (!isIcmp(protocol)) return
  packet.quotedIcmpType = payload[0]!
  packet.quotedIcmpCode = payload[1]!
  packet.quotedSourcePort = (payload[4]! << 8) | payload[5]!
}
