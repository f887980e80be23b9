import { nearest } from '@weft/core'
import type { NetworkBlueprint } from '@weft/fabric'
import { spellingsOf } from '../../compile/selectors/selectors.ts'
import { eachRow, type Row } from '../demands/csv-rows.ts'
import type { Source } from '../source.ts'
import { type ColumnNames, findColumns, type KnownHeaders } from './columns.ts'
import { type Reading, readCounter, readInstant } from './readings.ts'

export type CounterColumn =
  | 'time'
  | 'link'
  | 'node'
  | 'peer'
  | 'inOctets'
  | 'outOctets'
  | 'inPackets'
  | 'outPackets'

export interface CounterReadOptions {
  readonly columns?: ColumnNames<CounterColumn>
  /** What a reading says: all since the interface came up (default), as SNMP has it, or since the reading before. */
  readonly readings?: 'totals' | 'deltas'
}

/** What one end of a link counted in one direction between two readings. */
export interface CountedSpan {
  readonly startS: number
  readonly endS: number
  readonly octets: number
  /** Undefined where packets were not counted. */
  readonly packets: number | undefined
}

export interface LinkCounts {
  /** By direction's key, see `directionKey`, in order of time. */
  readonly spans: ReadonlyMap<string, readonly CountedSpan[]>
  /** Readings less than those before: the interface was reset, and nothing is known of the time between. */
  readonly resets: number
}

const KNOWN: KnownHeaders<CounterColumn> = {
  time: ['time', 'timestamp', 'ts', 'datetime', 'date', 'polltime'],
  link: ['link', 'ifalias', 'description'],
  node: ['node', 'device', 'host', 'hostname', 'sysname', 'router', 'switch', 'agent'],
  peer: ['peer', 'neighbour', 'neighbor', 'remote', 'remotedevice', 'remotehost'],
  inOctets: ['inoctets', 'ifhcinoctets', 'ifinoctets', 'inbytes', 'rxbytes', 'bytesin'],
  outOctets: ['outoctets', 'ifhcoutoctets', 'ifoutoctets', 'outbytes', 'txbytes', 'bytesout'],
  inPackets: ['inpackets', 'ifhcinucastpkts', 'ifinucastpkts', 'inpkts', 'inucastpkts', 'rxpackets'],
  outPackets: ['outpackets', 'ifhcoutucastpkts', 'ifoutucastpkts', 'outpkts', 'outucastpkts', 'txpackets'],
}
export const COUNTER_COLUMNS = Object.keys(KNOWN)

/** Of what the sender's end counts as sent; what the receiver's end counts as received is another. */
export const directionKey = (link: string, sender: string, counted: 'sent' | 'received'): string =>
  JSON.stringify([link, sender, counted])

/**
 * Readings of interface counters as CSV: a row per interface and time. An interface is a link of the network, by name, or by
 * node and peer where these have one link alone; `node` says whose end counts, the first of the link's name where it is
 * absent. Throws a ScenarioFileError with all that is wrong.
 */
export function readCounters(
  source: Source,
  network: NetworkBlueprint,
  options: CounterReadOptions = {},
): LinkCounts {
  const reader = new CounterReader(source, network, options)
  eachRow(source, (row) => reader.take(row))
  return reader.finish()
}

interface CounterReading {
  readonly timeS: number
  readonly line: number
  readonly octets: bigint
  readonly packets: bigint | undefined
}

class CounterReader {
  readonly #source: Source
  readonly #options: CounterReadOptions
  readonly #interfaces: InterfaceLookup
  readonly #readings = new Map<string, CounterReading[]>()
  #width = 0
  #columns: Readonly<Partial<Record<CounterColumn, number>>> | undefined

  constructor(source: Source, network: NetworkBlueprint, options: CounterReadOptions) {
    this.#source = source
    this.#options = options
    this.#interfaces = new InterfaceLookup(network)
  }

  take(row: Row): void {
    if (this.#columns === undefined) this.#takeHeader(row)
    else if (row.cells.length !== this.#width)
      this.#source.refuse(row.line, `this row has ${row.cells.length} cells; the header has ${this.#width}`)
    else this.#takeReading(row, this.#columns)
  }

  finish(): LinkCounts {
    if (this.#columns === undefined) this.#source.fail(1, 'the file is empty; expected a header')
    const spans = new Map<string, CountedSpan[]>()
    let resets = 0
    for (const [key, readings] of this.#readings) {
      const sorted = [...readings].sort((a, b) => a.timeS - b.timeS)
      const own: CountedSpan[] = []
      for (const [i, reading] of sorted.entries()) {
        if (i === 0) continue
        const span = this.#spanOf(sorted[i - 1]!, reading)
        if (span === undefined) resets++
        else own.push(span)
      }
      spans.set(key, own)
    }
    this.#source.check()
    return { spans, resets }
  }

  #takeHeader(header: Row): void {
    this.#width = header.cells.length
    const { columns = {} } = this.#options
    const required = ['time', 'inOctets', 'outOctets'] as const
    this.#columns = findColumns(header, KNOWN, required, columns, this.#source)
    const { link, node, peer } = this.#columns
    if (link === undefined && (node === undefined || peer === undefined))
      this.#source.fail(header.line, 'no column for link, nor for node and peer; expected the names of links')
  }

  #takeReading({ line, cells }: Row, columns: Readonly<Partial<Record<CounterColumn, number>>>): void {
    const cell = (key: CounterColumn) => (columns[key] === undefined ? undefined : cells[columns[key]])
    const read = <T>(key: CounterColumn, reader: (text: string) => Reading<T>): T | undefined => {
      const text = cell(key)
      if (text === undefined || (text === '' && key.endsWith('Packets'))) return undefined
      const reading = reader(text)
      if (reading.ok) return reading.value
      this.#source.refuse(line, reading.message)
      return undefined
    }
    const found = this.#interfaces.find(cell('link'), cell('node'), cell('peer'))
    if (typeof found === 'string') this.#source.refuse(line, found)
    const timeS = read('time', readInstant)
    const [inOctets, outOctets] = [read('inOctets', readCounter), read('outOctets', readCounter)]
    const [inPackets, outPackets] = [read('inPackets', readCounter), read('outPackets', readCounter)]
    if (typeof found === 'string' || timeS === undefined) return
    if (inOctets === undefined || outOctets === undefined) return
    const { link, node, peer } = found
    const [sent, received] = [directionKey(link, node, 'sent'), directionKey(link, peer, 'received')]
    this.#add(sent, { timeS, line, octets: outOctets, packets: outPackets })
    this.#add(received, { timeS, line, octets: inOctets, packets: inPackets })
  }

  #add(key: string, reading: CounterReading): void {
    const known = this.#readings.get(key)
    if (known === undefined) this.#readings.set(key, [reading])
    else known.push(reading)
  }

  /** Undefined where the counter was reset in between. */
  #spanOf(before: CounterReading, { timeS, line, octets, packets }: CounterReading): CountedSpan | undefined {
    if (timeS === before.timeS) {
      this.#source.refuse(line, 'a second reading of this interface at the same time')
      return undefined
    }
    const since = (now: bigint, then: bigint) =>
      this.#options.readings === 'deltas' ? Number(now) : advance(then, now)
    const counted = since(octets, before.octets)
    const packetCount =
      packets === undefined || before.packets === undefined ? undefined : since(packets, before.packets)
    if (counted === undefined) return undefined
    return { startS: before.timeS, endS: timeS, octets: counted, packets: packetCount }
  }
}

const WRAP_32 = 2n ** 32n

/**
 * How far a counter has gone. One of 32 bits wraps from near its end to near its start; any other that went back was reset,
 * and the answer is undefined.
 */
function advance(then: bigint, now: bigint): number | undefined {
  if (now >= then) return Number(now - then)
  const wraps = then < WRAP_32 && now + WRAP_32 - then < WRAP_32 / 2n
  return wraps ? Number(now + WRAP_32 - then) : undefined
}

interface Interface {
  readonly link: string
  /** Whose end counts, and the other. */
  readonly node: string
  readonly peer: string
}

/** Links by what readings call them. */
class InterfaceLookup {
  readonly #links = new Map<string, readonly [string, string]>()
  readonly #between = new Map<string, string[]>()
  readonly #nodes = new Map<string, string>()

  constructor({ nodes, links }: NetworkBlueprint) {
    for (const { name } of nodes) {
      this.#nodes.set(name, name)
      this.#nodes.set(name.slice(name.indexOf('/') + 1), name)
    }
    for (const { name, ends } of links) {
      this.#links.set(name, ends)
      for (const key of [ends.join(':'), [...ends].reverse().join(':')])
        this.#between.set(key, [...(this.#between.get(key) ?? []), name])
    }
  }

  /** The interface, or what is wrong. */
  find(link: string | undefined, node: string | undefined, peer: string | undefined): Interface | string {
    const name = link === undefined ? this.#linkBetween(node!, peer!) : this.#linkNamed(link)
    if (typeof name !== 'object') return name
    const ends = this.#links.get(name.link)!
    const own = node === undefined || node === '' ? ends[0] : this.#nodes.get(node)
    if (own === undefined || !ends.includes(own))
      return `${JSON.stringify(node)} is no end of ${name.link}; expected ${ends.join(' or ')}`
    return { link: name.link, node: own, peer: own === ends[0] ? ends[1] : ends[0] }
  }

  #linkNamed(text: string): { link: string } | string {
    const link = spellingsOf(text).find((name) => this.#links.has(name))
    if (link !== undefined) return { link }
    const meant = nearest(text, this.#links.keys())
    const [first] = this.#links.keys()
    const help = meant === undefined ? `links are named as in "${first}"` : `did you mean "${meant}"?`
    return `unknown link ${JSON.stringify(text)}; ${help}`
  }

  #linkBetween(node: string, peer: string): { link: string } | string {
    for (const each of [node, peer])
      if (!this.#nodes.has(each))
        return `unknown node ${JSON.stringify(each)}; nodes are named as in the scenario`
    const links = this.#between.get(`${this.#nodes.get(node)}:${this.#nodes.get(peer)}`) ?? []
    if (links.length === 1) return { link: links[0]! }
    return links.length === 0
      ? `there is no link between ${node} and ${peer}`
      : `there are ${links.length} links between ${node} and ${peer}; say which in a column for link`
  }
}
