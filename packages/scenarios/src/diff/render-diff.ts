import { printDuration } from '@weft/core'
import pc from 'picocolors'
import { type CountedProfiles, profilesText } from '../planning/profile-rates.ts'
import { bps, percent } from '../whatif/render.ts'
import { foldAlike, type Palette, plain, textTable } from '../text/text-table.ts'
import type { OneSided } from './changes.ts'
import { type DiffAnswer, expectationDiffers, pathDiffers } from './diff.ts'
import type { PathClass } from './paths.ts'
import { connectionBlocks } from './render-connections.ts'
import { arrow, setTable } from './render-sets.ts'

export interface RenderDiffOptions {
  readonly color: boolean
  /** The two scenarios as the user named them. */
  readonly before: string
  readonly after: string
}

const ROWS_SHOWN = 10
const NAMES_SHOWN = 5

/** Two scenarios for a terminal: what is there, what is carried, what failures do, how long ways are. */
export function renderDiff(answer: DiffAnswer, { color, before, after }: RenderDiffOptions): string {
  const paint = pc.createColors(color)
  const head = `${paint.bold(plain(before))} → ${paint.bold(plain(after))}  ${paint.dim('steady clock, routes converged')}`
  const { partial, notCompared } = answer
  if (!answer.differs && !partial) return `${head}\n\n${paint.green('✓')} nothing differs\n`
  const blocks = [
    head,
    partial
      ? paint.yellow(`partial: interrupted; not compared, or not in full: ${notCompared.join(', ')}`)
      : '',
    networkLines(answer, paint),
    connectionBlocks(answer.connections, paint),
    demandLines(answer),
    expectationLines(answer, paint),
    loadTables(answer, paint),
    failureTable(answer, paint),
    answer.failureSets === null || isUncompared(answer) ? '' : setTable(answer.failureSets, paint),
    pathTable(answer, paint),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** Interrupted before any set was computed. */
const isUncompared = ({ partial, failureSets }: DiffAnswer): boolean =>
  partial && failureSets?.before?.worst == null && failureSets?.after?.worst == null

function networkLines(
  { network: { nodes, links, changed }, otherProfiles }: DiffAnswer,
  paint: Palette,
): string {
  const lines = [...sides('node', nodes, paint), ...sides('link', links, paint)]
  const keys = new Map<string, string[]>()
  for (const { name, keys: own } of changed) {
    const known = keys.get(own.join(', '))
    if (known === undefined) keys.set(own.join(', '), [name])
    else known.push(name)
  }
  for (const [key, names] of keys) lines.push(`${paint.yellow('~')} ${key} of ${some(names)}`)
  if (otherProfiles.length > 0) lines.push(`${paint.yellow('~')} profile of ${some(otherProfiles)}`)
  return lines.join('\n')
}

function sides(noun: string, { onlyBefore, onlyAfter }: OneSided, paint: Palette): string[] {
  const line = (mark: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [`${mark} ${names.length} ${noun}${names.length === 1 ? '' : 's'}: ${some(names)}`]
  return [...line(paint.red('-'), onlyBefore), ...line(paint.green('+'), onlyAfter)]
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(plain).join(', ')
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown
}

function demandLines({ demandBps, lostBps, reach, profiles }: DiffAnswer): string {
  const { both, onlyBefore, onlyAfter, neither, lost, gained } = reach
  const lines = [
    `demand   ${arrow(demandBps, bps)}`,
    `lost     ${arrow(lostBps, bps)}`,
    `reach    ${both} pairs of hosts that are in both have a way in both, ${onlyBefore} before only, ${onlyAfter} after only, ${neither} in neither`,
  ]
  for (const [side, counted] of Object.entries(profiles) as [string, CountedProfiles | null][])
    if (counted !== null) lines.push(`  ${side}: ${plain(profilesText(counted))}`)
  if (lost.length > 0) lines.push(`  no longer: ${some(lost)}`)
  if (gained.length > 0) lines.push(`  now: ${some(gained)}`)
  return lines.join('\n')
}

/** Those that hold in one of both alone. */
function expectationLines({ expectations }: DiffAnswer, paint: Palette): string {
  return expectations
    .filter(expectationDiffers)
    .map(({ text, after }) =>
      after === true
        ? `${paint.green('✓')} ${plain(text)}  ${paint.dim('holds after, with everything up')}`
        : `${paint.red('✗')} ${plain(text)}  ${paint.dim('holds before alone, with everything up')}`,
    )
    .join('\n')
}

function loadTables({ loads: { tiers, changed, same } }: DiffAnswer, paint: Palette): string {
  const cell = (loads: { most: number; mean: number } | null) =>
    loads === null ? ['–', '–'] : [percent(loads.most), percent(loads.mean)]
  const tierRows = tiers.map(({ tier, before, after }) => {
    const [a, b] = [cell(before), cell(after)]
    return [plain(tier), a[0]!, b[0]!, a[1]!, b[1]!]
  })
  const tierTable = textTable(
    ['Load by tier', 'most before', 'after', 'mean before', 'after'],
    'lrrrr',
    tierRows,
    paint,
  )
  const rows = foldAlike(
    changed.map(({ direction, before, after }) => [
      plain(direction),
      percent(before),
      percent(after),
      signed(after - before),
    ]),
  ).slice(0, ROWS_SHOWN)
  const note = paint.dim(`${changed.length} directions changed, ${same} did not`)
  if (rows.length === 0) return `${tierTable}\n${note}`
  const table = textTable(['Load, biggest change first', 'before', 'after', 'change'], 'lrrr', rows, paint)
  return `${tierTable}\n\n${table}\n${note}`
}

const signed = (fraction: number): string => `${fraction < 0 ? '-' : '+'}${percent(Math.abs(fraction))}`

function failureTable({ failures, partial }: DiffAnswer, paint: Palette): string {
  const { worstUtilization, worstUnreachableBps, changed, same } = failures
  if (partial && changed.length + same === 0) return ''
  const rows = foldAlike(
    changed.map(({ failed, utilization, unreachableBps }) => [
      plain(failed),
      percent(utilization.before),
      percent(utilization.after),
      bps(unreachableBps.before),
      bps(unreachableBps.after),
    ]),
  ).slice(0, ROWS_SHOWN)
  const lines = [
    `any one link or switch down: fullest link ${arrow(worstUtilization, percent)}; unreachable ${arrow(worstUnreachableBps, bps)}`,
    ...(rows.length === 0
      ? []
      : [
          textTable(['Down', 'fullest before', 'after', 'unreachable before', 'after'], 'lrrrr', rows, paint),
        ]),
    paint.dim(`${changed.length} single failures changed, ${same} did not`),
  ]
  return lines.join('\n')
}

function pathTable({ paths, partial }: DiffAnswer, paint: Palette): string {
  if (partial && paths.length === 0) return ''
  const time = (picoseconds: number) => printDuration(Math.round(picoseconds), { digits: 4 })
  const cells = (path: PathClass | null) =>
    path === null ? ['–', '–', '–'] : [String(path.pairs), time(path.meanPs), time(path.mostPs)]
  const rows = paths.map((path) => {
    const [a, b] = [cells(path.before), cells(path.after)]
    const mark = pathDiffers(path) ? paint.yellow('~') : ''
    return [mark, plain(path.through), a[0]!, b[0]!, a[1]!, b[1]!, a[2]!, b[2]!]
  })
  const head = [
    '',
    'Ways through',
    'pairs before',
    'after',
    'mean delay before',
    'after',
    'most before',
    'after',
  ]
  return `${textTable(head, 'llrrrrrr', rows, paint)}\n${paint.dim('one way, 1500 bytes, idle network, mean over ECMP members')}`
}
