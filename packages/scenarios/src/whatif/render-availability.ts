import pc from 'picocolors'
import { profilesText } from '../planning/profile-rates.ts'
import type { AvailabilityAnswer, AvailabilityRow, Between } from './availability.ts'
import { bps, type RenderOptions } from './render.ts'
import { foldAlike, type Palette, plain, textTable } from '../text/text-table.ts'

const ROWS_SHOWN = 20

/** Availabilities for a terminal, the least available first. */
export function renderAvailability(answer: AvailabilityAnswer, { color, title }: RenderOptions): string {
  const paint = pc.createColors(color)
  const {
    parts,
    partsFromReliability,
    profiles,
    any,
    sets,
    computed,
    restOfTime,
    partial,
    rows,
    target,
    per,
  } = answer
  const number = (value: number) => value.toLocaleString('en-US')
  const sources =
    partsFromReliability === 0
      ? ''
      : ` (${number(partsFromReliability)} by their mtbf and mttr in reliability)`
  const how = computed < sets ? ', one of each orbit of checked symmetries' : ''
  const lines = [
    `${paint.bold(plain(title))}  ${paint.dim('steady clock, routes converged')}`,
    ...(profiles === null ? [] : [plain(profilesText(profiles))]),
    `${number(parts)} parts that are down at times, each by itself${sources}; ${number(computed)} states of up to ${any} down computed${how}`,
    `in the rest of the time, ${share(restOfTime)}, demands may be served or not: it is the width of the bounds`,
    ...(partial ? [paint.yellow('partial: interrupted, and the bounds are wider for it')] : []),
  ]
  const head = [
    'Least available first',
    'of',
    'rate',
    'all of it served',
    'down a year at most',
    'share served',
    '',
  ]
  const cellRows = foldAlike(rows.map((row) => [nameOf(row), ...valuesOf(row, target, paint)]))
  const table = textTable(
    target === null ? head.slice(0, -1) : head,
    target === null ? 'llrrrr' : 'llrrrrl',
    cellRows.slice(0, ROWS_SHOWN),
    paint,
  )
  const hidden = cellRows.length - ROWS_SHOWN
  const more = hidden > 0 ? `\n${paint.dim(`and ${number(hidden)} more with --json`)}` : ''
  const whole =
    per === 'traffic'
      ? `\n${paint.dim('of a whole traffic: the time in which every pair of it is served')}`
      : ''
  const verdict = target === null ? '' : `\n\n${verdictLine(answer, target, paint)}`
  return `${lines.join('\n')}\n\n${table}${more}${whole}${verdict}\n`
}

const nameOf = ({ from, to, traffic }: AvailabilityRow): string =>
  from === null ? plain(traffic) : `${plain(from)} → ${plain(to ?? '')}`

function valuesOf(
  { traffic, from, ipBps, available, served, downMinutesPerYear, meetsTarget }: AvailabilityRow,
  target: number | null,
  paint: Palette,
): string[] {
  const mark = meetsTarget === null ? paint.yellow('open') : meetsTarget ? paint.green('✓') : paint.red('✗')
  return [
    from === null ? '' : plain(traffic),
    bps(ipBps),
    between(available),
    minutes(downMinutesPerYear),
    between(served),
    ...(target === null ? [] : [mark]),
  ]
}

function verdictLine({ rows }: AvailabilityAnswer, target: number, paint: Palette): string {
  const missed = rows.filter(({ meetsTarget }) => meetsTarget === false).length
  const open = rows.filter(({ meetsTarget }) => meetsTarget === null).length
  const wanted = share(target)
  if (missed > 0) return paint.red(`✗ ${missed} of ${rows.length} miss ${wanted}`)
  if (open > 0)
    return paint.yellow(`${open} of ${rows.length} may miss ${wanted}: compute more with a higher --any`)
  return paint.green(`✓ all of ${rows.length} reach ${wanted}`)
}

/** Nines need digits: as many as tell it from 100 %, and two more. */
function share(fraction: number): string {
  if (fraction === 0 || fraction === 1) return `${fraction * 100}%`
  const gap = Math.min(fraction, 1 - fraction)
  const decimals = Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(gap * 100))))
  return `${Number((fraction * 100).toFixed(decimals))}%`
}

function between({ least, most }: Between): string {
  const [low, high] = [share(least), share(most)]
  return low === high ? low : `${low} to ${high}`
}

function minutes(value: number): string {
  if (value < 1) return `${Number((value * 60).toPrecision(2))} s`
  if (value < 120) return `${Number(value.toPrecision(3))} min`
  return `${Number((value / 60).toPrecision(3))} h`
}
