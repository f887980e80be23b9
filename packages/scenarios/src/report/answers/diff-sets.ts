import type { Change } from '../../diff/changes.ts'
import type { FailureSetsDiff } from '../../diff/failure-sets.ts'
import type { OneSidedSets } from '../../diff/set-pairs.ts'
import { count, many, percent, percentCell } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Column, plainTable, sortableTable } from '../table.ts'
import { besideCell, bps, changeText, points } from './diff-cells.ts'

const ROWS_MAX = 300

/** A set in one or both. */
interface SetCells {
  readonly failed: string
  readonly alike: number
  readonly utilization: Sides
  readonly lostBps: Sides
}

type Sides = { readonly [Side in keyof Change]: number | null }

/** Sets of failures side by side, and those of one scenario alone. */
export function setsSection(sets: FailureSetsDiff): Html {
  const { before, after, worstUtilization, worstLostBps, both, compared, differing, changed } = sets
  if (before?.worst == null && after?.worst == null) return html`<p class="empty">None was compared.</p>`
  const scale = { load: most(worstUtilization, 0.01), lost: most(worstLostBps, 1) }
  const counts = (key: 'losing' | 'overLimit') =>
    changeText({ before: before?.[key] ?? 0, after: after?.[key] ?? 0 }, count)
  const worst = plainTable(
    [asked(sets), 'Fullest link', 'Lost', 'Sets that lose demand', 'that overload a link'],
    'lllrr',
    [
      [
        'the worst',
        besideCell(worstUtilization, scale.load, percentCell),
        besideCell(worstLostBps, scale.lost, bps),
        counts('losing'),
        counts('overLimit'),
      ],
    ],
  )
  const rows = changed.slice(0, ROWS_MAX).map((set) => ({ ...set, failed: set.failed.join(' + ') }))
  const left = differing - rows.reduce((sum, { alike }) => sum + alike, 0)
  return html`${worst}${worstSets(sets)}${
    changed.length === 0
      ? compared > 0 && html`<p class="empty good">No set that is in both comes to something else.</p>`
      : html`<h3 class="apart">Sets in both, biggest change first</h3>
${sortableTable({ id: 'set-table', find: 'a part', title: 'Down together', nameOf: ({ failed }) => failed, columns: columnsOf(scale, true), rows })}`
  }
<p class="note">Of ${many(both, 'set')} in both ${count(compared)} compared: ${count(differing)} differ. ${left > 0 && `Not listed here: ${count(left)} with smaller changes.`}</p>
${alone('before', sets.onlyBefore, scale)}${alone('after', sets.onlyAfter, scale)}`
}

interface Scale {
  readonly load: number
  readonly lost: number
}

function columnsOf({ load, lost }: Scale, withChange: boolean): Column<SetCells>[] {
  const change: Column<SetCells> = {
    title: 'Change',
    value: ({ utilization: { before, after } }) => (after ?? 0) - (before ?? 0),
    cell: ({ utilization: { before, after } }) => points((after ?? 0) - (before ?? 0)),
  }
  return [
    { title: 'Alike', value: ({ alike }) => alike, cell: ({ alike }) => count(alike) },
    {
      title: 'Fullest link then',
      value: ({ utilization: { before, after } }) => after ?? before ?? 0,
      cell: ({ utilization }) => besideCell(utilization, load, percentCell),
    },
    ...(withChange ? [change] : []),
    {
      title: 'Lost',
      value: ({ lostBps: { before, after } }) => after ?? before ?? 0,
      cell: ({ lostBps }) => besideCell(lostBps, lost, bps),
    },
  ]
}

function alone(side: keyof Change, { sets, worst }: OneSidedSets, scale: Scale): Html | false {
  if (sets === 0) return false
  const only = (value: number): Sides => ({ before: null, after: null, [side]: value })
  const rows = worst.slice(0, ROWS_MAX).map(({ failed, alike, utilization, lostBps }) => ({
    failed: failed.join(' + '),
    alike,
    utilization: only(utilization),
    lostBps: only(lostBps),
  }))
  return html`<h3 class="apart">Sets ${side} only: ${count(sets)}, the worst first</h3>
${sortableTable({ id: `set-table-${side}`, find: 'a part', title: 'Down together', nameOf: ({ failed }) => failed, columns: columnsOf(scale, false), rows })}`
}

function worstSets({ before, after }: FailureSetsDiff): Html {
  const lines = Object.entries({ before, after }).map(([side, answer]) => {
    if (answer === null) return `${side}: there is nothing of the kind`
    if (answer.worst === null) return `${side}: none was computed`
    return `${side}: ${answer.worst.failed.join(' + ')}, ${percent(answer.worst.lostShare)} of the demand lost`
  })
  return html`<p class="note">The worst set ${lines.join('; ')}.</p>`
}

const asked = ({ any, of }: FailureSetsDiff): string =>
  any === 1 ? `Any one of ${of}` : `Any ${any} or fewer of ${of}`

const most = ({ before, after }: Change, least: number): number => Math.max(least, before, after)

export const setsAssumptions = ({ thinning }: FailureSetsDiff): string[] => [
  'Sets of failures are compared by the names of their parts; a set with a part that is in one scenario only is in that one only.',
  ...(thinning === 'of every set'
    ? []
    : [
        'Losses at full links are computed for the sets listed; others are compared by the most that one link is offered too much.',
      ]),
]
