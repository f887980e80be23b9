import type { ResolvedConntrackOptions } from './conntrack-options.ts'
import { PlainTracker, StreamTracker } from './datagram-tracker.ts'
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../model/packet-table.ts'
import type { ConntrackEntries } from './entries.ts'
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from './icmp.ts'
import { PROTOCOL_SCTP, SctpTracker } from './sctp-tracker.ts'
import { TcpTracker } from './tcp-tracker.ts'
import type { Tracker } from './tracking.ts'

const PROTOCOL_GRE = 47
const PROTOCOL_UDP_LITE = 136

/** Which tracker follows the connections of a protocol. */
export class Trackers {
  private readonly byProtocol: Tracker[]

  constructor(entries: ConntrackEntries, options: ResolvedConntrackOptions) {
    const other = entries.add(new PlainTracker(entries, 'other'))
    const icmp = entries.add(new PlainTracker(entries, 'icmp'))
    const udp = entries.add(new StreamTracker(entries, 'udp'))
    this.byProtocol = new Array<Tracker>(256).fill(other)
    this.byProtocol[PROTOCOL_ICMP] = icmp
    this.byProtocol[PROTOCOL_ICMPV6] = icmp
    this.byProtocol[PROTOCOL_TCP] = entries.add(new TcpTracker(entries, options))
    this.byProtocol[PROTOCOL_SCTP] = entries.add(new SctpTracker(entries))
    this.byProtocol[PROTOCOL_UDP] = udp
    this.byProtocol[PROTOCOL_UDP_LITE] = udp
    this.byProtocol[PROTOCOL_GRE] = entries.add(new StreamTracker(entries, 'gre'))
  }

  of(protocol: number): Tracker {
    return this.byProtocol[protocol]!
  }
}
