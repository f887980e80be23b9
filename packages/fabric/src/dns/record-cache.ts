import { InvariantError } from '@weft/core'
import { ExpiryHeap } from './expiry-heap.ts'
import type { DnsName } from './name.ts'
import type { RecordSet, RecordType } from './records.ts'
import type { RecordSource, Reply } from './reply.ts'
import { UseOrder } from './use-order.ts'

/** In place of a row: nothing is kept. */
export const NOT_KEPT = -1

const ROWS_MIN = 16

/** Rows of one name, by type; `'any'`: that there is no such name. */
type RowsOfName = Map<RecordType | 'any', number>

/**
 * What was answered, until it expires: a row for each name and type, whether there are such records or not, and one for
 * each name that does not exist.
 *
 * A row is gone at its instant, whoever looks and whenever: every method first removes what is due. A full cache evicts
 * the row that was used longest ago.
 */
export class RecordCache {
  readonly capacity: number
  size = 0
  /** Most rows at once so far. */
  peak = 0
  /** Rows whose instant came, and rows that had to go before it. */
  expired = 0
  evicted = 0
  private readonly clock: { readonly now: number }
  private readonly rows = new Map<DnsName, RowsOfName>()
  private readonly heap = new ExpiryHeap()
  private readonly order = new UseOrder()
  private readonly names: DnsName[] = []
  private readonly types: (RecordType | 'any')[] = []
  private readonly sets: (RecordSet | undefined)[] = []
  private readonly sources: RecordSource[] = []
  private readonly free: number[] = []
  private room = 0

  constructor(clock: { readonly now: number }, capacity: number) {
    if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= 2 ** 24))
      throw new InvariantError(`a cache of ${capacity} answers, expected a whole number from 1 to 2^24`)
    this.clock = clock
    this.capacity = capacity
  }

  /** The row that answers: the type's own, an alias, or that there is no such name; else NOT_KEPT. */
  find(name: DnsName, type: RecordType): number {
    this.expire()
    const rows = this.rows.get(name)
    if (rows === undefined) return NOT_KEPT
    const own = rows.get(type)
    if (own !== undefined) return own
    const alias = rows.get('CNAME')
    // that a name is no alias says nothing about other types
    if (alias !== undefined && this.sets[alias] !== undefined) return alias
    return rows.get('any') ?? NOT_KEPT
  }

  /** Puts a row's part into a reply; it counts as used. */
  use(row: number, reply: Reply): void {
    this.order.use(row)
    this.copy(row, reply)
  }

  /** The same for whoever only looks. */
  copy(row: number, reply: Reply): void {
    reply.add(
      this.names[row]!,
      this.types[row]!,
      this.sets[row],
      this.heap.expiryPs[row]!,
      this.sources[row]!,
    )
  }

  /** Keeps a part of a reply in place of what was known. What expires now is not kept. */
  keep(reply: Reply, part: number, expiryPs: number): void {
    this.expire()
    const name = reply.names[part]!
    const type = reply.types[part]!
    const known = this.rows.get(name)?.get(type)
    if (known !== undefined) this.forget(known)
    // a name that has records is there
    const missing = type === 'any' ? undefined : this.rows.get(name)?.get('any')
    if (missing !== undefined) this.forget(missing)
    if (expiryPs <= this.clock.now) return
    if (this.size === this.capacity) {
      this.evicted++
      this.forget(this.order.oldest)
    }
    const row = this.take()
    this.names[row] = name
    this.types[row] = type
    this.sets[row] = reply.sets[part]
    this.sources[row] = reply.sources[part]!
    this.heap.insert(row, expiryPs)
    this.order.add(row)
    const rows: RowsOfName = this.rows.get(name) ?? new Map()
    this.rows.set(name, rows.set(type, row))
    this.size++
    this.peak = Math.max(this.peak, this.size)
  }

  /** Forgets everything, as a process that starts anew. */
  clear(): void {
    this.expire()
    while (this.size > 0) this.forget(this.order.oldest)
  }

  /** Removes every row whose instant has come. */
  expire(): void {
    while (this.heap.firstPs <= this.clock.now) {
      this.expired++
      this.forget(this.heap.first)
    }
  }

  private take(): number {
    const row = this.free.pop()
    if (row !== undefined) return row
    if (this.size === this.room) {
      this.room = Math.min(Math.max(ROWS_MIN, 2 * this.room), this.capacity)
      this.heap.resize(this.room)
      this.order.resize(this.room)
    }
    return this.size
  }

  private forget(row: number): void {
    const name = this.names[row]!
    const rows = this.rows.get(name)!
    rows.delete(this.types[row]!)
    if (rows.size === 0) this.rows.delete(name)
    this.sets[row] = undefined
    this.heap.remove(row)
    this.order.remove(row)
    this.free.push(row)
    this.size--
  }
}
