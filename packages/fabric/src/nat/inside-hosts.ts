import { copied } from '../state-table/expiry-lists.ts'
import { PORT_KINDS } from './port-kinds.ts'

const NO_HOST = -1
const KINDS = PORT_KINDS.length

/** An inside address and its mappings. */
export interface InsideHost {
  readonly address: number
  readonly mappings: number
  readonly peak: number
  /** New mappings that it was refused. */
  readonly refused: number
}

/** Mappings by inside address. Hosts that were seen once stay: 40 bytes each, and 4 for every interned address. */
export class InsideHosts {
  count = 0
  address = new Int32Array(0)
  mappings = new Int32Array(0)
  peak = new Int32Array(0)
  refused = new Float64Array(0)
  /** KINDS numbers a host: mappings by kind of protocol. */
  byKind = new Int32Array(0)
  private hostOf = new Int32Array(0)

  /** The host of an address, made at its first mention. */
  of(address: number): number {
    const known = this.find(address)
    if (known !== NO_HOST) return known
    if (address >= this.hostOf.length) this.growAddresses(address)
    if (this.count === this.address.length) this.grow()
    this.hostOf[address] = this.count
    this.address[this.count] = address
    return this.count++
  }

  /** The host of an address, or -1. */
  find(address: number): number {
    return address < this.hostOf.length ? this.hostOf[address]! : NO_HOST
  }

  add(host: number, kind: number): void {
    this.byKind[host * KINDS + kind]!++
    const mappings = ++this.mappings[host]!
    if (mappings > this.peak[host]!) this.peak[host] = mappings
  }

  remove(host: number, kind: number): void {
    this.byKind[host * KINDS + kind]!--
    this.mappings[host]!--
  }

  mappingsOfKind(host: number, kind: number): number {
    return this.byKind[host * KINDS + kind]!
  }

  describe(host: number): InsideHost {
    return {
      address: this.address[host]!,
      mappings: this.mappings[host]!,
      peak: this.peak[host]!,
      refused: this.refused[host]!,
    }
  }

  private growAddresses(address: number): void {
    const grown = new Int32Array(Math.max(64, 2 * this.hostOf.length, address + 1)).fill(NO_HOST)
    this.hostOf = copied(grown, this.hostOf)
  }

  private grow(): void {
    const hosts = Math.max(16, 2 * this.count)
    this.address = copied(new Int32Array(hosts), this.address)
    this.mappings = copied(new Int32Array(hosts), this.mappings)
    this.peak = copied(new Int32Array(hosts), this.peak)
    this.refused = copied(new Float64Array(hosts), this.refused)
    this.byKind = copied(new Int32Array(hosts * KINDS), this.byKind)
  }
}
