import { nearest } from '@weft/core'
import type { Source } from '../source.ts'
import { columnOfCell, type Row } from './csv-rows.ts'

export interface NumberColumn {
  readonly at: number
  /** As the file calls it. */
  readonly header: string
  /** What 1 in a cell stands for, in base units. */
  readonly unit: number
}

/** Which column of a list is which. */
export interface DemandColumns {
  readonly from: number
  readonly to: number
  readonly rate: number
  readonly packets?: NumberColumn
  readonly packetBytes?: NumberColumn
  readonly connections?: NumberColumn
}

const FROM = ['from', 'source', 'src']
const TO = ['to', 'target', 'destination', 'dst']
const RATE = ['rate', 'demand']

type Quantity = 'packets' | 'packetBytes' | 'connections'

/** By the header's letters, digits and slashes: what a column of numbers counts, and in what unit. */
const NUMBERS: Readonly<Record<string, readonly [Quantity, number]>> = {
  packetspers: ['packets', 1],
  packetspersecond: ['packets', 1],
  'packets/s': ['packets', 1],
  pps: ['packets', 1],
  kpps: ['packets', 1e3],
  mpps: ['packets', 1e6],
  packetbytes: ['packetBytes', 1],
  meanpacketbytes: ['packetBytes', 1],
  connectionspers: ['connections', 1],
  connectionspersecond: ['connections', 1],
  'connections/s': ['connections', 1],
  newconnectionspers: ['connections', 1],
  newconnectionspersecond: ['connections', 1],
  'newconnections/s': ['connections', 1],
  cps: ['connections', 1],
}

export const PACKETS_HEADER = 'packets_per_s'
export const PACKET_BYTES_HEADER = 'packet_bytes'
export const CONNECTIONS_HEADER = 'connections_per_s'
const NUMBER_HEADERS = [PACKETS_HEADER, PACKET_BYTES_HEADER, CONNECTIONS_HEADER]

const plain = (header: string) => header.toLowerCase()
const bare = (header: string) => header.toLowerCase().replace(/[^a-z0-9/]/g, '')

export const isList = ({ cells }: Row): boolean =>
  cells.some((cell) => FROM.includes(plain(cell)) || TO.includes(plain(cell)))

/** Undefined where a column that every list has is missing. Refuses columns that it does not know, and fails. */
export function findDemandColumns(header: Row, source: Source): DemandColumns | undefined {
  const find = (names: readonly string[]) => header.cells.findIndex((cell) => names.includes(plain(cell)))
  const rate = header.cells.findIndex((cell) => RATE.includes(plain(cell).replace(/[ _(].*$/, '')))
  const names = { from: find(FROM), to: find(TO), rate }
  const numbers: Partial<Record<Quantity, NumberColumn>> = {}
  header.cells.forEach((cell, at) => {
    if (at === names.from || at === names.to || at === names.rate) return
    const [quantity, unit] = NUMBERS[bare(cell)] ?? []
    if (quantity === undefined || unit === undefined) refuseUnknown(cell, at)
    else if (numbers[quantity] === undefined) numbers[quantity] = { at, header: cell, unit }
    else refuse(at, `a second column for ${numbers[quantity].header}, ${JSON.stringify(cell)}; leave one out`)
  })
  const { packets, packetBytes } = numbers
  if (packets !== undefined && packetBytes !== undefined)
    refuse(
      packetBytes.at,
      `${packets.header} and ${packetBytes.header} say the same beside a rate; leave one out`,
    )
  source.check()
  return names.from < 0 || names.to < 0 || names.rate < 0 ? undefined : { ...names, ...numbers }

  function refuse(at: number, message: string): void {
    source.refuse(header.line, message, columnOfCell(header, at, source))
  }
  function refuseUnknown(cell: string, at: number): void {
    const meant = nearest(plain(cell), NUMBER_HEADERS)
    const expected = `expected from, to and rate, and beside them ${PACKETS_HEADER} or ${PACKET_BYTES_HEADER}, and ${CONNECTIONS_HEADER}`
    const hint = meant === undefined ? expected : `did you mean ${JSON.stringify(meant)}?`
    refuse(at, `unknown column ${JSON.stringify(cell)}; ${hint}`)
  }
}
