import { profilesText } from '../../planning/profile-rates.ts'
import type { DrainAnswer, Room } from '../../whatif/drain.ts'
import { count, many, percent, rate } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { renderPage, type Section } from '../page.ts'
import { roundAxis } from '../plots/axes.ts'
import { linePlot } from '../plots/line-plot.ts'
import { plainTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, type ReportAbout, STEADY_ASSUMPTIONS } from './about.ts'

export interface DrainReportInput {
  readonly answer: DrainAnswer
  readonly about: ReportAbout
}

const METHODS: Readonly<Record<DrainAnswer['method'], string>> = {
  exact:
    'No order has more room at its tightest step, nor, of those, more in sum: all subsets were compared.',
  greedy: 'Greedy: at every step the part that leaves the most room then; a better order may exist.',
  'any order is as good':
    'Each comes back before the next, so that the order does not matter; most room first.',
}

/** The report of `weft whatif --drain`, one HTML file. */
export function renderDrainReport({ answer, about }: DrainReportInput): string {
  const sections: Section[] = [
    ['room', 'Room at every step', roomSection(answer)],
    ['steps', 'Steps', stepsSection(answer)],
    ['method', 'Method', aboutSection(about, assumptionsOf(answer))],
  ]
  return renderPage({
    title: `${about.name} · Weft drains`,
    header: header(answer, about),
    sections,
    by: 'with the steady clock',
    readings: { grids: [] },
  })
}

function header(answer: DrainAnswer, about: ReportAbout): Html {
  const { steps, before, cumulative, of, method, partial } = answer
  const tightest = tightestOf(answer)
  return pageHeader({
    kicker: 'Weft order of drains',
    name: about.name,
    verdict: verdictOf(answer),
    banners: aboutBanners(about, partial ? `Interrupted with ${partialText(answer)}.` : null),
    facts: [
      ...aboutFacts(about),
      [
        'Asked',
        `${partial ? 'more than ' : ''}${many(steps.length, 'part')}, ${cumulative ? 'all drained ones stay so' : 'one at a time'}`,
      ],
      ['One more failure', `of ${of}`],
      ['Order', method],
    ],
    tiles: [
      tile('Room before', roomText(before), before.worst?.direction ?? 'nothing is loaded'),
      tile(
        'Tightest step',
        tightest === null ? '–' : roomText(tightest.room),
        tightest === null ? 'no step' : `step ${tightest.number}, ${tightest.drain}`,
      ),
      tile(
        'Tightest, one more failing',
        tightest === null ? '–' : roomText(tightest.worstCase),
        tightest === null ? 'no step' : `step ${tightest.worstNumber}, ${tightest.worstCase.failed} fails`,
      ),
      tile('States looked at', count(answer.evaluated), 'each routed anew'),
    ],
  })
}

function tightestOf({ steps }: DrainAnswer) {
  if (steps.length === 0) return null
  const least = (scoreOf: (index: number) => number) =>
    steps.reduce((best, _, index) => (scoreOf(index) < scoreOf(best) ? index : best), 0)
  const score = ({ headroom, cutBps }: Room) => (cutBps > 0 ? -1e6 - cutBps : headroom)
  const own = least((index) => score(steps[index]!.room))
  const worst = least((index) => score(steps[index]!.worstCase))
  return {
    room: steps[own]!.room,
    drain: steps[own]!.drain,
    number: own + 1,
    worstCase: steps[worst]!.worstCase,
    worstNumber: worst + 1,
  }
}

function partialText({ steps, cumulative }: DrainAnswer): string {
  if (steps.length === 0) return 'no step known'
  return `${many(steps.length, 'part')} ${cumulative ? 'in order' : 'looked at'}, and others left`
}

function verdictOf({ steps, partial }: DrainAnswer): Verdict {
  const isTight = ({ headroom, cutBps }: Room) => headroom < 0 || cutBps > 0
  const now = steps.filter(({ room }) => isTight(room)).length
  const worst = steps.filter(({ worstCase }) => isTight(worstCase)).length
  if (now > 0)
    return {
      state: 'bad',
      mark: '✗',
      title: `${count(now)} of ${many(steps.length, 'step')} leave no room`,
      detail: 'A limit is passed, or demand is cut off, while parts are drained.',
    }
  if (worst > 0)
    return {
      state: 'bad',
      mark: '✗',
      title: `${count(worst)} of ${many(steps.length, 'step')} have no room for one more failure`,
      detail: 'While parts are drained everything holds; with one failure more it does not.',
    }
  if (partial)
    return {
      state: 'plain',
      mark: '–',
      title: steps.length === 0 ? 'No step known' : `Room at ${many(steps.length, 'step')} so far`,
      detail: 'Interrupted: the steps that are missing may have less.',
    }
  return {
    state: 'good',
    mark: '✓',
    title: `Room at every one of ${many(steps.length, 'step')}`,
    detail: 'Also if one more part fails then.',
  }
}

function roomSection(answer: DrainAnswer): Html {
  const { before, steps, of } = answer
  if (steps.length === 0) return html`<p class="empty">The room of no step is known.</p>`
  const rooms = pointsOf([before, ...steps.map(({ room }) => room)], 0)
  const worst = pointsOf(
    steps.map(({ worstCase }) => worstCase),
    1,
  )
  const all = [...rooms, ...worst].map(([, room]) => room)
  const lowest = Math.min(0, ...all)
  const { max, interval } = roundAxis(Math.max(0.1, ...all, -lowest / 4), false)
  const cuts = steps.filter(({ room, worstCase }) => room.cutBps > 0 || worstCase.cutBps > 0).length
  const span = steps.length
  return html`${linePlot({
    id: 'room',
    title: 'Room below the limits',
    note: 'of the direction with the least',
    summary: `Room below the limits at each of ${many(span, 'step')}: ${rooms.map(([, room]) => percent(room)).join(', ')}; if one more fails ${worst.map(([, room]) => percent(room)).join(', ')}.`,
    lines: [
      { name: 'while drained', points: rooms, colour: 0 },
      {
        name: `if one more ${of} fails`,
        points: worst,
        colour: 1,
        isDashed: true,
      },
    ],
    limits: [{ at: 0, text: 'limit' }],
    points: [
      ...rooms.map((at) => ({ at, text: '', colour: 0 })),
      ...worst.map((at) => ({ at, text: '', colour: 1 })),
    ],
    x: {
      name: 'step; 0: nothing drained',
      min: 0,
      max: span,
      interval: Math.max(1, Math.ceil(span / 16)),
      print: (value) => String(value),
    },
    y: {
      min: lowest === 0 ? 0 : -Math.ceil(-lowest / interval) * interval,
      max,
      interval,
      print: (value) => `${value < 0 ? '−' : ''}${percent(Math.abs(value))}`,
    },
  })}${cuts > 0 && html`<p class="note badText">${many(cuts, 'step')} cut demand off, by themselves or with one failure more: room says nothing of that, and is left out there.</p>`}`
}

/** Steps that cut demand off have none. */
const pointsOf = (rooms: readonly Room[], first: number) =>
  rooms.flatMap(({ headroom, cutBps }, index) => (cutBps > 0 ? [] : [[first + index, headroom] as const]))

function stepsSection({ before, steps, cumulative, of }: DrainAnswer): Html {
  const rows = steps.map(({ drain, room, worstCase }, index) => [
    html`${index + 1}. ${drain}`,
    roomCell(room),
    room.worst?.direction ?? '–',
    roomCell(worstCase),
    worstCase.failed,
    worstCase.worst?.direction ?? '–',
  ])
  const heads = [
    cumulative ? 'Drain, and keep' : 'Drain',
    'Room',
    'Least on',
    `If a ${of} fails`,
    'Worst is',
    'Least on',
  ]
  return html`<p class="note">Before: room ${roomText(before)} on ${before.worst?.direction ?? '–'}.</p>${rows.length > 0 && plainTable(heads, 'lrlrll', rows)}`
}

function roomText({ headroom, cutBps }: Room): string {
  if (cutBps > 0) return `cuts off ${rate(Math.round(cutBps))}`
  return `${headroom < 0 ? '−' : ''}${percent(Math.abs(headroom))}`
}

const roomCell = (room: Room): Html | string =>
  room.cutBps > 0 || room.headroom < 0 ? html`<span class="badText">${roomText(room)}</span>` : roomText(room)

const assumptionsOf = ({ method, partial, profiles }: DrainAnswer): string[] => [
  partial && method === 'exact' ? 'The best order is known when all subsets are compared.' : METHODS[method],
  'Room: the limit under failure less the utilisation, of the direction with the least of it.',
  ...STEADY_ASSUMPTIONS,
  ...(profiles === null ? [] : [profilesText(profiles)]),
]
