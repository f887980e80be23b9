import { hashWords, TupleTable } from '../model/tuple-table.ts'
import type { Mappings } from './mappings.ts'
import type { PoolAddress } from './nat-pool.ts'
import { ANY_PARITY, NO_PORT, nextRound, PortBitmap } from './port-bitmap.ts'
import { PORT_KINDS, portKindOf } from './port-kinds.ts'
import { NO_ROW } from './row-index.ts'

/** What a search looks for: filled anew for each. */
export class PortSearch {
  protocol = 0
  /** Place of the external address in the pool. */
  place = 0
  /** Where ports are overloaded, who they must be free for. */
  remote = 0
  remotePort = 0
  parity = ANY_PARITY
}

/** Ports tried one by one for a remote endpoint before all of its free ones are counted out. */
const TRIES = 32
/** A remote endpoint that no more mappings than this go to needs no bitmap. */
const FEW = 8

/** Who else keeps a port from being given out. */
export interface PortKeeper {
  isHeld(protocol: number, external: number, remote: number, remotePort: number): boolean
}

/**
 * Which external ports are free. Without overloading each address and protocol has a bitmap. With it a port is free or not for
 * each remote endpoint: looked up one by one, and by a bitmap for endpoints of which so many ports are in use that this would
 * take long. Either way a search finds a free port where there is one.
 */
export class ExternalPorts {
  readonly pool: readonly PoolAddress[]
  private readonly isOverloaded: boolean
  private readonly mappings: Mappings
  private readonly keeper: PortKeeper
  /** By place and protocol: free ports, or where ports are overloaded the usable ones. */
  private readonly bitmaps = new Map<number, PortBitmap>()
  /** Bitmaps of remote endpoints, by place and protocol, remote address and port. */
  private readonly crowded = new TupleTable()
  private readonly crowdedBitmaps: PortBitmap[] = []
  private readonly crowdedUsed: number[] = []
  private readonly spare: number[] = []

  constructor(pool: readonly PoolAddress[], isOverloaded: boolean, mappings: Mappings, keeper: PortKeeper) {
    this.pool = pool
    this.isOverloaded = isOverloaded
    this.mappings = mappings
    this.keeper = keeper
  }

  isFree(search: PortSearch, port: number): boolean {
    if (!this.bitmapOf(search.place, search.protocol).has(port)) return false
    return !this.isOverloaded || this.isFreeFor(search, port)
  }

  /** The next free port from `start` on that lies from `from` to `to`, going round at the end; or NO_PORT. */
  find(search: PortSearch, from: number, to: number, start: number): number {
    const usable = this.bitmapOf(search.place, search.protocol)
    if (!this.isOverloaded) return nextRound(usable, from, to, start, search.parity)
    let which = this.crowdedOf(search)
    if (which < 0) {
      let at = start
      for (let tried = 0; tried < TRIES; tried++) {
        const port = nextRound(usable, from, to, at, search.parity)
        if (port === NO_PORT || this.isFreeFor(search, port)) return port
        at = port < to ? port + 1 : from
      }
      which = this.countOut(search)
    }
    return nextRound(this.crowdedBitmaps[which]!, from, to, start, search.parity)
  }

  take(search: PortSearch, port: number): void {
    if (!this.isOverloaded) {
      this.bitmapOf(search.place, search.protocol).take(port)
      return
    }
    const which = this.crowdedOf(search)
    if (which < 0) return
    this.crowdedBitmaps[which]!.take(port)
    this.crowdedUsed[which]!++
  }

  give(search: PortSearch, port: number): void {
    if (!this.isOverloaded) {
      this.bitmapOf(search.place, search.protocol).give(port)
      return
    }
    const which = this.crowdedOf(search)
    if (which < 0) return
    this.crowdedBitmaps[which]!.give(port)
    if (--this.crowdedUsed[which]! <= FEW) this.forget(search, which)
  }

  /** Free ports of an address, whoever they are for; where ports are overloaded, the usable ones. */
  freeOf(place: number, protocol: number): number {
    return this.bitmapOf(place, protocol).free
  }

  /** Remote endpoints that have a bitmap. */
  get crowdedEndpoints(): number {
    return this.crowded.size
  }

  private bitmapOf(place: number, protocol: number): PortBitmap {
    const key = place * 256 + protocol
    let bitmap = this.bitmaps.get(key)
    if (bitmap === undefined) {
      bitmap = new PortBitmap(this.pool[place]!.ports[PORT_KINDS[portKindOf(protocol)]!])
      this.bitmaps.set(key, bitmap)
    }
    return bitmap
  }

  private isFreeFor({ protocol, place, remote, remotePort }: PortSearch, port: number): boolean {
    const external = (place << 16) | port
    return (
      this.mappings.findExternal(protocol, external, remote, remotePort) === NO_ROW &&
      !this.keeper.isHeld(protocol, external, remote, remotePort)
    )
  }

  private crowdedOf({ protocol, place, remote, remotePort }: PortSearch): number {
    return this.crowded.size === 0 ? -1 : this.crowded.get(place, protocol, remote, remotePort)
  }

  private countOut(search: PortSearch): number {
    const { protocol, place, remote, remotePort } = search
    const bitmap = new PortBitmap(this.pool[place]!.ports[PORT_KINDS[portKindOf(protocol)]!])
    let used = 0
    for (let port = bitmap.next(0, 0xffff, ANY_PARITY); port !== NO_PORT; ) {
      if (!this.isFreeFor(search, port)) {
        bitmap.take(port)
        used++
      }
      port = bitmap.next(port + 1, 0xffff, ANY_PARITY)
    }
    const which = this.spare.pop() ?? this.crowdedBitmaps.length
    this.crowdedBitmaps[which] = bitmap
    this.crowdedUsed[which] = used
    this.crowded.set(place, protocol, remote, remotePort, which)
    return which
  }

  private forget({ protocol, place, remote, remotePort }: PortSearch, which: number): void {
    this.crowded.delete(place, protocol, remote, remotePort)
    this.crowdedBitmaps[which] = NOTHING
    this.spare.push(which)
  }
}

const NOTHING = new PortBitmap([])

/** A whole number below `count`, the same for the same words. */
export function hashBelow(count: number, a: number, b: number, seed: number): number {
  return Math.floor((hashWords(a, b, seed, count) >>> 0) * (count / 2 ** 32))
}
