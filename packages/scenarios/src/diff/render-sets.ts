import { bps, percent } from '../whatif/render.ts'
import { foldAlike, type Palette, plain, textTable } from '../text/text-table.ts'
import { type Change, differs } from './changes.ts'
import type { FailureSetsDiff, SetsSide } from './failure-sets.ts'
import type { SetRow } from './set-pairs.ts'

const ROWS_SHOWN = 10
const ALONE_SHOWN = 5
const MEMBERS_SHOWN = 4

/** A number in both, or one and what became of it. */
export const arrow = (change: Change, print: (value: number) => string): string =>
  differs(change) ? `${print(change.before)} → ${print(change.after)}` : `${print(change.after)}, the same`

/** Sets of failures side by side. */
export function setTable(sets: FailureSetsDiff, paint: Palette): string {
  const { compared, both, differing, changed, onlyBefore, onlyAfter } = sets
  const inBoth = changed.map(({ failed, alike, utilization, lostBps }) =>
    cells(
      failed,
      alike,
      { utilization: utilization.before, lostBps: lostBps.before },
      { utilization: utilization.after, lostBps: lostBps.after },
    ),
  )
  const before = onlyBefore.worst.map(({ failed, alike, ...row }) => cells(failed, alike, row, null))
  const after = onlyAfter.worst.map(({ failed, alike, ...row }) => cells(failed, alike, null, row))
  const left = both === compared ? '' : ` of ${number(both)} in both`
  const table = tableOf([inBoth, before, after], paint)
  return [
    ...headLines(sets),
    ...table,
    paint.dim(
      `${number(differing)} sets changed, ${number(compared - differing)} did not${left}; before only ${number(onlyBefore.sets)}, after only ${number(onlyAfter.sets)}`,
    ),
    ...(sets.thinning === 'of every set'
      ? []
      : [
          paint.dim(
            'losses at full links are computed for the sets listed; others are compared by the most that one link is offered too much',
          ),
        ]),
  ].join('\n')
}

function headLines({ any, of, before, after, worstUtilization, worstLostBps }: FailureSetsDiff): string[] {
  const asked = any === 1 ? `any one of ${of} down` : `any ${any} or fewer of ${of} down`
  if (before === null || after === null)
    return [`${asked}: ${before === null ? 'before' : 'after'} there is none`, ...worstLines(before, after)]
  const counts = (key: 'losing' | 'overLimit') => arrow({ before: before[key], after: after[key] }, number)
  return [
    `${asked}: fullest link ${arrow(worstUtilization, percent)}; most lost ${arrow(worstLostBps, bps)}`,
    `sets that lose demand ${counts('losing')}; that load a link beyond its limit ${counts('overLimit')}`,
    ...worstLines(before, after),
  ]
}

function worstLines(before: SetsSide | null, after: SetsSide | null): string[] {
  return Object.entries({ before, after }).flatMap(([side, answer]) => {
    const worst = answer?.worst
    if (worst === null || worst === undefined) return []
    const load =
      worst.worst === null ? '' : `, ${percent(worst.worst.utilization)} on ${plain(worst.worst.direction)}`
    return [
      `  worst ${side}: ${setName(worst.failed)}: ${percent(worst.lostShare)} of the demand lost${load}`,
    ]
  })
}

/** Those that symmetry makes alike have a count; where it makes none alike, rows that read the same share a line. */
function tableOf(rows: readonly (readonly string[][])[], paint: Palette): string[] {
  const isCounted = rows.some((group) => group.some(([, alike]) => alike !== '1'))
  const shown = rows.flatMap((group, i) => {
    const own = isCounted ? group : foldAlike(group.map(([name, , ...row]) => [name!, ...row]))
    return own.slice(0, i === 0 ? ROWS_SHOWN : ALONE_SHOWN)
  })
  if (shown.length === 0) return []
  const head = [
    'Down together',
    ...(isCounted ? ['alike'] : []),
    ...['fullest before', 'after', 'lost before', 'after'],
  ]
  return [textTable(head, isCounted ? 'lrrrrr' : 'lrrrr', shown, paint)]
}

type Shown = Pick<SetRow, 'utilization' | 'lostBps'>

function cells(
  failed: readonly string[],
  alike: number,
  before: Shown | null,
  after: Shown | null,
): string[] {
  const both = (print: (row: Shown) => string) =>
    [before, after].map((row) => (row === null ? '–' : print(row)))
  return [
    setName(failed),
    number(alike),
    ...both(({ utilization }) => percent(utilization)),
    ...both(({ lostBps }) => bps(lostBps)),
  ]
}

const number = (value: number): string => value.toLocaleString('en-US')

/** Parts that fail together. */
function setName(names: readonly string[]): string {
  const shown = names.slice(0, MEMBERS_SHOWN).map(plain).join(' + ')
  return names.length > MEMBERS_SHOWN ? `${shown} and ${names.length - MEMBERS_SHOWN} more` : shown
}
