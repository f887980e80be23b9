import type { RandomStream } from '@weft/core'
import type { ExternalPorts, PortSearch } from './external-ports.ts'
import { hashBelow } from './external-ports.ts'
import type { ResolvedNatOptions } from './nat-options.ts'
import { ANY_PARITY, EVEN_PORTS, NO_PORT, ODD_PORTS } from './port-bitmap.ts'
import { NO_BLOCK, type PortBlocks } from './port-blocks.ts'
import { classOf } from './port-classes.ts'
import { hasRemotePort, PORT_KINDS, PORTLESS_KIND, portKindOf } from './port-kinds.ts'
import { PORT_MAX } from './port-ranges.ts'

/** Chooses external ports: first the address, then a port of it; exactly, so that NO_PORT means that there is none. */
export class PortAllocator {
  private readonly options: ResolvedNatOptions
  private readonly ports: ExternalPorts
  private readonly random: RandomStream
  private readonly blocks: PortBlocks | undefined
  /** Where sequential allocation goes on, by place and protocol. */
  private readonly cursors = new Map<number, number>()

  constructor(
    options: ResolvedNatOptions,
    ports: ExternalPorts,
    blocks: PortBlocks | undefined,
    random: RandomStream,
  ) {
    this.options = options
    this.ports = ports
    this.blocks = blocks
    this.random = random
  }

  /**
   * An external port for a mapping of an inside endpoint: its place in the pool in the upper half, the port in the lower one; or
   * NO_PORT. `search` says for which protocol and remote endpoint, and has the answer's place afterwards.
   */
  choose(search: PortSearch, host: number, inside: number, insidePort: number): number {
    const { keepsParity, pairing } = this.options
    const { pool } = this.ports
    const kind = portKindOf(search.protocol)
    search.parity =
      !keepsParity || !hasRemotePort(kind) ? ANY_PARITY : insidePort & 1 ? ODD_PORTS : EVEN_PORTS
    const home = this.homeOf(inside, search.remote)
    const places = pairing === 'paired' ? 1 : pool.length
    if (this.blocks !== undefined && kind !== PORTLESS_KIND)
      return this.chooseInBlocks(this.blocks, search, host, inside, insidePort, home, places)
    for (let i = 0; i < places; i++) {
      search.place = (home + i) % pool.length
      const port = this.portAt(search, kind, insidePort)
      if (port !== NO_PORT) return (search.place << 16) | port
    }
    return NO_PORT
  }

  /** Where the external address of an inside one, for this remote one where they are not paired, stands in the pool. */
  homeOf(inside: number, remote: number): number {
    const { pairing, seed } = this.options
    const { length } = this.ports.pool
    return length === 1 ? 0 : hashBelow(length, inside, pairing === 'paired' ? 0 : remote, seed)
  }

  private portAt(search: PortSearch, kind: number, insidePort: number): number {
    const { ports } = this
    if (kind === PORTLESS_KIND) return ports.isFree(search, 0) ? 0 : NO_PORT
    switch (this.options.allocation) {
      case 'preserve': {
        if (ports.isFree(search, insidePort)) return insidePort
        return this.anyOfClass(search, kind, insidePort)
      }
      case 'sequential': {
        const cursor = search.place * 256 + search.protocol
        const port = ports.find(search, 0, PORT_MAX, this.cursors.get(cursor) ?? 0)
        if (port !== NO_PORT) this.cursors.set(cursor, port === PORT_MAX ? 0 : port + 1)
        return port
      }
      case 'random':
        return this.anyBetween(search, kind, 0, PORT_MAX)
    }
  }

  /** A port of the class of the inside one, or any where the pool has none of that class at all. */
  private anyOfClass(search: PortSearch, kind: number, insidePort: number): number {
    const [from, to] = classOf(this.options.portClasses, kind, insidePort)
    const ranges = this.ports.pool[search.place]!.ports[PORT_KINDS[kind]!]
    const isThere = ranges.some((range) => range[0] <= to && range[1] >= from)
    return isThere ? this.anyBetween(search, kind, from, to) : this.anyBetween(search, kind, 0, PORT_MAX)
  }

  /** The next free port behind one drawn at random from those of the pool between these. */
  private anyBetween(search: PortSearch, kind: number, from: number, to: number): number {
    const ranges = this.ports.pool[search.place]!.ports[PORT_KINDS[kind]!]
    if (ranges.length === 0) return NO_PORT
    const low = Math.max(from, ranges[0]![0])
    const high = Math.min(to, ranges.at(-1)![1])
    return this.ports.find(search, low, high, low + this.random.int(high - low + 1))
  }

  private chooseInBlocks(
    blocks: PortBlocks,
    search: PortSearch,
    host: number,
    inside: number,
    insidePort: number,
    home: number,
    places: number,
  ): number {
    const fixed = blocks.fixedOf(inside)
    if (fixed !== NO_BLOCK && blocks.firstOf(host) === NO_BLOCK) blocks.claim(fixed, host)
    let owned = 0
    for (let block = blocks.firstOf(host); block !== NO_BLOCK; block = blocks.after(block)) {
      const external = this.portInBlock(blocks, block, search, insidePort)
      if (external !== NO_PORT) return external
      owned++
    }
    if (owned >= blocks.blocksMax) return NO_PORT
    // further blocks at the address of the first one, so that a host has one address
    const first = blocks.firstOf(host)
    const start = first === NO_BLOCK ? home : blocks.place[first]!
    for (let i = 0; i < places; i++) {
      const place = (start + i) % this.ports.pool.length
      // a block may have no port of this parity or protocol
      for (let block = blocks.freeAt(place); block !== NO_BLOCK; block = blocks.freeAt(place, block)) {
        const external = this.portInBlock(blocks, block, search, insidePort)
        if (external === NO_PORT) continue
        blocks.claim(block, host)
        return external
      }
    }
    return NO_PORT
  }

  private portInBlock(blocks: PortBlocks, block: number, search: PortSearch, insidePort: number): number {
    const from = blocks.from[block]!
    const to = blocks.to[block]!
    search.place = blocks.place[block]!
    const { allocation } = this.options
    const isKept =
      allocation === 'preserve' &&
      insidePort >= from &&
      insidePort <= to &&
      this.ports.isFree(search, insidePort)
    const start = allocation === 'sequential' ? from : from + this.random.int(to - from + 1)
    const port = isKept ? insidePort : this.ports.find(search, from, to, start)
    return port === NO_PORT ? NO_PORT : (search.place << 16) | port
  }
}
