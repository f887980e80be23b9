import { count } from './format.ts'
import { type Html, html } from './html.ts'

/** A column of a table that the reader can sort. */
export interface Column<Row> {
  readonly title: string
  /** What the column is sorted by; of text, the text itself. */
  readonly value?: (row: Row) => number
  readonly cell: (row: Row) => Html | string
  readonly look?: (row: Row) => string
}

export interface SortableTable<Row> {
  readonly id: string
  /** What rows are, for the field that searches them: `a link or tier`. */
  readonly find: string
  /** Title of the column of names. */
  readonly title: string
  readonly nameOf: (row: Row) => Html | string
  readonly columns: readonly Column<Row>[]
  /** The column that rows are in order of as they stand, and which way; absent: none. */
  readonly sorted?: { readonly title: string; readonly order: 'ascending' | 'descending' }
  readonly rows: readonly Row[]
  /** Rows that are shown until the reader asks for all; default 12. */
  readonly first?: number
}

const ROWS_FIRST = 12
/** Tables of fewer rows are found through by eye. */
const FIND_FROM = 8

/** A table with a search field, if it is long, and columns to sort by, where scripts run; whole without them. */
export function sortableTable<Row>(table: SortableTable<Row>): Html {
  const { id, find, rows, first = ROWS_FIRST } = table
  const isShort = rows.length < FIND_FROM && rows.length <= first
  return html`<div class="tools"${isShort && html` hidden`}>
<input type="search" placeholder="Find ${find}" aria-label="Find ${find}"
data-filter="${id}">
<button type="button" data-more="${id}" hidden>Show all ${count(rows.length)}</button></div>
<div class="scroll"><table class="numbers sortable" id="${id}" data-first="${first}">
<thead><tr>${heads(table)}</tr></thead><tbody>${rows.map((row) => bodyRow(table, row))}</tbody></table></div>`
}

function heads<Row>({ title, columns, sorted }: SortableTable<Row>): Html[] {
  const head = (text: string, isText: boolean) => {
    const order = sorted?.title === text ? sorted.order : 'none'
    return html`<th${isText && html` class="text"`} aria-sort="${order}"><button type="button">${text}</button></th>`
  }
  return [head(title, false), ...columns.map((column) => head(column.title, column.value === undefined))]
}

function bodyRow<Row>({ nameOf, columns }: SortableTable<Row>, row: Row): Html {
  const cells = columns.map(({ value, cell, look }) => {
    const own = look?.(row) ?? (value === undefined ? 'text' : '')
    const sortedBy = value !== undefined && html` data-v="${value(row)}"`
    return html`<td${sortedBy}${own !== '' && html` class="${own}"`}>${cell(row)}</td>`
  })
  return html`<tr><th scope="row">${nameOf(row)}</th>${cells}</tr>`
}

/** A table as it stands: heads, and rows whose first cell names them. `aligns` has an l or r for each column. */
export function plainTable(
  heads: readonly string[],
  aligns: string,
  rows: readonly (readonly (Html | string)[])[],
): Html {
  const look = (column: number) => aligns[column] === 'l' && column > 0 && html` class="text"`
  const body = rows.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell, i) => html`<td${look(i + 1)}>${cell}</td>`)}</tr>`,
  )
  return html`<div class="scroll"><table class="numbers"><thead><tr>${heads.map(
    (head, i) => html`<th${look(i)}>${head}</th>`,
  )}</tr></thead><tbody>${body}</tbody></table></div>`
}
