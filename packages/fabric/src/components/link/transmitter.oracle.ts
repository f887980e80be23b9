import { CE, NOT_ECT } from '../../model/packet-table.ts'
import type { TransmitterConfig } from './transmitter-config.ts'

/** A packet as the oracle sees it. */
export interface OraclePacket {
  readonly id: number
  readonly sizeBytes: number
  ecn: number
}

interface InService {
  readonly packet: OraclePacket
  readonly startPs: number
  readonly departPs: number
}

interface Waiting {
  readonly packet: OraclePacket
  readonly durationPs: number
}

/**
 * A FIFO link written from its definition, for tests alone: N packets wait behind one in service, service begins when
 * the predecessor departs, and at equal times a departure comes before an arrival. Call it with times that never fall.
 */
export class TransmitterOracle {
  /** `[time, id, ecn]` at the far end. */
  readonly arrivals: [number, number, number][] = []
  /** `[time, id, reason]`. */
  readonly drops: [number, number, string][] = []
  marked = 0
  peak = 0
  private readonly config: TransmitterConfig
  private waiting: Waiting[] = []
  private service: InService | undefined = undefined
  private up = true
  private acceptedBytes = 0n
  private servedPs = 0

  constructor(config: TransmitterConfig) {
    this.config = config
  }

  arrive(now: number, packet: OraclePacket): void {
    this.advance(now)
    if (!this.up) {
      this.drops.push([now, packet.id, 'link-down'])
      return
    }
    if (this.service === undefined) {
      this.begin(now, { packet, durationPs: this.durationOf(packet) })
      return
    }
    const bytes = this.waitingBytes()
    const { capacityPackets, capacityBytes, markAtDequeue } = this.config
    if (this.waiting.length + 1 > capacityPackets || bytes + packet.sizeBytes > capacityBytes) {
      this.drops.push([now, packet.id, 'queue-full'])
      return
    }
    if (!markAtDequeue) this.markIf(packet, this.waiting.length, bytes)
    this.waiting.push({ packet, durationPs: this.durationOf(packet) })
    this.peak = Math.max(this.peak, this.waiting.length)
  }

  setUp(now: number, up: boolean): void {
    this.advance(now)
    if (this.up && !up) {
      const { packet, startPs } = this.service ?? { packet: undefined, startPs: now }
      this.servedPs += now - startPs
      const lost = [...(packet === undefined ? [] : [packet]), ...this.waiting.map((entry) => entry.packet)]
      for (const { id } of lost) this.drops.push([now, id, 'link-down'])
      this.service = undefined
      this.waiting = []
    }
    this.up = up
  }

  /** Lets everything depart that departs up to and including now. */
  advance(now: number): void {
    while (this.service !== undefined && this.service.departPs <= now) {
      const { packet, startPs, departPs } = this.service
      this.servedPs += departPs - startPs
      this.arrivals.push([departPs + this.config.delayPs, packet.id, packet.ecn])
      this.service = undefined
      const next = this.waiting.shift()
      if (next === undefined) return
      if (this.config.markAtDequeue) this.markIf(next.packet, this.waiting.length, this.waitingBytes())
      this.begin(departPs, next)
    }
  }

  waitingPackets(): number {
    return this.waiting.length
  }

  waitingBytes(): number {
    return this.waiting.reduce((sum, { packet }) => sum + packet.sizeBytes, 0)
  }

  busyPs(now: number): number {
    return this.servedPs + (this.service === undefined ? 0 : now - this.service.startPs)
  }

  private begin(startPs: number, { packet, durationPs }: Waiting): void {
    this.service = { packet, startPs, departPs: startPs + durationPs }
  }

  /** The wire is a whole number of picoseconds behind the ideal time of all bytes accepted so far, never one more. */
  private durationOf(packet: OraclePacket): number {
    const { rateBps, overheadBytes, slotBytesMin } = this.config
    const timeOf = (bytes: bigint) => (bytes * 8_000_000_000_000n) / BigInt(rateBps)
    const before = timeOf(this.acceptedBytes)
    this.acceptedBytes += BigInt(Math.max(packet.sizeBytes + overheadBytes, slotBytesMin))
    return Number(timeOf(this.acceptedBytes) - before)
  }

  private markIf(packet: OraclePacket, waiting: number, bytes: number): void {
    if (waiting < this.config.ecnPackets && bytes < this.config.ecnBytes) return
    if (packet.ecn === NOT_ECT || packet.ecn === CE) return
    packet.ecn = CE
    this.marked++
  }
}
