import { InvariantError, printDuration } from '@weft/core'
import type { Network } from '../../build/network.ts'
import type { DropListener } from '../../model/ledger.ts'
import {
  CE,
  type PacketHandle,
  type PacketTable,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../../model/packet-table.ts'
import { PacketTraceRing } from './packet-trace-ring.ts'

/** In the order of a packet's life. */
export const TRACE_EVENTS = ['originated', 'sent', 'marked', 'received', 'delivered', 'dropped'] as const

/**
 * `originated` and `delivered` are at hosts; `sent` is a link's queue accepting the packet, `received` its arrival at
 * the next node. `marked` is CE set by a queue: at enqueue it is told at once, at dequeue when the packet arrives.
 */
export type TraceEvent = (typeof TRACE_EVENTS)[number]

export interface PacketTraceOptions {
  /** Rows kept, 1 or more; older ones are overwritten. Default 65,536. */
  readonly capacity?: number
  /** Which packets to follow, asked of each when it is originated. Default: all. */
  readonly follows?: (packets: PacketTable, packet: PacketHandle) => boolean
}

/** One thing that happened to a packet. Header fields are as they were then. */
export interface PacketTraceRow {
  readonly atPs: number
  /** Counts followed packets from 1, in order of origination. */
  readonly packet: number
  readonly event: TraceEvent
  /** Node, or direction of a link such as `ord1/leaf-0 → ord1/spine-1`. */
  readonly place: string
  /** Of a drop. */
  readonly reason?: string
  readonly source: string
  readonly destination: string
  readonly sourcePort: number
  readonly destinationPort: number
  /** IANA number. */
  readonly protocol: number
  readonly flow: number
  readonly sequence: number
  readonly sizeBytes: number
  readonly ttl: number
  readonly congestionExperienced: boolean
}

const NOT_FOLLOWED = 0
const CAPACITY_DEFAULT = 65_536

/** The story of packets under the packet clock: a ring of the latest events, readable while the run goes on. */
export class PacketTrace implements DropListener {
  private readonly ring: PacketTraceRing
  private readonly follows: (packets: PacketTable, packet: PacketHandle) => boolean
  private network: Network | undefined = undefined
  private count = 0
  /** By handle: number of the packet, whether its mark has been told, and the link that it was last sent on. */
  private readonly numbers: number[] = []
  private readonly marked: boolean[] = []
  private readonly links: number[] = []

  constructor({ capacity = CAPACITY_DEFAULT, follows = () => true }: PacketTraceOptions = {}) {
    this.ring = new PacketTraceRing(capacity)
    this.follows = follows
  }

  /** Called by the packet clock. A trace belongs to one network. */
  attach(network: Network): void {
    if (this.network !== undefined)
      throw new InvariantError('a packet trace serves one packet clock; make another')
    this.network = network
    network.ledger.addDropListener(this)
  }

  /** Rows that have been overwritten. */
  get overwritten(): number {
    return this.ring.overwritten
  }

  /** The rows that are held, oldest first. */
  rows(): PacketTraceRow[] {
    return Array.from({ length: this.ring.size }, (_, index) => this.rowAt(index))
  }

  /** What is held of one packet's story. */
  storyOf(packet: number): PacketTraceRow[] {
    return this.rows().filter((row) => row.packet === packet)
  }

  /** One line a row, in columns. */
  toText(rows: readonly PacketTraceRow[] = this.rows()): string {
    const times = rows.map(({ atPs }) => printDuration(atPs))
    const width = (texts: readonly string[]) =>
      texts.reduce((widest, text) => Math.max(widest, text.length), 0)
    const numbers = rows.map(({ packet }) => `#${packet}`)
    const places = rows.map(({ place }) => place)
    const [timeWidth, numberWidth, placeWidth] = [width(times), width(numbers), width(places)]
    const lines = rows.map((row, i) => {
      const head = `${times[i]!.padStart(timeWidth)}  ${numbers[i]!.padEnd(numberWidth)}  ${row.event.padEnd(10)}`
      return `${head}  ${row.place.padEnd(placeWidth)}  ${describe(row)}\n`
    })
    return lines.join('')
  }

  originated(packet: PacketHandle, place: number): void {
    const { packets } = this.attached()
    const follows = this.follows(packets, packet)
    this.numbers[packet] = follows ? ++this.count : NOT_FOLLOWED
    this.marked[packet] = packets.ecn[packet] === CE
    this.record('originated', packet, place)
  }

  sent(packet: PacketHandle, link: number): void {
    this.links[packet] = link
    this.record('sent', packet, link)
    this.recordMark(packet)
  }

  received(packet: PacketHandle, place: number): void {
    this.recordMark(packet)
    this.record('received', packet, place)
  }

  delivered(packet: PacketHandle, place: number): void {
    this.record('delivered', packet, place)
  }

  onDrop(packet: PacketHandle, reason: number, place: number): void {
    this.record('dropped', packet, place, reason)
  }

  private recordMark(packet: PacketHandle): void {
    if (this.marked[packet] || this.attached().packets.ecn[packet] !== CE) return
    this.marked[packet] = true
    this.record('marked', packet, this.links[packet]!)
  }

  private record(event: TraceEvent, packet: PacketHandle, place: number, reason = -1): void {
    const number = this.numbers[packet]
    if (number === undefined || number === NOT_FOLLOWED) return
    const { sim, packets } = this.attached()
    this.ring.push(sim.now, packets, packet, number, TRACE_EVENTS.indexOf(event), place, reason)
  }

  private rowAt(index: number): PacketTraceRow {
    const { addresses, ledger } = this.attached()
    const row = this.ring.at(index)
    const { source, destination, place, event, reason, ecn, ...fields } = row
    return {
      ...fields,
      event: TRACE_EVENTS[event]!,
      place: ledger.placeName(place),
      source: addresses.textOf(source),
      destination: addresses.textOf(destination),
      congestionExperienced: ecn === CE,
      ...(reason < 0 ? {} : { reason: ledger.reasonName(reason) }),
    }
  }

  private attached(): Network {
    if (this.network === undefined)
      throw new InvariantError('a packet trace is read before a packet clock took it')
    return this.network
  }
}

function describe(row: PacketTraceRow): string {
  const end = (address: string, port: number) => `${address.includes(':') ? `[${address}]` : address}:${port}`
  const { source, destination, sourcePort, destinationPort, protocol, sequence, sizeBytes, ttl } = row
  const name = protocol === PROTOCOL_TCP ? 'tcp' : protocol === PROTOCOL_UDP ? 'udp' : `protocol ${protocol}`
  const outcome = row.reason === undefined ? '' : `${row.reason}: `
  const mark = row.congestionExperienced ? ', CE' : ''
  const ends = `${end(source, sourcePort)} > ${end(destination, destinationPort)}`
  return `${outcome}${ends} ${name}, seq ${sequence}, ${sizeBytes} B, ttl ${ttl}${mark}`
}
