import { InvariantError } from '@weft/core'
import { NO_ROW } from '../state-table/expiry-lists.ts'
import { NO_KEY } from '../state-table/tuple-index.ts'
import type { ConntrackCounts, ConntrackEntry, ConntrackTuple, ConntrackVictim } from './conntrack-books.ts'
import type { ConntrackPacket } from './conntrack-packet.ts'
import { type ConntrackOptions, resolveConntrackOptions } from './conntrack-options.ts'
import { ASSURED, BLOCKED, ConntrackEntries, SEEN_REPLY } from './entries.ts'
import { isIcmp, isIcmpError, isUntracked } from './icmp.ts'
import {
  answeringPortsWord,
  destinationPortOf,
  portsWord,
  protocolOf,
  quoteAnsweringPortsWord,
  sourcePortOf,
  zoneOf,
  zoneWord,
} from './tuple-words.ts'
import { Pins } from './pins.ts'
import { Trackers } from './trackers.ts'
import { END, REFUSE, REOPEN, type Tracker } from './tracking.ts'
import {
  type Direction,
  ESTABLISHED,
  INVALID,
  NEW,
  ORIGINAL,
  RELATED,
  REPLY,
  UNTRACKED,
  type Verdict,
} from './verdict.ts'

/** Answers of `commit` in place of a row: no room, and a reply tuple that another connection has. */
export const CONNTRACK_FULL = -1
export const CONNTRACK_CLASH = -2

/** Any class will do: the tracker sets the row's own. */
const FIRST_CLASS = 0

/**
 * Which connection a packet is of, and in which state that is, as Linux's connection tracking (nf_conntrack) tells it.
 *
 * `inspect` first, which every packet goes through; then whoever holds the policy decides; then `commit`, if the packet
 * `opens` a connection and was let through. An engine: it knows no policy, no addresses and no network.
 */
export class Conntrack {
  /** The entry of the packet that was inspected last; NO_ROW where there is none, also where it ended just now. */
  row = NO_ROW
  /** As `row`, also where the entry ended by this packet: its tuples can be read until another is entered. */
  matched = NO_ROW
  direction: Direction = ORIGINAL
  /** Whether the packet inspected last opens a connection if it is let through: `commit` it then. */
  opens = false
  /** Some connection is blocked, or was. */
  hasBlocked = false
  readonly entries: ConntrackEntries
  /** Keeps entries of connections whose packets are not seen. */
  readonly pins: Pins
  private readonly trackers: Trackers
  private readonly evictionReach: number
  private readonly isExpendable: (row: number) => boolean
  private clashed = 0
  private evicted = 0
  private invalid = 0
  private firstVictim: ConntrackVictim | undefined = undefined

  /** Refuses options with a `ConfigError`. */
  constructor(clock: { readonly now: number }, options: ConntrackOptions = {}) {
    const resolved = resolveConntrackOptions(options)
    this.entries = new ConntrackEntries(clock, resolved.capacity, resolved.timeoutsPs)
    this.trackers = new Trackers(this.entries, resolved)
    this.pins = new Pins(this.entries, this.trackers)
    this.evictionReach = resolved.evictionReach
    this.isExpendable = (row) => !this.entries.hasStatus(row, ASSURED)
  }

  /** Judges a packet and lets the entry that it belongs to follow it, whatever then becomes of the packet. */
  inspect(packet: ConntrackPacket): Verdict {
    this.row = NO_ROW
    this.matched = NO_ROW
    this.direction = ORIGINAL
    this.opens = false
    if (isIcmp(packet.protocol)) {
      if (isUntracked(packet)) return UNTRACKED
      if (isIcmpError(packet)) return this.inspectError(packet)
    }
    const tracker = this.trackers.of(packet.protocol)
    const { source, destination } = packet
    const key = this.entries.table.find(
      source,
      destination,
      portsWord(packet),
      zoneWord(packet.protocol, packet.zone),
    )
    return key === NO_KEY ? this.inspectFirst(packet, tracker) : this.follow(packet, key, tracker)
  }

  /**
   * Enters the connection that a packet opens: its row, or CONNTRACK_FULL, or CONNTRACK_CLASH where its replies would be
   * taken for those of another connection.
   */
  commit(packet: ConntrackPacket): number {
    const { source, destination, sourcePort, destinationPort } = packet
    return this.commitTranslated(packet, destination, source, destinationPort, sourcePort)
  }

  /**
   * Enters a connection whose packets are rewritten on their way: replies come from `source` to `destination`, which are
   * not the original ones turned round. Of ICMP queries the identifier is `destinationPort`.
   */
  commitTranslated(
    packet: ConntrackPacket,
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
  ): number {
    const { table } = this.entries
    const ports = portsWord(packet)
    const replyPorts = answeringPortsWord(packet, sourcePort, destinationPort)
    const zone = zoneWord(packet.protocol, packet.zone)
    if (table.find(source, destination, replyPorts, zone) !== NO_KEY) {
      this.clashed++
      return CONNTRACK_CLASH
    }
    if (table.find(packet.source, packet.destination, ports, zone) !== NO_KEY)
      throw new InvariantError('a packet opens a connection that is known: inspect it before commit')
    const tracker = this.trackers.of(packet.protocol)
    const row = this.place(packet, ports, zone)
    if (row === NO_ROW) return CONNTRACK_FULL
    table.setTuple(row, ORIGINAL, packet.source, packet.destination, ports, zone)
    table.setTuple(row, REPLY, source, destination, replyPorts, zone)
    this.entries.begin(row)
    tracker.open(row, packet)
    this.row = row
    this.opens = false
    return row
  }

  /** Source of an entry's packets of a direction, as they come in: interned. */
  sourceOf(row: number, direction: Direction): number {
    return this.entries.table.wordOf(2 * row + direction, 0)
  }

  destinationOf(row: number, direction: Direction): number {
    return this.entries.table.wordOf(2 * row + direction, 1)
  }

  /** The port, or ICMP's identifier. */
  sourcePortOf(row: number, direction: Direction): number {
    return sourcePortOf(this.entries.table.wordOf(2 * row + direction, 2))
  }

  /** The port, or ICMP's identifier. */
  destinationPortOf(row: number, direction: Direction): number {
    const { table } = this.entries
    const key = 2 * row + direction
    return destinationPortOf(table.wordOf(key, 2), protocolOf(table.wordOf(key, 3)))
  }

  /** Looks for the entry that a packet belongs to, and lets nothing follow the packet: sets `row` and `direction`. */
  find(packet: ConntrackPacket): void {
    const { source, destination, protocol, zone } = packet
    const isError = isIcmp(protocol) && isIcmpError(packet)
    const key = isError
      ? this.keyOfAnswered(packet)
      : this.entries.table.find(source, destination, portsWord(packet), zoneWord(protocol, zone))
    this.row = key === NO_KEY ? NO_ROW : key >> 1
    this.direction = key === NO_KEY ? ORIGINAL : key & 1
    this.opens = false
  }

  /**
   * Lets an entry follow a packet that was refused before it came to the entry's zone: whatever the tracker then says, the packet
   * is not let through. Sets `row` and `direction`.
   */
  heed(packet: ConntrackPacket): void {
    this.find(packet)
    if (this.row !== NO_ROW) this.trackers.of(packet.protocol).track(this.row, this.direction, packet)
  }

  /** Cuts a connection: its next packet is one of no connection. */
  remove(row: number): void {
    this.entries.table.remove(row)
  }

  /**
   * Blocks every connection that is not allowed any more, and unblocks those that are again; of how many that changed. An entry
   * that was cut instead would come back with the next packet of whichever end is let out.
   */
  block(isAllowed: (row: number) => boolean): number {
    const { table } = this.entries
    let changed = 0
    table.forEach((row) => {
      const wasBlocked = this.isBlocked(row)
      if (wasBlocked !== isAllowed(row)) return
      if (wasBlocked) this.entries.dropStatus(row, BLOCKED)
      else this.entries.addStatus(row, BLOCKED)
      changed++
    })
    this.hasBlocked ||= changed > 0
    return changed
  }

  isBlocked(row: number): boolean {
    return this.entries.hasStatus(row, BLOCKED)
  }

  /** Cuts every connection that is not allowed any more; how many those were. */
  reevaluate(isAllowed: (row: number) => boolean): number {
    const { table } = this.entries
    let cut = 0
    table.forEach((row) => {
      if (isAllowed(row)) return
      table.remove(row)
      cut++
    })
    return cut
  }

  /** Whether replies from `source` to `destination` would be told from those of every connection. */
  isFree(zoneWord: number, source: number, destination: number, ports: number): boolean {
    return this.entries.table.find(source, destination, ports, zoneWord) === NO_KEY
  }

  /** An entry for people: tests, explanations. */
  describe(row: number): ConntrackEntry {
    const { entries } = this
    const { table } = entries
    return {
      protocol: protocolOf(table.wordOf(2 * row, 3)),
      zone: zoneOf(table.wordOf(2 * row, 3)),
      original: this.tuple(row, ORIGINAL),
      reply: this.tuple(row, REPLY),
      state: entries.state[row]!,
      isAnswered: entries.hasStatus(row, SEEN_REPLY),
      isAssured: entries.hasStatus(row, ASSURED),
      createdPs: entries.createdPs[row]!,
      expiryPs: table.expiryOf(row),
    }
  }

  counts(): ConntrackCounts {
    const { size, peak, peakPs, mean, inserted, expired, refused } = this.entries.table.counts()
    const { clashed, evicted, invalid, firstVictim } = this
    return { size, peak, peakPs, mean, inserted, expired, refused, clashed, evicted, invalid, firstVictim }
  }

  private tuple(row: number, direction: Direction): ConntrackTuple {
    return {
      source: this.sourceOf(row, direction),
      destination: this.destinationOf(row, direction),
      sourcePort: this.sourcePortOf(row, direction),
      destinationPort: this.destinationPortOf(row, direction),
    }
  }

  private inspectFirst(packet: ConntrackPacket, tracker: Tracker): Verdict {
    if (!tracker.mayOpen(packet)) return this.refuse()
    this.opens = true
    return NEW
  }

  private follow(packet: ConntrackPacket, key: number, tracker: Tracker): Verdict {
    const row = key >> 1
    const direction = key & 1
    const { entries } = this
    const verdict = direction === REPLY || entries.hasStatus(row, SEEN_REPLY) ? ESTABLISHED : NEW
    const tracked = tracker.track(row, direction, packet)
    if (tracked === REFUSE) return this.refuse()
    if (tracked === REOPEN) {
      entries.table.remove(row)
      return this.inspectFirst(packet, tracker)
    }
    this.direction = direction
    this.matched = row
    if (tracked === END) entries.table.remove(row)
    else {
      this.row = row
      if (direction === REPLY) entries.addStatus(row, SEEN_REPLY)
    }
    return verdict
  }

  private inspectError(packet: ConntrackPacket): Verdict {
    const key = this.keyOfAnswered(packet)
    if (key === NO_KEY) return this.refuse()
    this.row = key >> 1
    this.matched = this.row
    this.direction = key & 1
    return RELATED
  }

  /** The tuple of packets that answer the one that an ICMP error quotes; NO_KEY where it went to somebody else than the error. */
  private keyOfAnswered(packet: ConntrackPacket): number {
    const { quotedSource, quotedDestination, quotedProtocol, zone } = packet
    if (packet.destination !== quotedSource) return NO_KEY
    const ports = quoteAnsweringPortsWord(packet)
    return this.entries.table.find(quotedDestination, quotedSource, ports, zoneWord(quotedProtocol, zone))
  }

  private refuse(): Verdict {
    this.invalid++
    return INVALID
  }

  /** A row for a new connection, if need be in place of an expendable one near it. */
  private place(packet: ConntrackPacket, ports: number, zone: number): number {
    const { table } = this.entries
    if (table.size === table.capacity && this.evictionReach > 0) {
      const { source, destination } = packet
      const row = table.findNear(source, destination, ports, zone, this.evictionReach, this.isExpendable)
      if (row !== NO_ROW) {
        table.remove(row)
        this.evicted++
      }
    }
    const row = table.insert(FIRST_CLASS)
    if (row === NO_ROW) this.firstVictim ??= victimOf(packet, this.entries.clock.now)
    return row
  }
}

function victimOf(packet: ConntrackPacket, atPs: number): ConntrackVictim {
  const { protocol, zone, source, destination, sourcePort, destinationPort } = packet
  return { atPs, protocol, zone, source, destination, sourcePort, destinationPort }
}
