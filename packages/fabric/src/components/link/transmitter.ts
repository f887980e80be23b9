import type { Resource } from '../../model/component.ts'
import type { PacketHandle } from '../../model/packet-table.ts'
import type { TransmitterConfig } from './transmitter-config.ts'
import type { TransmitterTable } from './transmitter-table.ts'

/** One direction of a link: a FIFO queue, a transmitter of a fixed rate and the propagation behind it. */
export class Transmitter implements Resource {
  readonly config: TransmitterConfig
  private readonly table: TransmitterTable
  /** Row of the table. */
  readonly row: number

  /** What arrives is for this node and its port `ingress`. */
  constructor(config: TransmitterConfig, table: TransmitterTable, node: number, ingress: number) {
    this.config = config
    this.table = table
    this.row = table.add(config, node, ingress)
  }

  send(packet: PacketHandle): void {
    this.table.send(this.row, packet)
  }

  get name(): string {
    return this.config.name
  }

  /** Where the ledger books this direction's drops. */
  get place(): number {
    return this.table.placeOf(this.row)
  }

  get up(): boolean {
    return this.table.isUp(this.row)
  }

  /** Down: what has not left whole is lost as `link-down`; what is on the wire arrives. */
  setUp(up: boolean): void {
    this.table.setUp(this.row, up)
  }

  /** Packets accepted for transmission, less those that a failure cut off. */
  get packetsSent(): number {
    return this.table.packetsSent(this.row)
  }

  get wireBytesSent(): number {
    return this.table.wireBytesSent(this.row)
  }

  /** Packets that this queue set CE on. */
  get packetsMarked(): number {
    return this.table.packetsMarked(this.row)
  }

  /** Packets waiting behind the one in service. */
  get waitingPackets(): number {
    return this.table.waitingPackets(this.row)
  }

  /** IP bytes waiting behind the one in service. */
  get waitingBytes(): number {
    return this.table.waitingBytes(this.row)
  }

  /** Most packets that waited since the last call. */
  takePeakWaiting(): number {
    return this.table.takePeakWaiting(this.row)
  }

  /** Keeps waiting bytes from now on, for `takePeakWaitingBytes`; before any packet is sent. */
  recordBytes(): void {
    this.table.recordBytes(this.row)
  }

  /** Most IP bytes that waited since the last call; 0 unless `recordBytes` was called. */
  takePeakWaitingBytes(): number {
    return this.table.takePeakWaitingBytes(this.row)
  }

  /** Time spent sending up to now, exact at every instant. */
  get busyPs(): number {
    return this.table.busyPs(this.row)
  }
}
