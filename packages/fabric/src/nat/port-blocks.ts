import { ConfigError } from '@weft/core'
import { copied } from '../state-table/expiry-lists.ts'
import type { PoolAddress } from './nat-pool.ts'
import { ANY_PARITY, NO_PORT, PortBitmap } from './port-bitmap.ts'
import { PORT_MAX } from './port-ranges.ts'

export const NO_BLOCK = -1
const NOBODY = -1

export interface PortBlockOptions {
  /** Ports of a block, 1 to 65,536. */
  readonly size: number
  /** Most blocks that a host has at once, 1 or more; 1 by default. */
  readonly blocksMax?: number
  /**
   * Inside addresses that have their first block for good, the first of them the first block and so on (RFC 7422): who had a port
   * follows without a log. Others, and further blocks, come from what is left over.
   */
  readonly hosts?: readonly number[]
}

/**
 * Blocks of consecutive external ports, each of one inside host at a time, for all protocols alike. A block goes back when none of
 * its ports is in use or held down. Ports of a range that fill no whole block belong to nobody.
 */
export class PortBlocks {
  readonly blocksMax: number
  readonly count: number
  /** By block. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly place: Int32Array
  private readonly owner: Int32Array
  private readonly used: Int32Array
  private readonly next: Int32Array
  private readonly isFixed: Uint8Array
  /** The first block of a place; at its end how many there are. */
  private readonly firstAt: Int32Array
  /** By place: which of its blocks are free, as if they were ports. */
  private readonly free: PortBitmap[] = []
  private readonly fixedBlock = new Map<number, number>()
  /** By host: its first block. */
  private first = new Int32Array(0)

  constructor(pool: readonly PoolAddress[], options: PortBlockOptions) {
    const blocks = pool.flatMap(({ ports }, place) =>
      ports.tcp.flatMap(([from, to]) =>
        Array.from({ length: Math.floor((to - from + 1) / options.size) }, (_, i) => [
          place,
          from + i * options.size,
        ]),
      ),
    )
    this.blocksMax = options.blocksMax ?? 1
    this.count = blocks.length
    this.place = Int32Array.from(blocks, ([place]) => place!)
    this.from = Int32Array.from(blocks, ([, from]) => from!)
    this.to = this.from.map((from) => from + options.size - 1)
    this.owner = new Int32Array(this.count).fill(NOBODY)
    this.used = new Int32Array(this.count)
    this.next = new Int32Array(this.count).fill(NO_BLOCK)
    this.isFixed = new Uint8Array(this.count)
    this.firstAt = new Int32Array(pool.length + 1).fill(this.count)
    for (let block = this.count - 1; block >= 0; block--) this.firstAt[this.place[block]!] = block
    for (let place = pool.length - 1; place >= 0; place--)
      this.firstAt[place] = Math.min(this.firstAt[place]!, this.firstAt[place + 1]!)
    for (let place = 0; place < pool.length; place++) this.free.push(new PortBitmap(this.blocksAt(place)))
    this.fix(options.hosts ?? [])
  }

  /** The block that a host has for good, by its address; or NO_BLOCK. */
  fixedOf(address: number): number {
    return this.fixedBlock.size === 0 ? NO_BLOCK : (this.fixedBlock.get(address) ?? NO_BLOCK)
  }

  /** A host's blocks: the first, and the one behind a given one. */
  firstOf(host: number): number {
    return host < this.first.length ? this.first[host]! : NO_BLOCK
  }

  after(block: number): number {
    return this.next[block]!
  }

  blocksOf(host: number): number {
    let blocks = 0
    for (let block = this.firstOf(host); block !== NO_BLOCK; block = this.next[block]!) blocks++
    return blocks
  }

  /** The lowest block of a place that nobody has, behind a given one if there is one; or NO_BLOCK. */
  freeAt(place: number, behind = NO_BLOCK): number {
    const first = this.firstAt[place]!
    const from = behind === NO_BLOCK ? 0 : behind - first + 1
    const at = this.free[place]!.next(from, PORT_MAX, ANY_PARITY)
    return at === NO_PORT ? NO_BLOCK : first + at
  }

  /** Blocks that nobody has. */
  get unowned(): number {
    return this.free.reduce((sum, { free }) => sum + free, 0)
  }

  /** Makes a block a host's own, behind those that it has; it must have none of its ports in use. */
  claim(block: number, host: number): void {
    this.reach(host)
    this.owner[block] = host
    this.next[block] = NO_BLOCK
    if (this.isFixed[block] === 0)
      this.free[this.place[block]!]!.take(block - this.firstAt[this.place[block]!]!)
    let last = this.first[host]!
    if (last === NO_BLOCK) {
      this.first[host] = block
      return
    }
    while (this.next[last] !== NO_BLOCK) last = this.next[last]!
    this.next[last] = block
  }

  /** One more port of a block is in use. */
  take(place: number, port: number): void {
    this.used[this.blockAt(place, port)]!++
  }

  /** One less; without any the block goes back. */
  give(place: number, port: number): void {
    const block = this.blockAt(place, port)
    if (--this.used[block]! > 0 || this.isFixed[block] === 1) return
    this.unlink(block, this.owner[block]!)
    this.owner[block] = NOBODY
    this.free[place]!.give(block - this.firstAt[place]!)
  }

  /** The last block of a place that begins at this port or before. */
  private blockAt(place: number, port: number): number {
    let low = this.firstAt[place]!
    let high = this.firstAt[place + 1]! - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.from[middle]! <= port) low = middle
      else high = middle - 1
    }
    return low
  }

  private blocksAt(place: number): [number, number][] {
    const blocks = this.firstAt[place + 1]! - this.firstAt[place]!
    return blocks === 0 ? [] : [[0, blocks - 1]]
  }

  private fix(hosts: readonly number[]): void {
    if (hosts.length > this.count)
      throw new ConfigError([
        {
          path: ['blocks', 'hosts'],
          message: `got ${hosts.length} hosts for ${this.count} blocks; take smaller blocks or more addresses`,
        },
      ])
    hosts.forEach((address, block) => {
      this.fixedBlock.set(address, block)
      this.isFixed[block] = 1
      this.free[this.place[block]!]!.take(block - this.firstAt[this.place[block]!]!)
    })
  }

  private unlink(block: number, host: number): void {
    if (this.first[host] === block) {
      this.first[host] = this.next[block]!
      return
    }
    let before = this.first[host]!
    while (this.next[before] !== block) before = this.next[before]!
    this.next[before] = this.next[block]!
  }

  private reach(host: number): void {
    if (host < this.first.length) return
    const grown = new Int32Array(Math.max(16, 2 * host)).fill(NO_BLOCK)
    this.first = copied(grown, this.first)
  }
}
