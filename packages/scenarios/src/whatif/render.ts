import { printPercent, printRate } from '@weft/core'
import pc from 'picocolors'
import { profilesText } from '../planning/profile-rates.ts'
import { poolTexts } from './pools.ts'
import type { MinimalRow, ReachRow, WhatIfAnswer, WhatIfRow } from './answer.ts'
import type { WorkerRow } from './workers.ts'
import { type Palette, plain, shellWord, textTable } from '../text/text-table.ts'

export interface RenderOptions {
  readonly color: boolean
  /** The command that asked, up to the options that say what fails: for commands that show one set alone. */
  readonly command: string
  readonly title: string
}

const ROWS_SHOWN = 15
const MINIMAL_SHOWN = 10
const MEMBERS_SHOWN = 4

/** An answer for a terminal: before, what breaks and how often, the worst sets, the minimal ones. */
export function renderWhatIf(answer: WhatIfAnswer, { color, command, title }: RenderOptions): string {
  const paint = pc.createColors(color)
  const blocks = [
    headLines(answer, title, paint),
    criteriaLines(answer, paint),
    worstTable(answer, command, paint),
    reachLines(answer, paint),
    workerLines(answer, paint),
    minimalTable(answer, paint),
    assumptionLines(answer, paint),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

const number = (value: number): string => value.toLocaleString('en-US')
export const percent = (fraction: number): string => printPercent(fraction, { digits: 3 })
export const bps = (value: number): string =>
  value === 0 ? '0' : printRate(Math.round(value), { digits: 3 })

function headLines(
  { fail, any, of, coverage, baseline, demandBps, profiles }: WhatIfAnswer,
  title: string,
  paint: Palette,
) {
  const asked = [
    ...(fail.length > 0 ? [`${listOf(fail)} down`] : []),
    ...(of === null
      ? []
      : [`${any === 1 ? 'any one' : `any ${any} or fewer`} of ${of} fail${any === 1 ? 's' : ''}`]),
  ]
  const { sets, covered, computed, method, partial } = coverage
  const counted = `${number(sets)} set${sets === 1 ? '' : 's'}, ${method}: ${number(computed)}`
  const before = baseline.worst === null ? '' : `worst ${worstText(baseline)}, `
  const lost = baseline.lostShare === 0 ? 'nothing lost' : `${percent(baseline.lostShare)} lost`
  return [
    `${paint.bold(plain(title))}  ${paint.dim('steady clock, routes converged')}`,
    ...(profiles === null ? [] : [plain(profilesText(profiles))]),
    `${asked.join('; ')}  ${paint.dim(sets === 1 ? '' : counted)}`.trimEnd(),
    ...(partial
      ? [paint.yellow(`partial: interrupted after ${number(covered)} of ${number(sets)} sets`)]
      : []),
    `before: ${before}${lost} of ${bps(demandBps)}`,
  ].join('\n')
}

function criteriaLines({ criteria, coverage, losing, worst, pools }: WhatIfAnswer, paint: Palette): string {
  const single = coverage.sets === 1
  const lines = criteria.map(({ text, sets, brokenBefore, minimalSets }) => {
    if (sets === 0) return `${paint.green('✓')} ${plain(text)}`
    const already = brokenBefore ? ', and before any failure' : ''
    const counts = single ? '' : `broken by ${number(sets)} of ${number(coverage.covered)} sets${already}`
    const minimal = single || brokenBefore ? '' : `, ${number(minimalSets)} of them minimal`
    return `${paint.red('✗')} ${plain(text)}  ${paint.dim(counts || already.replace(', and ', 'broken '))}${paint.dim(minimal)}`.trimEnd()
  })
  for (const { text, isPast } of poolTexts(pools)) if (isPast) lines.push(`${paint.red('✗')} ${plain(text)}`)
  if (!single && losing > 0)
    lines.push(
      `demand is lost in ${number(losing)} of ${number(coverage.covered)} sets, at most ${percent(mostLost(worst))} of it`,
    )
  return lines.join('\n')
}

const mostLost = (rows: readonly WhatIfRow[]): number =>
  rows.reduce((most, row) => Math.max(most, row.lostShare), 0)

function worstTable({ worst, coverage, fail }: WhatIfAnswer, command: string, paint: Palette): string {
  const rows = worst
    .slice(0, ROWS_SHOWN)
    .map((row) => [
      listOf(row.failed),
      ...(coverage.computed === coverage.covered ? [] : [number(row.alike)]),
      row.worst === null ? '–' : plain(row.worst.direction),
      utilizationCell(row, paint),
      bps(row.unreachableBps),
      row.thinnedBps === null ? '–' : bps(row.thinnedBps),
      percent(row.lostShare),
      row.broken.length === 0 ? '0' : paint.red(String(row.broken.length)),
    ])
  if (rows.length === 0) return ''
  const bySymmetry = coverage.computed !== coverage.covered
  const head = [
    'Worst first',
    ...(bySymmetry ? ['alike'] : []),
    'fullest link',
    'load',
    'unreachable',
    'thinned',
    'lost',
    'broken',
  ]
  const table = textTable(head, bySymmetry ? 'lrlrrrrr' : 'llrrrrr', rows, paint)
  const more =
    worst.length > ROWS_SHOWN
      ? `\n${paint.dim(`and ${number(worst.length - ROWS_SHOWN)} more with --json`)}`
      : ''
  const [first] = worst as [WhatIfRow]
  const alone =
    first.failed.length === fail.length ? '' : `\nsee the first alone: ${aloneCommand(command, first.failed)}`
  return `${table}${more}${alone}`
}

const REACH_SHOWN = 5

/** What breaks each expectation of reach, in the worst set that does. */
function reachLines({ worst }: WhatIfAnswer, paint: Palette): string {
  const lines = new Map<string, string>()
  for (const { failed, reach } of worst)
    for (const row of reach ?? [])
      if (!lines.has(row.text) && lines.size < REACH_SHOWN)
        lines.set(row.text, `${reachText(row)}  ${paint.dim(`with ${listOf(failed)} down`)}`)
  if (lines.size === 0) return ''
  return [paint.bold('Reach'), ...lines.values()].join('\n')
}

function reachText({ text, pairs, broken, from, to, reason, place }: ReachRow): string {
  const what = reason === null ? 'arrives' : `${reason} at ${plain(place!)}`
  return `${plain(text)}  ${number(broken)} of ${number(pairs)} pairs, ${plain(from)} → ${plain(to)}: ${what}`
}

const WORKERS_SHOWN = 5

/** Controllers that cannot keep up, in the worst set of each number of replicas that are left. */
function workerLines({ baseline, worst }: WhatIfAnswer, paint: Palette): string {
  const lines = new Map<string, string>()
  for (const { failed, workers } of [baseline, ...worst])
    for (const row of workers) {
      const key = `${row.controller} ${row.left}`
      if (lines.has(key) || lines.size >= WORKERS_SHOWN) continue
      const when = failed.length === 0 ? 'before any failure' : `with ${listOf(failed)} down`
      lines.set(key, `${workersText(row)}  ${paint.dim(when)}`)
    }
  if (lines.size === 0) return ''
  return [paint.bold('Workers'), ...lines.values()].join('\n')
}

function workersText({
  controller,
  replicas,
  left,
  utilization,
  requestsPerSecond,
  lostPerSecond,
}: WorkerRow) {
  const busy = utilization === null ? '' : `, ${percent(utilization)} busy`
  const lost = `${number(Math.round(lostPerSecond))} of ${number(Math.round(requestsPerSecond))} requests/s lost`
  return `${plain(controller)}  ${left} of ${replicas} replicas left${busy}: ${lost}`
}

export const aloneCommand = (command: string, failed: readonly string[]): string =>
  `${command} --fail ${failed.map(shellWord).join(' ')}`

function utilizationCell({ worst }: WhatIfRow, paint: Palette): string {
  if (worst === null) return '–'
  const text = percent(worst.utilization)
  return worst.utilization > worst.limit ? paint.red(text) : text
}

const worstText = ({ worst }: WhatIfRow): string =>
  worst === null ? '' : `${percent(worst.utilization)} on ${plain(worst.direction)}`

function minimalTable({ minimal, coverage, criteria }: WhatIfAnswer, paint: Palette): string {
  if (minimal.length === 0 || coverage.sets === 1) return ''
  const rows = minimal
    .slice(0, MINIMAL_SHOWN)
    .map(({ failed, alike, breaks }: MinimalRow) => [
      listOf(failed),
      number(alike),
      breaks.map((text) => plain(text)).join('; '),
    ])
  const all = criteria.reduce((most, { minimalSets }) => Math.max(most, minimalSets), 0)
  const listed = minimal.slice(0, MINIMAL_SHOWN).reduce((sum, { alike }) => sum + alike, 0)
  const table = textTable(['Minimal sets', 'alike', 'break'], 'lrl', rows, paint)
  return listed >= all ? table : `${table}\n${paint.dim('and more with --json')}`
}

function assumptionLines({ notJudged, coverage, pools }: WhatIfAnswer, paint: Palette): string {
  const lines = notJudged.map(({ text, why }) => `not judged: ${plain(text)}  (${why})`)
  if (coverage.thinning === 'of listed sets')
    lines.push(
      'losses at full links are computed for the sets listed; these are chosen by the most that one link is offered too much',
    )
  lines.push(
    'expected loads, split by ECMP weight; nothing slows down; what happens before routes converge and services leave out endpoints that are gone is left out',
  )
  lines.unshift(...poolTexts(pools).flatMap(({ text, isPast }) => (isPast ? [] : [plain(text)])))
  return paint.dim(lines.join('\n'))
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MEMBERS_SHOWN).map(plain).join(' + ')
  return names.length > MEMBERS_SHOWN ? `${shown} and ${names.length - MEMBERS_SHOWN} more` : shown
}
