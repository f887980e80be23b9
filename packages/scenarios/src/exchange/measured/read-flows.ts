import { eachRow, type Row } from '../demands/csv-rows.ts'
import type { Source } from '../source.ts'
import { type ColumnNames, findColumns } from './columns.ts'
import { FLOW_HEADERS, type FlowColumn } from './flow-columns.ts'
import type { HostLookup } from './host-lookup.ts'
import { type Reading, readCount, readInstant } from './readings.ts'

export interface FlowReadOptions {
  readonly columns?: ColumnNames<FlowColumn>
  /** Packets per sampled one, where no column says so; absent: 1, all packets were seen. */
  readonly sampling?: number
  /**
   * What bytes count: `ip`, packets with their IP headers, as NetFlow and IPFIX do (default); or `frame`, with Ethernet's 14
   * bytes of header and 4 of check sequence, as sFlow does.
   */
  readonly bytes?: 'ip' | 'frame'
}

/** Flow records in columns, by pair of hosts. */
export interface FlowRecords {
  readonly pairs: readonly { readonly from: string; readonly to: string }[]
  readonly pair: readonly number[]
  readonly startS: readonly number[]
  readonly endS: readonly number[]
  /** IP bits, sampling made up for. */
  readonly bits: readonly number[]
  /** Sampling made up for; absent: the file has no column for it. */
  readonly packets?: readonly number[]
  /**
   * Numbers of what a record is part of: two ends with their ports, and a protocol, whichever end sends. Absent: the file has
   * no columns for ports.
   */
  readonly tuple?: readonly number[]
  /** Some records are of sampled packets. */
  readonly isSampled: boolean
  readonly unmatched: Unmatched
  /** IP bits of a host to itself. */
  readonly localBits: number
}

/** Records with an end that is no host of the network. */
export interface Unmatched {
  records: number
  bits: number
  /** Bits by the names that were not found. */
  readonly names: Map<string, number>
}

const REQUIRED = ['source', 'destination', 'bytes', 'start'] as const

/** Bytes of an Ethernet frame beside the IP packet: header and check sequence (IEEE 802.3). */
export const FRAME_BYTES = 18

/**
 * Flow records of NetFlow, sFlow or IPFIX as CSV. Columns that are not needed are ignored; records whose ends are no hosts
 * are counted apart. Throws a ScenarioFileError with all that is wrong.
 */
export function readFlows(source: Source, hosts: HostLookup, options: FlowReadOptions = {}): FlowRecords {
  const reader = new FlowReader(source, hosts, options)
  eachRow(source, (row) => reader.take(row))
  return reader.finish()
}

class FlowReader {
  readonly #source: Source
  readonly #hosts: HostLookup
  readonly #options: FlowReadOptions
  readonly #pairNumbers = new Map<string, number>()
  readonly #records = {
    pairs: [] as { from: string; to: string }[],
    pair: [] as number[],
    startS: [] as number[],
    endS: [] as number[],
    bits: [] as number[],
    packets: [] as number[],
    tuple: [] as number[],
  }
  readonly #tupleNumbers = new Map<string, number>()
  #isSampled = false
  readonly #unmatched: Unmatched = { records: 0, bits: 0, names: new Map() }
  #localBits = 0
  #width = 0
  #columns: ReturnType<typeof findColumns<FlowColumn>> | undefined

  constructor(source: Source, hosts: HostLookup, options: FlowReadOptions) {
    this.#source = source
    this.#hosts = hosts
    this.#options = options
  }

  take(row: Row): void {
    if (this.#columns === undefined) this.#takeHeader(row)
    else if (row.cells.length !== this.#width)
      this.#source.refuse(row.line, `this row has ${row.cells.length} cells; the header has ${this.#width}`)
    else this.#takeRecord(row, this.#columns)
  }

  finish(): FlowRecords {
    if (this.#columns === undefined) this.#source.fail(1, 'the file is empty; expected a header')
    this.#source.check()
    const { packets, tuple, ...records } = this.#records
    return {
      ...records,
      ...(this.#columns.packets !== undefined && { packets }),
      ...(hasPorts(this.#columns) && { tuple }),
      isSampled: this.#isSampled,
      unmatched: this.#unmatched,
      localBits: this.#localBits,
    }
  }

  #takeHeader(header: Row): void {
    this.#width = header.cells.length
    const { columns = {}, bytes } = this.#options
    const required = bytes === 'frame' ? [...REQUIRED, 'packets' as const] : REQUIRED
    this.#columns = findColumns(header, FLOW_HEADERS, required, columns, this.#source)
  }

  #takeRecord({ line, cells }: Row, columns: Readonly<Partial<Record<FlowColumn, number>>>): void {
    const cell = (key: FlowColumn) => (columns[key] === undefined ? undefined : cells[columns[key]])
    const read = (key: FlowColumn, reader: (text: string) => Reading<number>) => {
      const text = cell(key)
      return text === undefined ? undefined : this.#valueOf(reader(text), line)
    }
    const bytes = read('bytes', readCount)
    const packets = read('packets', readCount)
    const startS = read('start', readInstant)
    const endS = read('end', readInstant) ?? startS
    const sampling = read('sampling', readCount) ?? this.#options.sampling ?? 1
    if (bytes === undefined || startS === undefined || endS === undefined) return
    if (endS < startS) {
      this.#source.refuse(line, 'this flow ends before it starts')
      return
    }
    const framing = this.#options.bytes === 'frame' ? FRAME_BYTES * (packets ?? 0) : 0
    // a sampling rate of 0 is how exporters say that they do not sample
    const times = Math.max(1, sampling)
    const bits = 8 * Math.max(0, bytes - framing) * times
    const [source, destination] = [cell('source')!, cell('destination')!]
    if (!this.#add(source, destination, bits)) return
    if (times > 1) this.#isSampled = true
    this.#records.startS.push(startS)
    this.#records.endS.push(endS)
    this.#records.packets.push((packets ?? 0) * times)
    if (!hasPorts(columns)) return
    const ends = [`${source} ${cell('sourcePort')}`, `${destination} ${cell('destinationPort')}`]
    this.#records.tuple.push(this.#tupleNumber(`${ends.sort().join(' ')} ${cell('protocol')}`))
  }

  #valueOf(reading: Reading<number>, line: number): number | undefined {
    if (reading.ok) return reading.value
    this.#source.refuse(line, reading.message)
    return undefined
  }

  /** Whether the record is one between two hosts, whose pair and bits are then noted. */
  #add(source: string, destination: string, bits: number): boolean {
    const [from, to] = [this.#hosts.find(source), this.#hosts.find(destination)]
    if (from === undefined || to === undefined) {
      const unmatched = this.#unmatched
      unmatched.records++
      unmatched.bits += bits
      for (const [name, host] of [
        [source, from],
        [destination, to],
      ] as const)
        if (host === undefined) unmatched.names.set(name, (unmatched.names.get(name) ?? 0) + bits)
      return false
    }
    if (from === to) {
      this.#localBits += bits
      return false
    }
    this.#records.pair.push(this.#pairNumber(from, to))
    this.#records.bits.push(bits)
    return true
  }

  #pairNumber(from: string, to: string): number {
    const key = JSON.stringify([from, to])
    const known = this.#pairNumbers.get(key)
    if (known !== undefined) return known
    const number = this.#records.pairs.push({ from, to }) - 1
    this.#pairNumbers.set(key, number)
    return number
  }

  #tupleNumber(key: string): number {
    const known = this.#tupleNumbers.get(key)
    if (known !== undefined) return known
    this.#tupleNumbers.set(key, this.#tupleNumbers.size)
    return this.#tupleNumbers.size - 1
  }
}

const hasPorts = (columns: Readonly<Partial<Record<FlowColumn, number>>>): boolean =>
  columns.sourcePort !== undefined && columns.destinationPort !== undefined
