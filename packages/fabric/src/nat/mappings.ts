import { hashWords } from '../model/tuple-table.ts'
import { copied } from '../state-table/expiry-lists.ts'
import { NO_ROW, RowIndex } from './row-index.ts'

const ROWS_MIN = 64
/** In place of a number of holders. */
const FREE = -1

/** A remote end that does not matter. */
export const ANY_REMOTE = -1

/**
 * The table of mappings: columns, and two indices over them. A mapping is found from inside by protocol, inside endpoint and as
 * much of the remote one as its behaviour looks at; from outside by protocol, external port and, where ports are overloaded, the
 * remote endpoint.
 */
export class Mappings {
  readonly capacity: number
  size = 0
  /** Rows that columns have room for. */
  rows = 0
  protocol = new Uint8Array(0)
  insideAddress = new Int32Array(0)
  /** ANY_REMOTE where one mapping serves all remote ends. */
  remoteAddress = new Int32Array(0)
  /** Inside port in the upper half, remote port, or 0, in the lower one. */
  ports = new Int32Array(0)
  /** Place of the external address in the pool in the upper half, external port in the lower one. */
  external = new Int32Array(0)
  /** Sessions that hold it; FREE where the row is not in use. */
  holders = new Int32Array(0)
  /** Told by whoever keeps columns beside these. */
  onResize: ((rows: number) => void)[] = []
  private readonly isOverloaded: boolean
  private readonly byInside = new RowIndex((row) => this.insideHashOf(row))
  private readonly byExternal = new RowIndex((row) => this.externalHashOf(row))
  /** Rows that were in use and are free, linked by `external`; rows from `fresh` up were never used. */
  private free = NO_ROW
  private fresh = 0

  constructor(capacity: number, isOverloaded: boolean) {
    this.capacity = capacity
    this.isOverloaded = isOverloaded
  }

  /** The mapping of an inside endpoint, or NO_ROW. */
  findInside(protocol: number, inside: number, remote: number, ports: number): number {
    const { byInside } = this
    let row = byInside.at(hashWords(inside, remote, ports, protocol))
    while (row !== NO_ROW) {
      if (
        this.insideAddress[row] === inside &&
        this.ports[row] === ports &&
        this.remoteAddress[row] === remote &&
        this.protocol[row] === protocol
      )
        return row
      row = byInside.after()
    }
    return NO_ROW
  }

  /** The mapping that has this external port, for this remote endpoint where ports are overloaded; or NO_ROW. */
  findExternal(protocol: number, external: number, remote: number, remotePort: number): number {
    const { byExternal, isOverloaded } = this
    let row = byExternal.at(this.externalHash(protocol, external, remote, remotePort))
    while (row !== NO_ROW) {
      if (
        this.external[row] === external &&
        this.protocol[row] === protocol &&
        (!isOverloaded || (this.remoteAddress[row] === remote && (this.ports[row]! & 0xffff) === remotePort))
      )
        return row
      row = byExternal.after()
    }
    return NO_ROW
  }

  /** A new mapping without holders; there must be room, and neither key may be there. */
  insert(protocol: number, inside: number, remote: number, ports: number, external: number): number {
    const row = this.take()
    this.protocol[row] = protocol
    this.insideAddress[row] = inside
    this.remoteAddress[row] = remote
    this.ports[row] = ports
    this.external[row] = external
    this.holders[row] = 0
    this.byInside.add(row)
    this.byExternal.add(row)
    this.size++
    return row
  }

  remove(row: number): void {
    this.byInside.remove(row)
    this.byExternal.remove(row)
    this.holders[row] = FREE
    this.external[row] = this.free
    this.free = row
    this.size--
  }

  isLive(row: number): boolean {
    return row >= 0 && row < this.fresh && this.holders[row] !== FREE
  }

  /** Calls with every row, lowest first. */
  forEach(visit: (row: number) => void): void {
    for (let row = 0; row < this.fresh; row++) if (this.holders[row] !== FREE) visit(row)
  }

  insidePortOf(row: number): number {
    return this.ports[row]! >>> 16
  }

  remotePortOf(row: number): number {
    return this.ports[row]! & 0xffff
  }

  private insideHashOf(row: number): number {
    return hashWords(
      this.insideAddress[row]!,
      this.remoteAddress[row]!,
      this.ports[row]!,
      this.protocol[row]!,
    )
  }

  private externalHashOf(row: number): number {
    const remotePort = this.ports[row]! & 0xffff
    return this.externalHash(this.protocol[row]!, this.external[row]!, this.remoteAddress[row]!, remotePort)
  }

  private externalHash(protocol: number, external: number, remote: number, remotePort: number): number {
    return this.isOverloaded
      ? hashWords(external, remote, remotePort, protocol)
      : hashWords(external, 0, 0, protocol)
  }

  private take(): number {
    const row = this.free
    if (row !== NO_ROW) {
      this.free = this.external[row]!
      return row
    }
    if (this.fresh === this.rows) this.grow()
    return this.fresh++
  }

  private grow(): void {
    const rows = Math.min(Math.max(ROWS_MIN, this.rows * 2), this.capacity)
    this.rows = rows
    this.protocol = copied(new Uint8Array(rows), this.protocol)
    this.insideAddress = copied(new Int32Array(rows), this.insideAddress)
    this.remoteAddress = copied(new Int32Array(rows), this.remoteAddress)
    this.ports = copied(new Int32Array(rows), this.ports)
    this.external = copied(new Int32Array(rows), this.external)
    this.holders = copied(new Int32Array(rows), this.holders)
    this.byInside.resize(rows)
    this.byExternal.resize(rows)
    for (const tell of this.onResize) tell(rows)
  }
}
