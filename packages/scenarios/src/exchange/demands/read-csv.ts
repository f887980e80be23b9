import { type Parsed, parseRate } from '@weft/core'
import type { ExchangeDemand } from '../network.ts'
import { inBps } from '../rates.ts'
import type { Source } from '../source.ts'
import { eachRow, type Row } from './csv-rows.ts'

/** A matrix of a thousand hosts. */
export const DEMANDS_BYTES_MAX = 16_000_000

const FROM = ['from', 'source', 'src']
const TO = ['to', 'target', 'destination', 'dst']
const RATE = ['rate', 'demand']
const UNITS: Readonly<Record<string, number>> = { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9, tbps: 1e12 }

const EXPECTED =
  'a header "from,to,rate" (rates with their units), "from,to,rate_Mbps" (numbers), or a matrix whose first cell is the unit: "Mbps,a,b,..."'

/**
 * Demands as CSV (RFC 4180): a list of pairs, or a matrix with the senders in its first column and the receivers in its
 * first row. Every rate has a unit, in its own cell or in the header. Throws a ScenarioFileError with all that is wrong.
 * Names are not looked at: whoever has the network knows them.
 */
export function readDemandsCsv(source: Source): ExchangeDemand[] {
  const [header, ...rows] = readRows(source)
  if (header === undefined) source.fail(1, `the file is empty; expected ${EXPECTED}`)
  const columns = header.cells.map((cell) => cell.toLowerCase())
  const isList = columns.some((cell) => FROM.includes(cell)) || columns.some((cell) => TO.includes(cell))
  const demands = isList
    ? readList(header, columns, rows, source)
    : readMatrix(header, columns[0]!, rows, source)
  source.check()
  return demands
}

function readRows(source: Source): Row[] {
  const rows: Row[] = []
  eachRow(source, (row) => rows.push(row))
  return rows
}

function readList(
  header: Row,
  columns: readonly string[],
  rows: readonly Row[],
  source: Source,
): ExchangeDemand[] {
  const column = (names: readonly string[]) => columns.findIndex((cell) => names.includes(cell))
  const [from, to] = [column(FROM), column(TO)]
  const rate = columns.findIndex((cell) => RATE.includes(cell.replace(/[ _(].*$/, '')))
  const unknown = header.cells.find((_, index) => index !== from && index !== to && index !== rate)
  if (unknown !== undefined)
    source.fail(header.line, `unknown column ${JSON.stringify(unknown)}; expected from, to and rate`)
  if (from < 0 || to < 0 || rate < 0) source.fail(header.line, `expected ${EXPECTED}`)
  const unit = /^\w+?[ _(]+(\w+)\)?$/.exec(columns[rate]!)?.[1]
  const rateOf = rateReader(unit, header.line, source)
  const demands: ExchangeDemand[] = []
  for (const { line, cells } of rows) {
    if (cells.length !== columns.length)
      source.refuse(line, `this row has ${cells.length} cells; the header has ${columns.length}`)
    else addDemand(cells[from]!, cells[to]!, cells[rate]!, line)
  }
  function addDemand(sender: string, receiver: string, text: string, line: number): void {
    if (sender === '' || receiver === '') source.refuse(line, 'a name is missing')
    const rateBps = rateOf(text, line)
    if (rateBps === undefined) return
    if (sender === receiver && rateBps > 0)
      source.refuse(
        line,
        `${JSON.stringify(sender)} would send to itself; a demand joins two different nodes`,
      )
    else if (sender !== receiver) demands.push({ from: sender, to: receiver, rateBps, line })
  }
  return demands
}

function readMatrix(header: Row, corner: string, rows: readonly Row[], source: Source): ExchangeDemand[] {
  const receivers = header.cells.slice(1)
  if (receivers.length === 0 || (corner !== '' && UNITS[corner] === undefined))
    source.fail(header.line, `expected ${EXPECTED}`)
  checkDistinct(receivers, () => header.line, source)
  checkDistinct(
    rows.map(({ cells }) => cells[0]!),
    (index) => rows[index]!.line,
    source,
  )
  const rateOf = rateReader(corner === '' ? undefined : corner, header.line, source)
  const demands: ExchangeDemand[] = []
  for (const { line, cells } of rows) {
    const [sender = '', ...rates] = cells
    if (rates.length !== receivers.length) {
      source.refuse(line, `this row has ${cells.length} cells; the header has ${header.cells.length}`)
      continue
    }
    rates.forEach((text, index) => {
      const receiver = receivers[index]!
      // Of a node to itself a matrix has a cell that says nothing.
      if (receiver === sender) return
      const rateBps = text === '' ? 0 : rateOf(text, line)
      if (rateBps !== undefined && rateBps > 0) demands.push({ from: sender, to: receiver, rateBps, line })
    })
  }
  return demands
}

function checkDistinct(names: readonly string[], lineOf: (index: number) => number, source: Source): void {
  const seen = new Set<string>()
  names.forEach((name, index) => {
    if (name === '') source.refuse(lineOf(index), 'a name is missing')
    else if (seen.has(name)) source.refuse(lineOf(index), `duplicate name ${JSON.stringify(name)}`)
    seen.add(name)
  })
}

/** Reads one cell: a number where the header has the unit, else a rate with its own. */
function rateReader(unit: string | undefined, headerLine: number, source: Source) {
  const unitBps = unit === undefined ? undefined : UNITS[unit]
  if (unit !== undefined && unitBps === undefined)
    source.fail(
      headerLine,
      `unknown unit ${JSON.stringify(unit)}; expected one of bps, kbps, Mbps, Gbps, Tbps`,
    )
  return (text: string, line: number): number | undefined => {
    const parsed = unitBps === undefined ? parseRate(text) : parseNumber(text, unitBps)
    if (parsed.ok) return parsed.value
    source.refuse(line, parsed.message)
    return undefined
  }
}

function parseNumber(text: string, unitBps: number): Parsed {
  const value = text === '' ? Number.NaN : Number(text)
  const shown = JSON.stringify(text.slice(0, 60))
  if (!Number.isFinite(value)) return { ok: false, message: `${shown} is no number; the header has the unit` }
  if (value < 0) return { ok: false, message: `${shown} is negative; a demand is 0 or more` }
  return { ok: true, value: inBps(value, unitBps) }
}
