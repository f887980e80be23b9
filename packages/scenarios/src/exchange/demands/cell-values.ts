import { type Parsed, parseRate } from '@weft/core'
import { inBps } from '../rates.ts'
import type { Source } from '../source.ts'
import { columnOfCell, type Row } from './csv-rows.ts'
import type { NumberColumn } from './demand-columns.ts'

const UNITS: Readonly<Record<string, number>> = { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9, tbps: 1e12 }

export const isRateUnit = (text: string): boolean => UNITS[text] !== undefined

/** Reads a cell; undefined where it was refused. */
export type CellReader = (row: Row, cell: number) => number | undefined

/** Reads rates: numbers where the header has the unit, else rates with their own. */
export function rateReader(unit: string | undefined, headerLine: number, source: Source): CellReader {
  const unitBps = unit === undefined ? undefined : UNITS[unit]
  if (unit !== undefined && unitBps === undefined)
    source.fail(
      headerLine,
      `unknown unit ${JSON.stringify(unit)}; expected one of bps, kbps, Mbps, Gbps, Tbps`,
    )
  return (row, cell) => {
    const text = row.cells[cell]!
    const parsed = unitBps === undefined ? parseRate(text) : parseNumber(text, unitBps)
    if (parsed.ok) return parsed.value
    source.refuse(row.line, parsed.message, columnOfCell(row, cell, source))
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

/** What a cell of numbers says; undefined where it is empty, or was refused. */
export function readNumber(row: Row, column: NumberColumn | undefined, source: Source): number | undefined {
  if (column === undefined) return undefined
  const { at, header, unit } = column
  const text = row.cells[at]!
  if (text === '') return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value >= 0) return value * unit
  const shown = JSON.stringify(text.slice(0, 60))
  const wrong = value < 0 ? 'negative' : 'no number'
  const message = `${shown} is ${wrong}; expected ${header} as a number, 0 or more, or nothing`
  source.refuse(row.line, message, columnOfCell(row, at, source))
  return undefined
}
