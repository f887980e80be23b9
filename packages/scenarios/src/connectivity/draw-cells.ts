import { escapeMarkup } from '../draw/escape.ts'
import { round } from '../draw/marks.ts'
import { allowOf } from './allowed-ports.ts'
import type { Axis } from './draw-labels.ts'
import type { MatrixCell, MatrixUnit, ReachMatrix } from './reach-matrix.ts'
import { portsText, shortPorts } from './words.ts'

export interface CellSize {
  readonly width: number
  readonly height: number
  /** Whether ports are written into it. */
  readonly isWritten: boolean
}

const OUTSIDE = 'outside'

/** All cells of a matrix, those of outside in a row and a column of their own. */
export function drawCells(
  { units, cells, toOutside, fromOutside }: ReachMatrix,
  { rows, columns }: { readonly rows: Axis; readonly columns: Axis },
  size: CellSize,
): string {
  const names = units.map(nameOf)
  const parts: string[] = []
  const add = (x: number, y: number, cell: MatrixCell | undefined, from: string, to: string) =>
    parts.push(drawCell({ x, y }, cell, `${from} → ${to}`, size))
  for (const [row, y] of rows.starts.entries()) {
    for (const [column, x] of columns.starts.entries())
      add(x, y, cells[row]![column], names[row]!, names[column]!)
    if (columns.outside !== undefined) add(columns.outside, y, toOutside[row], names[row]!, OUTSIDE)
  }
  if (rows.outside !== undefined)
    for (const [column, x] of columns.starts.entries())
      add(x, rows.outside, fromOutside[column], OUTSIDE, names[column]!)
  return parts.join('\n')
}

const nameOf = ({ band, label, workloads }: MatrixUnit): string => {
  const name = band === '' ? label : `${band}/${label}`
  return workloads.length === 1 ? workloads[0]! : `${name} (${workloads.length} workloads)`
}

function drawCell(
  { x, y }: { readonly x: number; readonly y: number },
  cell: MatrixCell | undefined,
  pair: string,
  { width, height, isWritten }: CellSize,
): string {
  const place = `x="${round(x + 1)}" y="${round(y + 1)}" width="${width - 2}" height="${height - 2}" rx="2.5"`
  if (cell === undefined) return `<rect class="none" ${place}/>`
  const allow = allowOf(cell.ports)
  const ports = portsText(allow)
  const isAll = ports === 'all ports'
  const lines = [pair, ports]
  if (cell.share < 1) lines.push(`${Math.max(1, Math.floor(cell.share * 100))}% of the pairs may connect`)
  if (cell.about !== '') lines.push(cell.about)
  // so pale that few of many are still seen
  const shade = cell.share < 1 ? ` opacity="${round(0.3 + cell.share * 0.6)}"` : ''
  const text = isWritten
    ? `<text x="${round(x + width / 2)}" y="${round(y + height / 2 + 3.6)}">${escapeMarkup(shortPorts(allow))}</text>`
    : ''
  return `<g class="cell ${isAll ? 'all' : 'some'}"${shade}><title>${escapeMarkup(lines.join('\n'))}</title><rect ${place}/>${text}</g>`
}
