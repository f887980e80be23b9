import { SECOND } from '@weft/core'
import type { ConntrackPacket } from './conntrack-packet.ts'
import { ASSURED, type ConntrackEntries, SEEN_REPLY } from './entries.ts'
import { isIcmpQuery } from './icmp.ts'
import { timeoutClass } from './timeouts.ts'
import { ACCEPT, type Tracked, type Tracker } from './tracking.ts'

/** UDP traffic that goes on for so long in both directions is a stream. */
const STREAM_AFTER_PS = 2 * SECOND

/** UDP and UDP-Lite: unanswered, answered, and streams, which are ASSURED. */
export class UdpTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly single = timeoutClass('udp')
  private readonly stream = timeoutClass('udpStream')

  constructor(entries: ConntrackEntries) {
    this.entries = entries
  }

  resizeRows(): void {
    // what all entries have is enough
  }

  mayOpen(): boolean {
    return true
  }

  open(row: number): void {
    this.entries.table.refresh(row, this.single)
  }

  track(row: number): Tracked {
    const { entries } = this
    const isStream =
      entries.hasStatus(row, SEEN_REPLY) && entries.clock.now > entries.createdPs[row]! + STREAM_AFTER_PS
    entries.table.refresh(row, isStream ? this.stream : this.single)
    if (isStream) entries.addStatus(row, ASSURED)
    return ACCEPT
  }
}

/** GRE between two addresses: a stream, and ASSURED, once answered. */
export class GreTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly single = timeoutClass('gre')
  private readonly stream = timeoutClass('greStream')

  constructor(entries: ConntrackEntries) {
    this.entries = entries
  }

  resizeRows(): void {
    // what all entries have is enough
  }

  mayOpen(): boolean {
    return true
  }

  open(row: number): void {
    this.entries.table.refresh(row, this.single)
  }

  track(row: number): Tracked {
    const { entries } = this
    const isAnswered = entries.hasStatus(row, SEEN_REPLY)
    entries.table.refresh(row, isAnswered ? this.stream : this.single)
    if (isAnswered) entries.addStatus(row, ASSURED)
    return ACCEPT
  }
}

/** One timeout and no states: ICMP queries, and protocols of which nothing but addresses is read. */
export class PlainTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly class: number
  private readonly opens: (packet: ConntrackPacket) => boolean

  constructor(entries: ConntrackEntries, timeout: 'icmp' | 'other') {
    this.entries = entries
    this.class = timeoutClass(timeout)
    this.opens = timeout === 'icmp' ? isIcmpQuery : () => true
  }

  resizeRows(): void {
    // what all entries have is enough
  }

  mayOpen(packet: ConntrackPacket): boolean {
    return this.opens(packet)
  }

  open(row: number): void {
    this.entries.table.refresh(row, this.class)
  }

  track(row: number): Tracked {
    this.entries.table.refresh(row, this.class)
    return ACCEPT
  }
}
