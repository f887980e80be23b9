import { copied, ExpiryLists } from '../state-table/expiry-lists.ts'
import { FIN, RST, SYN } from '../model/tcp-flags.ts'
import { ICMP_KIND, TCP_KIND, UDP_KIND } from './port-kinds.ts'
import {
  ICMP_QUERY,
  NAT_TIMEOUT_NAMES,
  type NatTimeouts,
  OTHER,
  TCP_ESTABLISHED,
  TCP_TRANSITORY,
  UDP_ANSWERED,
  UDP_FIRST,
} from './nat-timeouts.ts'

/** What was seen of a mapping's packets. */
const CAME_IN = 1
const OPEN = 2
const FIN_OUT = 4
const FIN_IN = 8

/** When mappings go that no session holds: by protocol and state, as far as one mapping's packets tell it. */
export class IdleTimers {
  readonly lists: ExpiryLists
  private seen = new Uint8Array(0)

  constructor(clock: { readonly now: number }, timeouts: NatTimeouts) {
    this.lists = new ExpiryLists(clock)
    for (const name of NAT_TIMEOUT_NAMES) this.lists.addClass(timeouts[name])
  }

  resize(rows: number): void {
    this.lists.resize(rows)
    this.seen = copied(new Uint8Array(rows), this.seen)
  }

  begin(row: number, kind: number): void {
    this.seen[row] = 0
    this.lists.link(row, this.classOf(row, kind))
  }

  /** A packet of the mapping; refreshes its timer unless `isRefreshing` is false. */
  follow(row: number, kind: number, isInbound: boolean, tcpFlags: number, isRefreshing: boolean): void {
    if (kind === TCP_KIND) this.followTcp(row, isInbound, tcpFlags)
    else if (isInbound) this.seen[row]! |= CAME_IN
    if (isRefreshing) this.lists.refresh(row, this.classOf(row, kind))
  }

  /** How long the mapping waits as things stand. */
  timeoutOf(row: number): number {
    return this.lists.timeoutOf(this.lists.timeoutClass[row]!)
  }

  /** The mapping that expired first of those whose instant has come, or NO_ROW. */
  due(): number {
    return this.lists.due()
  }

  end(row: number): void {
    this.lists.unlink(row)
  }

  private followTcp(row: number, isInbound: boolean, flags: number): void {
    let seen = this.seen[row]!
    if (flags & RST) seen = 0
    else if (flags & SYN) seen = isInbound ? seen | CAME_IN : seen & CAME_IN
    else {
      if (isInbound) seen |= CAME_IN
      else if (seen & CAME_IN) seen |= OPEN
      if (flags & FIN) seen |= isInbound ? FIN_IN : FIN_OUT
    }
    this.seen[row] = seen
  }

  private classOf(row: number, kind: number): number {
    const seen = this.seen[row]!
    if (kind === TCP_KIND) {
      const isClosed = (seen & (FIN_IN | FIN_OUT)) === (FIN_IN | FIN_OUT)
      return seen & OPEN && !isClosed ? TCP_ESTABLISHED : TCP_TRANSITORY
    }
    if (kind === UDP_KIND) return seen & CAME_IN ? UDP_ANSWERED : UDP_FIRST
    return kind === ICMP_KIND ? ICMP_QUERY : OTHER
  }
}
