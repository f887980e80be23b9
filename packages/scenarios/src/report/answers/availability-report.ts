import { profilesText } from '../../planning/profile-rates.ts'
import type { AvailabilityAnswer, AvailabilityRow } from '../../whatif/availability.ts'
import { count, many, percent, rate } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { renderPage, type Section } from '../page.ts'
import { linePlot } from '../plots/line-plot.ts'
import { type Column, sortableTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, type ReportAbout, STEADY_ASSUMPTIONS } from './about.ts'
import { minutesText, nines } from './nines.ts'

export interface AvailabilityReportInput {
  readonly answer: AvailabilityAnswer
  readonly about: ReportAbout
}

const ROWS_MAX = 300
/** Unavailability below this is drawn as this: a logarithmic axis has no zero. */
const LEAST = 1e-9

/** The report of `weft whatif --availability`, one HTML file. */
export function renderAvailabilityReport({ answer, about }: AvailabilityReportInput): string {
  const sections: Section[] = [
    ['curve', 'Availability over demand', curveSection(answer)],
    ['demands', 'Demands, the least available first', tableSection(answer)],
    ['method', 'Method', aboutSection(about, assumptionsOf(answer))],
  ]
  return renderPage({
    title: `${about.name} · Weft availability`,
    header: header(answer, about),
    sections,
    by: 'with the steady clock',
    readings: { grids: [] },
  })
}

function header(answer: AvailabilityAnswer, about: ReportAbout): Html {
  const { rows, parts, any, computed, sets, restOfTime, target, partial } = answer
  const [first] = rows
  const total = rows.reduce((sum, { ipBps }) => sum + ipBps, 0)
  const served = total === 0 ? 1 : rows.reduce((sum, row) => sum + row.served.least * row.ipBps, 0) / total
  return pageHeader({
    kicker: 'Weft availability of demands',
    name: about.name,
    verdict: verdictOf(answer),
    banners: aboutBanners(about, partial ? 'Interrupted: the bounds are wider for it.' : null),
    facts: [
      ...aboutFacts(about),
      ['Parts that are down at times', count(parts)],
      ['Demand', rate(Math.round(total))],
      ...(target === null ? [] : [['Target', nines(target)] as const]),
    ],
    tiles: [
      tile(
        'Least available',
        first === undefined ? '–' : between(first.available),
        first === undefined ? 'no demand' : nameOf(first),
      ),
      tile(
        'Down a year, at most',
        first === undefined ? '–' : minutesText(first.downMinutesPerYear),
        'of the least available',
      ),
      tile('Demand served, at least', nines(served), 'expected share, over all demand'),
      tile(
        'Rest of time',
        nines(restOfTime),
        `states of more than ${any} down: the width of the bounds; ${count(computed)} of ${many(sets, 'state')} computed`,
      ),
    ],
  })
}

function verdictOf({ rows, target }: AvailabilityAnswer): Verdict {
  const [first] = rows
  if (target === null) {
    const title =
      first === undefined
        ? 'No demand'
        : `The least available demand is served ${between(first.available)} of the time`
    return {
      state: 'plain',
      mark: '–',
      title,
      detail: 'No target was given; a share behind --availability is one.',
    }
  }
  const missed = rows.filter(({ meetsTarget }) => meetsTarget === false).length
  const open = rows.filter(({ meetsTarget }) => meetsTarget === null).length
  if (missed > 0)
    return {
      state: 'bad',
      mark: '✗',
      title: `${count(missed)} of ${many(rows.length, 'demand')} miss ${nines(target)}`,
      detail: open > 0 ? `${count(open)} more may: compute more with a higher --any.` : '',
    }
  if (open > 0)
    return {
      state: 'plain',
      mark: '?',
      title: `${count(open)} of ${many(rows.length, 'demand')} may miss ${nines(target)}`,
      detail: 'The bounds leave it open: compute more with a higher --any.',
    }
  return {
    state: 'good',
    mark: '✓',
    title: `All of ${many(rows.length, 'demand')} reach ${nines(target)}`,
    detail: '',
  }
}

/** How available each share of the demand is: the whole of it on the axis, least available first. */
function curveSection(answer: AvailabilityAnswer): Html {
  const { rows, target, restOfTime } = answer
  const total = rows.reduce((sum, { ipBps }) => sum + ipBps, 0)
  if (total === 0) return html`<p class="empty">No demand to serve.</p>`
  const most = curve(rows, total, ({ available }) => 1 - available.most)
  const least = curve(rows, total, ({ available }) => 1 - available.least)
  const values = [...most, ...least].map(([, y]) => y)
  const lowest = values.reduce((a, b) => Math.min(a, b), target === null ? 1 : Math.max(LEAST, 1 - target))
  const highest = values.reduce((a, b) => Math.max(a, b), target === null ? 0 : 1 - target)
  const [worst] = rows
  return html`${linePlot({
    id: 'availability',
    left: 92,
    title: 'Time in which demand is served in full',
    note: 'least available demand on the left',
    summary: `Availability over the share of demand, least available first: from ${between(worst!.available)} of ${nameOf(worst!)} to ${between(rows.at(-1)!.available)}.`,
    lines: [
      { name: 'at most', points: most, colour: 0 },
      ...(restOfTime > 0
        ? [{ name: 'at least, by what was not computed', points: least, colour: 0, isDashed: true }]
        : []),
    ],
    limits: target === null || target === 1 ? [] : [{ at: 1 - target, text: `target ${nines(target)}` }],
    x: { name: 'share of demand', min: 0, max: 1, interval: 0.25, print: (value) => percent(value) },
    y: {
      min: 10 ** Math.floor(Math.log10(lowest * 0.999)),
      max: 10 ** Math.ceil(Math.log10(Math.max(highest, LEAST * 10) * 1.001)),
      isLog: true,
      isInverse: true,
      print: (value) => nines(1 - value),
    },
  })}<p class="note">Every step down is a nine less. Unavailability below ${nines(LEAST)} is drawn as that.</p>`
}

/** A level stretch for each run of demands that are as available. */
function curve(
  rows: readonly AvailabilityRow[],
  total: number,
  unavailabilityOf: (row: AvailabilityRow) => number,
): [number, number][] {
  const sorted = rows
    .map((row) => ({ share: row.ipBps / total, y: Math.max(LEAST, unavailabilityOf(row)) }))
    .sort((a, b) => b.y - a.y)
  const points: [number, number][] = []
  let x = 0
  for (const { share, y } of sorted) {
    const last = points.at(-1)
    if (last !== undefined && last[1] === y) last[0] = Math.min(1, x + share)
    else points.push([x, y], [Math.min(1, x + share), y])
    x += share
  }
  return points
}

function tableSection({ rows, target, per }: AvailabilityAnswer): Html {
  const groups = alikeRows(rows)
  const shown = groups.slice(0, ROWS_MAX)
  const columns: Column<AlikeRow>[] = [
    { title: 'Of', cell: ({ traffic }) => traffic },
    { title: 'Rate', value: ({ ipBps }) => ipBps, cell: ({ ipBps }) => rate(Math.round(ipBps)) },
    {
      title: 'All of it served',
      value: ({ available }) => available.least,
      cell: ({ available }) => between(available),
    },
    {
      title: 'Down a year, at most',
      value: (row) => row.downMinutesPerYear,
      cell: (row) => minutesText(row.downMinutesPerYear),
    },
    { title: 'Share served', value: ({ served }) => served.least, cell: ({ served }) => between(served) },
    ...(target === null
      ? []
      : [{ title: `Reaches ${nines(target)}`, value: rank, cell: markOf } satisfies Column<AlikeRow>]),
  ]
  const left = groups.length - shown.length
  return html`${sortableTable({ id: 'demand-table', find: 'a host or traffic', title: 'Demand', nameOf: alikeName, columns, rows: shown })}
<p class="note">${per === 'traffic' && 'Of a whole traffic: the time in which every pair of it is served. '}A range is as wide as the
time in states that were not computed. ${left > 0 && `Left to the JSON answer: ${many(left, 'line')} of demands that are served more of the time.`}</p>`
}

interface AlikeRow extends AvailabilityRow {
  readonly alike: number
}

const alikeName = (row: AlikeRow): Html | string =>
  row.alike === 1 ? nameOf(row) : html`${nameOf(row)}<br><small>and ${count(row.alike - 1)} like it</small>`

/** Demands of which everything but the hosts is the same, under the first of them. */
function alikeRows(rows: readonly AvailabilityRow[]): AlikeRow[] {
  const groups = new Map<string, { row: AvailabilityRow; alike: number }>()
  for (const row of rows) {
    const { traffic, ipBps, available, served } = row
    const key = [traffic, rate(Math.round(ipBps)), between(available), between(served)].join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { row, alike: 1 })
    else known.alike++
  }
  return [...groups.values()].map(({ row, alike }) => ({ ...row, alike }))
}

const rank = ({ meetsTarget }: AvailabilityRow): number => (meetsTarget === null ? 1 : meetsTarget ? 2 : 0)

function markOf({ meetsTarget }: AvailabilityRow): Html {
  if (meetsTarget === null) return html`open`
  return meetsTarget ? html`<span class="goodText">✓ yes</span>` : html`<span class="badText">✗ no</span>`
}

const nameOf = ({ from, to, traffic }: AvailabilityRow): string =>
  from === null ? traffic : `${from} → ${to}`

function between({ least, most }: AvailabilityRow['available']): string {
  const [low, high] = [nines(least), nines(most)]
  return low === high ? low : `${low} to ${high}`
}

function assumptionsOf({ parts, any, computed, sets, restOfTime, profiles }: AvailabilityAnswer): string[] {
  const how = computed < sets ? ', one of each orbit of checked symmetries' : ''
  return [
    `${many(parts, 'part')} that are down at times, each by itself; ${count(computed)} states of up to ${any} down computed${how}.`,
    `In the rest of the time, ${nines(restOfTime)}, demands may be served or not: it is the width of the bounds.`,
    'A demand counts as served while all of it arrives, none lost for want of a way or at a full link.',
    ...STEADY_ASSUMPTIONS,
    ...(profiles === null ? [] : [profilesText(profiles)]),
  ]
}
