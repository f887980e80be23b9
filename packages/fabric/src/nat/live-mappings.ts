import type { RandomStream } from '@weft/core'
import { IdleTimers } from './idle-timers.ts'
import { InsideHosts } from './inside-hosts.ts'
import { ANY_REMOTE, Mappings } from './mappings.ts'
import { NatOccupancy } from './nat-counts.ts'
import type { ResolvedNatOptions } from './nat-options.ts'
import { HOST_LIMIT, type NatOutcome, TABLE_FULL, TRANSLATED } from './nat-outcome.ts'
import { NO_PORT } from './port-bitmap.ts'
import { hasRemotePort, portKindOf } from './port-kinds.ts'
import { PortUse } from './port-use.ts'
import { looksAtAddress, looksAtPort, RemoteFilter } from './remote-filter.ts'
import { NO_ROW } from './row-index.ts'

/** The mappings of a NAT from their making to their end, with all that goes with each: port, host, timer, filter, counts. */
export class LiveMappings {
  readonly table: Mappings
  readonly use: PortUse
  readonly hosts = new InsideHosts()
  readonly filter: RemoteFilter
  readonly occupancy: NatOccupancy
  /** None where sessions hold mappings. */
  readonly timers: IdleTimers | undefined
  /** The instant of what happens now: that of the clock, or one that it has passed. */
  readonly instant: { now: number }
  private readonly options: ResolvedNatOptions
  private readonly seesAddress: boolean
  private readonly seesPort: boolean

  constructor(nowPs: number, random: RandomStream, options: ResolvedNatOptions) {
    this.options = options
    this.instant = { now: nowPs }
    this.seesAddress = looksAtAddress(options.mapping)
    this.seesPort = looksAtPort(options.mapping)
    this.table = new Mappings(options.capacity, options.overloading)
    this.occupancy = new NatOccupancy(nowPs)
    this.use = new PortUse(options, this.table, random, nowPs)
    this.timers = options.lifetime === 'idle' ? new IdleTimers(this.instant, options.timeoutsPs) : undefined
    this.filter = new RemoteFilter(this.instant, options, this.table)
    this.table.onResize.push((rows) => this.timers?.resize(rows))
  }

  /** The mapping that a packet from inside uses, or NO_ROW. */
  find(protocol: number, inside: number, insidePort: number, remote: number, remotePort: number): number {
    const seen = this.seesAddress ? remote : ANY_REMOTE
    return this.table.findInside(protocol, inside, seen, this.portsWord(protocol, insidePort, remotePort))
  }

  /** Why a host gets no mapping whatever ports there are; TRANSLATED where it does. */
  refusalOf(kind: number, inside: number): NatOutcome {
    const host = this.hosts.of(inside)
    const { mappingsPerHostMax, mappingsPerHostAndKindMax } = this.options
    if (this.hosts.mappings[host]! >= mappingsPerHostMax) return HOST_LIMIT
    if (mappingsPerHostAndKindMax !== undefined) {
      const max = this.use.kindMax(mappingsPerHostAndKindMax, kind)
      if (this.hosts.mappingsOfKind(host, kind) >= max) return HOST_LIMIT
    }
    return this.table.size === this.table.capacity ? TABLE_FULL : TRANSLATED
  }

  /** A new mapping, its row; NO_ROW where no port is left. */
  make(protocol: number, inside: number, insidePort: number, remote: number, remotePort: number): number {
    const host = this.hosts.of(inside)
    const kind = portKindOf(protocol)
    const port = hasRemotePort(kind) ? remotePort : 0
    const external = this.use.take(protocol, host, inside, insidePort, remote, port)
    if (external === NO_PORT) return NO_ROW
    const seen = this.seesAddress ? remote : ANY_REMOTE
    const ports = this.portsWord(protocol, insidePort, remotePort)
    const row = this.table.insert(protocol, inside, seen, ports, external)
    this.use.follow(row, remote)
    this.hosts.add(host, kind)
    this.timers?.begin(row, kind)
    this.filter.begin(row)
    this.occupancy.insert(this.instant.now, kind)
    return row
  }

  /** Ends a mapping at an instant that is not before those of earlier calls. */
  end(row: number, atPs: number, isExpired: boolean, isHeldDown: boolean): void {
    const { table, use } = this
    const protocol = table.protocol[row]!
    const kind = portKindOf(protocol)
    const external = table.external[row]!
    const remote = table.remoteAddress[row]!
    const remotePort = table.remotePortOf(row)
    this.occupancy.remove(atPs, kind, isExpired)
    this.hosts.remove(this.hosts.of(table.insideAddress[row]!), kind)
    this.timers?.end(row)
    use.forget(row)
    table.remove(row)
    use.give(atPs, protocol, external, remote, remotePort, isHeldDown)
  }

  /** Brings everything to this instant: mappings that are over go, then ports that were held down long enough. */
  advance(nowPs: number): void {
    this.instant.now = nowPs
    const { timers } = this
    if (timers !== undefined && nowPs >= timers.lists.nextDuePs)
      for (let row = timers.due(); row !== NO_ROW; row = timers.due())
        this.end(row, timers.lists.expiryPs[row]!, true, true)
    this.use.advance(nowPs)
  }

  private portsWord(protocol: number, insidePort: number, remotePort: number): number {
    const isSeen = this.seesPort && hasRemotePort(portKindOf(protocol))
    return (insidePort << 16) | (isSeen ? remotePort : 0)
  }
}
