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

/** The column at which a cell begins on its line, from 1 on; 1 where the row goes over several lines. */
export function columnOfCell({ line, cells }: Row, cell: number, source: Source): number {
  const text = source.lineText(line)
  const starts = [0]
  for (let at = endOfCell(text, 0); at >= 0; at = endOfCell(text, at + 1)) starts.push(at + 1)
  if (starts.length !== cells.length) return 1
  const start = starts[cell]!
  return start + /^\s*/.exec(text.slice(start))![0].length + 1
}

/** Where the comma behind the cell stands that begins here; -1 behind the last one. */
function endOfCell(text: string, from: number): number {
  const quoted = /^\s*"(?:[^"]|"")*"/.exec(text.slice(from))
  return text.indexOf(',', from + (quoted?.[0].length ?? 0))
}
