import { escapeMarkup } from '../draw/escape.ts'
import { round } from '../draw/marks.ts'
import type { MatrixUnit } from './reach-matrix.ts'

const LABEL_MAX = 32
const LETTER = 6.3
const INDENT = 12
/** A band's name takes a row of its own. */
const BAND = 20
const OUTSIDE_GAP = 12

/** Where rows stand, or columns. */
export interface Axis {
  readonly begin: number
  /** By unit. */
  readonly starts: readonly number[]
  readonly bands: readonly { readonly name: string; readonly at: number }[]
  /** Where the row of what is outside begins; undefined where it is not shown. */
  readonly outside: number | undefined
  readonly end: number
}

export function axisOf(units: readonly MatrixUnit[], begin: number, step: number, hasOutside: boolean): Axis {
  const starts: number[] = []
  const bands: { name: string; at: number }[] = []
  let at = begin
  for (const [index, { band }] of units.entries()) {
    if (band !== '' && band !== units[index - 1]?.band) {
      bands.push({ name: band, at })
      at += BAND
    }
    starts.push(at)
    at += step
  }
  const outside = hasOutside ? at + OUTSIDE_GAP : undefined
  return { begin, starts, bands, outside, end: outside === undefined ? at : outside + step }
}

/** Of the widest label. */
export const widthOf = (units: readonly MatrixUnit[]): number =>
  Math.max(
    ...units.map(({ label, band }) => clipped(label).length * LETTER + (band === '' ? 0 : INDENT)),
    ...units.map(({ band }) => clipped(band).length * LETTER * 1.06),
    'outside'.length * LETTER,
  )

const clipped = (text: string): string =>
  text.length > LABEL_MAX ? `${text.slice(0, LABEL_MAX - 1)}…` : text

function labelOf(text: string, place: string, kind: string): string {
  const title = text.length > LABEL_MAX ? `<title>${escapeMarkup(text)}</title>` : ''
  return `<text class="${kind}" ${place}>${title}${escapeMarkup(clipped(text))}</text>`
}

export function rowLabels(
  units: readonly MatrixUnit[],
  { starts, bands, outside, end: bottom }: Axis,
  { begin, step }: { readonly begin: number; readonly step: number },
): string {
  const middle = (at: number) => round(at + step / 2 + 4)
  const indent = (band: string) => (band === '' ? begin : begin + INDENT)
  return [
    ...bands.map(({ name, at }) => labelOf(name, `x="${begin}" y="${at + BAND - 6}"`, 'band')),
    ...units.map(({ label, band }, index) =>
      labelOf(label, `x="${indent(band)}" y="${middle(starts[index]!)}"`, 'unit'),
    ),
    outside === undefined ? '' : labelOf('outside', `x="${begin}" y="${middle(bottom - step)}"`, 'soft'),
  ].join('\n')
}

/** Labels that read upwards, over their columns. */
export function columnLabels(
  units: readonly MatrixUnit[],
  { starts, bands, outside }: Axis,
  { bottom, step }: { readonly bottom: number; readonly step: number },
): string {
  const upwards = (x: number) => `transform="translate(${round(x)} ${round(bottom)}) rotate(-90)"`
  const middle = (at: number) => at + step / 2 + 4
  return [
    ...bands.map(({ name, at }) => labelOf(name, upwards(at + BAND - 6), 'band')),
    ...units.map(({ label }, index) => labelOf(label, upwards(middle(starts[index]!)), 'unit')),
    outside === undefined ? '' : labelOf('outside', upwards(middle(outside)), 'soft'),
  ].join('\n')
}
