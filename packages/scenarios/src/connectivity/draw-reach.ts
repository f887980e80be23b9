import { escapeMarkup } from '../draw/escape.ts'
import type { Alike } from './alike.ts'
import { drawCells } from './draw-cells.ts'
import { axisOf, columnLabels, rowLabels, widthOf } from './draw-labels.ts'
import { reachStyle } from './draw-style.ts'
import { type ReachMatrix, reachMatrix } from './reach-matrix.ts'
import { counted } from './words.ts'

export interface DrawReachOptions {
  readonly title: string
  /** What is counted: workloads, pods or hosts. */
  readonly noun?: string
}

/** Cells of so many rows have room for ports. */
const WRITTEN_MAX = 24
const SMALL_MAX = 44
const MARGIN = 18
const TITLE_HEIGHT = 58

/**
 * Who may connect to whom as an SVG document: rows connect to columns. Tooltips name pairs and ports. Large clusters are
 * folded into workloads that are alike, then into namespaces. Follows the reader's colour scheme.
 */
export function drawReach(alike: Alike, { title, noun = 'workload' }: DrawReachOptions): string {
  const matrix = reachMatrix(alike)
  const { units } = matrix
  const isWritten = units.length <= WRITTEN_MAX
  const cell = isWritten
    ? { width: 50, height: 24 }
    : units.length <= SMALL_MAX
      ? { width: 19, height: 18 }
      : { width: 14, height: 15 }
  const hasOutside = [...matrix.toOutside, ...matrix.fromOutside].some((each) => each !== undefined)
  const labels = widthOf(units) + 14
  const rows = axisOf(units, TITLE_HEIGHT + labels, cell.height, hasOutside)
  const columns = axisOf(units, MARGIN + labels, cell.width, hasOutside)
  const notes = legendOf(matrix, rows.end + 24)
  const subtitle = subtitleOf(alike, matrix, noun)
  const width = Math.ceil(
    Math.max(columns.end, notes.width, title.length * 8.4, subtitle.length * 6.2) + 2 * MARGIN,
  )
  const height = Math.ceil(rows.end + 24 + notes.height)
  const [name, size] = [
    escapeMarkup(title),
    `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
  ]
  return [
    `<svg class="weft-reach" xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${name}">`,
    `<style>${reachStyle}</style><title>${name}</title><rect class="ground" width="100%" height="100%"/>`,
    `<text class="title" x="${MARGIN}" y="29">${name}</text>`,
    `<text class="soft" x="${MARGIN}" y="48">${escapeMarkup(subtitle)}</text>`,
    rowLabels(units, rows, { begin: MARGIN, step: cell.height }),
    columnLabels(units, columns, { bottom: rows.begin - 6, step: cell.width }),
    drawCells(matrix, { rows, columns }, { ...cell, isWritten }),
    notes.svg,
    '</svg>\n',
  ].join('\n')
}

const UNITS: Readonly<Record<ReachMatrix['kind'], string>> = {
  workload: '',
  group: ', those that are alike together',
  namespace: ', by namespace',
}

function subtitleOf(alike: Alike, { kind }: ReachMatrix, noun: string): string {
  const count = alike.connectivity.workloads.length
  const pairs = counted(count * (count - 1), 'ordered pair')
  return `${counted(count, noun)}${UNITS[kind]}; ${alike.connectedPairs().toLocaleString('en-US')} of ${pairs} may connect. Rows open connections to columns.`
}

const LINE = 20

function legendOf({ kind, cells }: ReachMatrix, top: number) {
  const isShared = cells.some((row) => row.some((cell) => cell !== undefined && cell.share < 1))
  const entries = [
    { swatch: 'class="all"', text: 'every port of TCP, UDP and SCTP' },
    { swatch: 'class="some"', text: 'the ports that its tooltip lists' },
    ...(isShared
      ? [{ swatch: 'class="some" opacity=".5"', text: 'paler: some of the pairs that it stands for' }]
      : []),
  ]
  const lines = entries.map(
    ({ swatch, text }, index) =>
      `<g ${swatch}><rect x="${MARGIN}" y="${top + index * LINE}" width="22" height="12" rx="2.5"/></g>` +
      `<text class="soft" x="${MARGIN + 30}" y="${top + index * LINE + 10}">${text}</text>`,
  )
  return {
    svg: lines.join('\n'),
    width: kind === 'namespace' ? 340 : 300,
    height: entries.length * LINE + 14,
  }
}
