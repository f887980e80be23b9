import { SECOND } from '@weft/core'
import type { ConntrackPacket } from './conntrack-packet.ts'
import { ASSURED, type ConntrackEntries, SEEN_REPLY } from './entries.ts'
import { isIcmpQuery } from './icmp.ts'
import { timeoutClass } from './timeouts.ts'
import { ACCEPT, type Tracked, type Tracker } from './tracking.ts'

/** Traffic that is answered, and goes on for so long in both directions, is a stream. */
const UDP_STREAM_AFTER_PS = 2 * SECOND
/** Answered at all is enough, even at the instant of the first packet. */
const AT_ONCE_PS = -1

/** What knows no states but unanswered, answered, and streams, which are ASSURED: UDP, UDP-Lite, GRE between two addresses. */
export class StreamTracker implements Tracker {
  private readonly entries: ConntrackEntries
  private readonly single: number
  private readonly stream: number
  private readonly streamAfterPs: number

  constructor(entries: ConntrackEntries, protocol: 'udp' | 'gre') {
    this.entries = entries
    this.single = timeoutClass(protocol)
    this.stream = timeoutClass(`${protocol}Stream`)
    this.streamAfterPs = protocol === 'udp' ? UDP_STREAM_AFTER_PS : AT_ONCE_PS
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
      entries.hasStatus(row, SEEN_REPLY) && entries.clock.now > entries.createdPs[row]! + this.streamAfterPs
    entries.table.refresh(row, isStream ? this.stream : this.single)
    if (isStream) entries.addStatus(row, ASSURED)
    return ACCEPT
  }

  establish(): void {
    // a stream is what goes on for a while: close knows
  }

  close(row: number): void {
    this.track(row)
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

  establish(): void {
    // no states
  }

  close(row: number): void {
    this.track(row)
  }
}
