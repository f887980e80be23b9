import { given } from '../given.ts'
import type { ExchangeDemand } from '../network.ts'
import type { Source } from '../source.ts'
import { isRateUnit, rateReader, readNumber } from './cell-values.ts'
import { columnOfCell, eachRow, type Row } from './csv-rows.ts'
import { type DemandColumns, findDemandColumns, isList } from './demand-columns.ts'
import { type DemandNames, NameChecks } from './demand-names.ts'
import { packetsRefusal, sizeRefusal } from './packet-sizes.ts'

/** All pairs of a thousand hosts as a list, which takes some seconds and a gigabyte. */
export const DEMANDS_BYTES_MAX = 100_000_000

const EXPECTED =
  'a header "from,to,rate" (rates with their units), "from,to,rate_Mbps" (numbers), or a matrix whose first cell is the unit: "Mbps,a,b,..."'

/**
 * Demands as CSV (RFC 4180): a list of pairs, or a matrix with the senders in its first column and the receivers in its
 * first row. Every rate has a unit, in its own cell or in the header; a list may state packets per second, or the mean
 * size of packets, and new connections per second beside it. Throws a ScenarioFileError with all that is wrong, names
 * among it where there is somebody who knows them.
 */
export function readDemandsCsv(source: Source, names?: DemandNames): ExchangeDemand[] {
  const [header, ...rows] = readRows(source)
  if (header === undefined) source.fail(1, `the file is empty; expected ${EXPECTED}`)
  const checks = new NameChecks(source, names)
  const demands = isList(header)
    ? readList(header, rows, checks, source)
    : readMatrix(header, rows, checks, source)
  source.check()
  return demands
}

function readRows(source: Source): Row[] {
  const rows: Row[] = []
  eachRow(source, (row) => rows.push(row))
  return rows
}

function readList(header: Row, rows: readonly Row[], checks: NameChecks, source: Source): ExchangeDemand[] {
  const columns = findDemandColumns(header, source)
  if (columns === undefined) source.fail(header.line, `expected ${EXPECTED}`)
  const unit = /^\w+?[ _(]+(\w+)\)?$/.exec(header.cells[columns.rate]!.toLowerCase())?.[1]
  const rateOf = rateReader(unit, header.line, source)
  const demands: ExchangeDemand[] = []
  for (const row of rows) {
    if (row.cells.length !== header.cells.length) {
      source.refuse(row.line, `this row has ${row.cells.length} cells; the header has ${header.cells.length}`)
      continue
    }
    const [from, to] = [row.cells[columns.from]!, row.cells[columns.to]!]
    const areKnown = [checks.check(row, columns.from), checks.check(row, columns.to)].every((known) => known)
    const rateBps = rateOf(row, columns.rate)
    const stated = readStated(row, columns, rateBps, source)
    const isNothing = rateBps === 0 && !(stated.packetsPerSecond! > 0) && !(stated.connectionsPerSecond! > 0)
    if (from !== to) {
      if (areKnown) checks.checkPair(row, columns.to, from, to)
      if (rateBps !== undefined) demands.push({ from, to, rateBps, ...stated, line: row.line })
    } else if (from !== '' && rateBps !== undefined && !isNothing) {
      const message = `${JSON.stringify(from)} would send to itself; a demand joins two different nodes`
      source.refuse(row.line, message, columnOfCell(row, columns.to, source))
    }
  }
  return demands
}

/** What a row of a list states beside its rate; refuses packets that cannot carry it. */
function readStated(
  row: Row,
  columns: DemandColumns,
  rateBps: number | undefined,
  source: Source,
): Pick<ExchangeDemand, 'packetsPerSecond' | 'connectionsPerSecond'> {
  const packets = readNumber(row, columns.packets, source)
  const packetBytes = readNumber(row, columns.packetBytes, source)
  const connections = readNumber(row, columns.connections, source)
  const refuse = (at: number, message: string | undefined) =>
    message !== undefined && source.refuse(row.line, message, columnOfCell(row, at, source))
  if (packets !== undefined && rateBps !== undefined)
    refuse(columns.packets!.at, packetsRefusal(rateBps, packets))
  if (packetBytes !== undefined) refuse(columns.packetBytes!.at, sizeRefusal(packetBytes))
  const bySize = packetBytes === undefined || rateBps === undefined ? undefined : rateBps / 8 / packetBytes
  return given({ packetsPerSecond: packets ?? bySize, connectionsPerSecond: connections })
}

function readMatrix(header: Row, rows: readonly Row[], checks: NameChecks, source: Source): ExchangeDemand[] {
  const receivers = header.cells.slice(1)
  const corner = header.cells[0]!.toLowerCase()
  if (receivers.length === 0 || (corner !== '' && !isRateUnit(corner)))
    source.fail(header.line, `expected ${EXPECTED}`)
  const isKnown = checkNames(
    receivers.map((_, index) => ({ row: header, cell: index + 1 })),
    checks,
    source,
  )
  const isSender = checkNames(
    rows.map((row) => ({ row, cell: 0 })),
    checks,
    source,
  )
  const rateOf = rateReader(corner === '' ? undefined : corner, header.line, source)
  const demands: ExchangeDemand[] = []
  rows.forEach((row, rowIndex) => {
    const { line, cells } = row
    const from = cells[0]!
    if (cells.length !== header.cells.length) {
      source.refuse(line, `this row has ${cells.length} cells; the header has ${header.cells.length}`)
      return
    }
    receivers.forEach((to, index) => {
      // Of a node to itself a matrix has a cell that says nothing.
      if (to === from || cells[index + 1] === '') return
      const rateBps = rateOf(row, index + 1)
      if (rateBps === undefined || rateBps === 0) return
      if (isSender[rowIndex] && isKnown[index]) checks.checkPair(row, index + 1, from, to)
      demands.push({ from, to, rateBps, line })
    })
  })
  return demands
}

/** Whether each is the name of something; refuses those that are not, and those that are there twice. */
function checkNames(
  places: readonly { readonly row: Row; readonly cell: number }[],
  checks: NameChecks,
  source: Source,
): boolean[] {
  const seen = new Set<string>()
  return places.map(({ row, cell }) => {
    const name = row.cells[cell]!
    const isTwice = seen.has(name) && name !== ''
    seen.add(name)
    if (isTwice)
      source.refuse(row.line, `duplicate name ${JSON.stringify(name)}`, columnOfCell(row, cell, source))
    return !isTwice && checks.check(row, cell)
  })
}
