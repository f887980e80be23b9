import { CsvError, parse } from 'csv-parse/sync'
import type { Source } from '../source.ts'

export interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Reads CSV (RFC 4180) row by row without keeping any; empty lines and those that begin with `#` are left out. Throws a
 * ScenarioFileError on text that is no CSV.
 */
export function eachRow(source: Source, visit: (row: Row) => void): void {
  try {
    parse(source.text, {
      trim: true,
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 1_000_000,
      on_record: (cells: string[], { lines }) => {
        visit({ line: lines, cells })
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number((error as { lines?: unknown }).lines ?? 1)
    source.fail(Math.max(1, line), `this is no CSV: ${plainWords(error)}`)
  }
}

function plainWords({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed'
  if (code === 'CSV_INVALID_CLOSING_QUOTE')
    return 'something follows a closing quote; double a quote within quotes'
  if (code === 'INVALID_OPENING_QUOTE') return 'a quote within a cell that does not begin with one'
  if (code === 'CSV_MAX_RECORD_SIZE') return 'a row is longer than 1 MB'
  return code.toLowerCase().replaceAll('_', ' ')
}
