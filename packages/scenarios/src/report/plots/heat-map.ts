import { RAMP_STEPS, rampStep } from '../../draw/ramp.ts'
import type { Matrix } from '../../pictures/tier-matrices.ts'
import { percent, rate } from '../format.ts'
import { type Html, html, trusted } from '../html.ts'
import { CHARACTER, shortened } from './text.ts'

export interface HeatMap extends Matrix {
  readonly id: string
  readonly title: string
  readonly note?: string
  /** Shares of 1, and rates: coloured up to `max`, by default 1 for shares and the highest for rates. */
  readonly kind: 'share' | 'rate'
  readonly max?: number
  /** What rows and columns are, for readers: `leaf`, `spine`. */
  readonly rowTitle: string
  readonly columnTitle: string
  /** Cells with a dot in them, and what the dot says. */
  readonly flagged?: readonly boolean[]
  readonly flag?: string
  /** False where another legend says what colours mean. */
  readonly hasLegend?: boolean
  /** Pixels that cells may take in width and height in all; default 480. */
  readonly room?: number
}

/** What the page's script needs to read a cell under the pointer. */
export interface GridReading {
  readonly id: string
  readonly kind: 'share' | 'rate'
  readonly left: number
  readonly top: number
  readonly cell: number
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  readonly rowTitle: string
  readonly columnTitle: string
  readonly values: readonly (number | null)[]
}

const CELL_MAX = 26
const CELL_MIN = 6
const LABEL_CHARACTERS = 24
const LINE_HEIGHT = 11

/** A matrix as coloured cells: for eyes; the script tells numbers under the pointer and the arrow keys. */
export function heatMap(map: HeatMap): { readonly html: Html; readonly reading: GridReading | null } {
  const { id, title, note, rows, columns, values, kind } = map
  const head = html`<figcaption><b>${title}</b>${note !== undefined && html`<span class="note">${note}</span>`}</figcaption>`
  const known = values.filter((value) => value !== null)
  if (known.length === 0)
    return {
      html: html`<figure class="plot">${head}<p class="empty">Nothing to show.</p></figure>`,
      reading: null,
    }
  const highest = known.reduce((a, b) => Math.max(a, b), 0)
  const max = map.max ?? (kind === 'share' || highest === 0 ? 1 : highest)
  const frame = frameOf(map)
  const summary = summaryOf(map, highest)
  const svg = `<svg class="heat" width="${frame.width}" height="${frame.height}" viewBox="0 0 ${frame.width} ${frame.height}" aria-hidden="true">`
  const labels = [rowLabels(map, frame), columnLabels(map, frame)]
  return {
    html: html`<figure class="plot grid" data-grid="${id}" tabindex="0" role="img" aria-label="${summary}">
${head}<div class="scroll">${trusted(svg)}${trusted(cells(values, columns.length, max, frame))}${trusted(
      flags(map, frame),
    )}${labels}${trusted('</svg>')}</div>${map.hasLegend !== false && legend(map, max)}</figure>`,
    reading: {
      id,
      kind,
      left: frame.left,
      top: frame.top,
      cell: frame.cell,
      rows,
      columns,
      rowTitle: map.rowTitle,
      columnTitle: map.columnTitle,
      values: values.map((value) => value && Number(value.toPrecision(4))),
    },
  }
}

interface Frame {
  readonly left: number
  readonly top: number
  readonly cell: number
  readonly width: number
  readonly height: number
  /** Column labels stand upright where they are longer than a cell is wide. */
  readonly isUpright: boolean
}

function frameOf({ rows, columns, room = 480 }: HeatMap): Frame {
  const longest = (names: readonly string[]) =>
    names.reduce((most, name) => Math.max(most, Math.min([...name].length, LABEL_CHARACTERS)), 0)
  const left = Math.ceil(longest(rows) * CHARACTER) + 10
  const fits = Math.floor(Math.min((room - left) / columns.length, (room * 1.4) / rows.length))
  const cell = Math.max(CELL_MIN, Math.min(CELL_MAX, fits))
  const isUpright = longest(columns) * CHARACTER > cell - 2
  const top = (isUpright ? Math.ceil(longest(columns) * CHARACTER) : LINE_HEIGHT) + 8
  return {
    left,
    top,
    cell,
    isUpright,
    width: left + columns.length * cell + 8,
    height: top + rows.length * cell + 4,
  }
}

/** One path for each step of the ramp: a rectangle for each cell would take ten times the bytes. */
function cells(values: HeatMap['values'], width: number, max: number, { left, top, cell }: Frame): string {
  const paths = Array.from({ length: RAMP_STEPS }, () => '')
  const size = cell - (cell > 9 ? 1 : 0.5)
  values.forEach((value, index) => {
    if (value === null) return
    const [x, y] = [left + (index % width) * cell, top + Math.floor(index / width) * cell]
    paths[rampStep(value / max)] += `M${x} ${y}h${size}v${size}h-${size}z`
  })
  return paths.map((path, step) => (path === '' ? '' : `<path class="f${step}" d="${path}"/>`)).join('')
}

function flags({ flagged = [], columns }: HeatMap, { left, top, cell }: Frame): string {
  const radius = Math.max(1.5, cell * 0.16)
  const dots = flagged.flatMap((isFlagged, index) => {
    if (!isFlagged) return []
    const x = left + ((index % columns.length) + 0.5) * cell - 0.5
    const y = top + (Math.floor(index / columns.length) + 0.5) * cell - 0.5
    return [`<circle class="flagged" cx="${x}" cy="${y}" r="${radius.toFixed(1)}"/>`]
  })
  return dots.join('')
}

/** Every so many rows have a label, so that labels do not run into each other. */
function rowLabels({ rows }: HeatMap, { left, top, cell }: Frame): Html[] {
  const every = Math.ceil(LINE_HEIGHT / cell)
  return rows.flatMap((name, row) => {
    if (row % every !== 0) return []
    const y = top + (row + 0.5) * cell + 3.5
    return [
      html`<text x="${left - 6}" y="${y}" text-anchor="end">${shortened(name, LABEL_CHARACTERS)}</text>`,
    ]
  })
}

function columnLabels({ columns }: HeatMap, { left, top, cell, isUpright }: Frame): Html[] {
  const every = isUpright ? Math.ceil(LINE_HEIGHT / cell) : 1
  return columns.flatMap((name, column) => {
    if (column % every !== 0) return []
    const x = left + (column + 0.5) * cell
    const text = shortened(name, LABEL_CHARACTERS)
    return isUpright
      ? [html`<text transform="translate(${x + 3.5} ${top - 6}) rotate(-90)">${text}</text>`]
      : [html`<text x="${x}" y="${top - 6}" text-anchor="middle">${text}</text>`]
  })
}

/** The colours of shares, for several maps at once. */
export const shareLegend = (values: HeatMap['values']): Html => legend({ kind: 'share', values }, 1)

function legend({ kind, flag, values }: Pick<HeatMap, 'kind' | 'flag' | 'values'>, max: number): Html {
  const print = kind === 'share' ? percent : rate
  const swatches = Array.from({ length: RAMP_STEPS }, (_, step) => html`<i class="b${step}"></i>`)
  const gaps = values.includes(null) && html`<span>blank: none</span>`
  const beyond = values.some((value) => value !== null && value > max) ? ' and more' : ''
  return html`<p class="ramp"><span>0</span><span class="steps" aria-hidden="true">${swatches}</span>
<span>${print(max)}${beyond}</span>${flag !== undefined && html`<span><b class="dot"></b> ${flag}</span>`}${gaps}</p>`
}

function summaryOf(
  { title, rows, columns, values, kind, rowTitle, columnTitle }: HeatMap,
  highest: number,
): string {
  const print = kind === 'share' ? percent : rate
  const at = values.indexOf(highest)
  const place = `${rows[Math.floor(at / columns.length)]}, ${columns[at % columns.length]}`
  return `${title}: ${rows.length} × ${columns.length}, ${rowTitle} by ${columnTitle}; highest ${print(highest)} at ${place}. Arrow keys read the cells.`
}
