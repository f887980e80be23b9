import { nearest } from '@weft/core'
import type { Source } from '../source.ts'
import type { Row } from '../demands/csv-rows.ts'

/** Which column of a file is which: by what a column is for, its header. What is absent is looked for by known headers. */
export type ColumnNames<Key extends string> = Readonly<Partial<Record<Key, string>>>

/** Headers that a column is known by, as letters and digits alone; the first that a file has counts. */
export type KnownHeaders<Key extends string> = Readonly<Record<Key, readonly string[]>>

/** The place of every column that the header has. Refuses a header without the required ones, and names that it lacks. */
export function findColumns<Key extends string>(
  header: Row,
  known: KnownHeaders<Key>,
  required: readonly Key[],
  given: ColumnNames<Key>,
  source: Source,
): Readonly<Partial<Record<Key, number>>> {
  const plain = header.cells.map(bare)
  const places: Partial<Record<Key, number>> = {}
  for (const key of Object.keys(known) as Key[]) {
    const name = given[key]
    const at = name === undefined ? placeOf(known[key], plain) : header.cells.indexOf(name)
    if (at >= 0) places[key] = at
    else if (name !== undefined) refuseName(key, name, header, source)
    else if (required.includes(key)) {
      const names = known[key].slice(0, 3).join(', ')
      source.refuse(
        header.line,
        `no column for ${key}; expected a header such as ${names}, or say which with --columns`,
      )
    }
  }
  source.check()
  return places
}

function refuseName(key: string, name: string, header: Row, source: Source): void {
  const hint = nearest(name, header.cells)
  const help =
    hint === undefined ? `the header has ${header.cells.slice(0, 8).join(', ')}` : `did you mean "${hint}"?`
  source.refuse(header.line, `no column "${name}" for ${key}; ${help}`)
}

function placeOf(names: readonly string[], plain: readonly string[]): number {
  for (const name of names) {
    const at = plain.indexOf(name)
    if (at >= 0) return at
  }
  return -1
}

const bare = (header: string): string => header.toLowerCase().replace(/[^a-z0-9]/g, '')
