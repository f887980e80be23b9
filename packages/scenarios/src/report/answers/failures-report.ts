import { rampStep } from '../../draw/ramp.ts'
import { profilesText } from '../../planning/profile-rates.ts'
import type { WhatIfAnswer, WhatIfRow } from '../../whatif/answer.ts'
import { poolTexts } from '../../whatif/pools.ts'
import { aloneCommand } from '../../whatif/render.ts'
import { count, many, percent, percentCell, rate } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { capital } from '../pool-words.ts'
import { renderPage, type Section } from '../page.ts'
import { type Column, plainTable, sortableTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, STEADY_ASSUMPTIONS } from './about.ts'
import { type FailuresReportInput, listOf, networkSection, pairSection } from './failures-pictures.ts'

/** Sets in the matrix of sets and what they break. */
const MATRIX_ROWS_MAX = 30
const ROWS_MAX = 300

/** The report of `weft whatif`, one HTML file; the same answer gives the same bytes. */
export async function renderFailuresReport(input: FailuresReportInput): Promise<string> {
  const { answer, about } = input
  const pairs = pairSection(input)
  const sections: Section[] = [
    ['broken', 'What breaks', brokenSection(answer)],
    ...(pairs === null ? [] : [['pairs', 'Every pair', pairs.html] as const]),
    ...(answer.worst.length > 0 ? [['matrix', 'Failure matrix', matrixSection(answer)] as const] : []),
    ['worst', 'Worst first', worstSection(input)],
    ...(answer.minimal.length > 0 ? [['minimal', 'Minimal sets', minimalSection(input)] as const] : []),
    [
      'network',
      answer.coverage.sets === 1 ? 'On the network' : 'The worst on the network',
      await networkSection(input),
    ],
    ['method', 'Method', aboutSection(about, assumptionsOf(answer))],
  ]
  return renderPage({
    title: `${about.name} · Weft what if`,
    header: header(input),
    sections,
    by: 'with the steady clock',
    readings: { grids: pairs === null ? [] : pairs.readings },
  })
}

function header({ answer, about }: FailuresReportInput): Html {
  const { coverage, baseline, demandBps, losing, overLimit } = answer
  const { sets, covered, computed, partial } = coverage
  const fullest = answer.worst.reduce<WhatIfRow | undefined>(
    (most, row) => ((row.worst?.utilization ?? 0) > (most?.worst?.utilization ?? 0) ? row : most),
    undefined,
  )
  return pageHeader({
    kicker: 'Weft what if',
    name: about.name,
    verdict: verdictOf(answer),
    banners: aboutBanners(
      about,
      partial
        ? `Interrupted after ${count(covered)} of ${many(sets, 'set')}: worse ones may be among the others.`
        : null,
    ),
    facts: [
      ...aboutFacts(about),
      ['Asked', askedText(answer)],
      ['Demand', rate(Math.round(demandBps))],
      [
        'Before any failure',
        baseline.worst === null
          ? 'nothing is loaded'
          : `${percent(baseline.worst.utilization)} on ${baseline.worst.direction}`,
      ],
    ],
    tiles: [
      tile(
        'Sets looked at',
        count(covered),
        computed === covered
          ? 'every one computed'
          : `${count(computed)} computed, the others by checked symmetry`,
      ),
      tile(
        'Sets that break something',
        count(Math.max(0, ...answer.criteria.map((criterion) => criterion.sets))),
        `the most that break one promise; ${count(overLimit)} pass a limit`,
      ),
      tile(
        'Sets that lose demand',
        count(losing),
        losing === 0
          ? 'none does'
          : `up to ${percent(Math.max(...answer.worst.map(({ lostShare }) => lostShare)))} of it`,
      ),
      tile(
        'Fullest link, listed sets',
        fullest?.worst == null ? '–' : percent(fullest.worst.utilization),
        fullest?.worst == null
          ? 'nothing is loaded'
          : `${fullest.worst.direction}, ${listOf(fullest.failed)} down`,
      ),
    ],
  })
}

function askedText({ fail, any, of }: WhatIfAnswer): string {
  const down = fail.length > 0 ? [`${listOf(fail)} down`] : []
  const more = of === null ? [] : [any === 1 ? `any one ${of} fails` : `any ${any} or fewer of ${of} fail`]
  return [...down, ...more].join('; ')
}

function verdictOf({ criteria, coverage, losing }: WhatIfAnswer): Verdict {
  const broken = criteria.filter(({ sets }) => sets > 0)
  const isOne = coverage.sets === 1
  if (broken.length === 0 && losing === 0)
    return {
      state: 'good',
      mark: '✓',
      title: isOne ? 'Everything holds' : `Everything holds in all of ${many(coverage.covered, 'set')}`,
      detail: 'Limits and expectations that steady loads can judge.',
    }
  if (broken.length === 0)
    return {
      state: 'plain',
      mark: '–',
      title: `Demand is lost in ${count(losing)} of ${many(coverage.covered, 'set')}`,
      detail: 'No limit is passed and no expectation broken.',
    }
  const detail = `Broken: ${broken.map(({ text, sets }) => (isOne ? text : `${text} (by ${count(sets)})`)).join('; ')}`
  const title = isOne
    ? `${count(broken.length)} of ${many(criteria.length, 'promise')} broken`
    : `${count(broken.length)} of ${many(criteria.length, 'promise')} broken by some set`
  return { state: 'bad', mark: '✗', title, detail }
}

/** Limits and expectations, with how many sets break each. */
function brokenSection({ criteria, coverage, notJudged }: WhatIfAnswer): Html {
  const items = criteria.map(({ text, sets, brokenBefore, minimalSets }, index) => {
    const holds = sets === 0
    const share = sets / Math.max(1, coverage.covered)
    const counts = holds
      ? 'no set breaks it'
      : `broken by ${count(sets)} of ${many(coverage.covered, 'set')} (${percentCell(share)})${brokenBefore ? ', and before any failure' : `, ${count(minimalSets)} of them minimal`}`
    return html`<li><span class="mark ${holds ? 'goodText' : 'badText'}">${holds ? '✓' : '✗'}</span><b>${index + 1}.</b> ${text}
<span class="soft">${counts}</span></li>`
  })
  const left = notJudged.map(({ text, why }) => html`<li>${text} <span class="soft">(${why})</span></li>`)
  return html`<ol class="criteria">${items}</ol>${left.length > 0 && html`<h3>Not judged</h3><ul class="plain">${left}</ul>`}`
}

/** Sets by what they break, the worst first: the numbers of the list above as columns. */
function matrixSection({ worst, criteria, coverage }: WhatIfAnswer): Html {
  const shown = worst.slice(0, MATRIX_ROWS_MAX)
  const rows = shown.map((row) => {
    const marks = criteria.map(({ text }) =>
      row.broken.includes(text)
        ? html`<td class="mark"><span class="badText" aria-label="broken">✗</span></td>`
        : html`<td class="mark"><span class="goodText" aria-label="holds">✓</span></td>`,
    )
    const cells = [utilizationCell(row), lostCell(row), count(row.alike)]
    return html`<tr><th scope="row">${listOf(row.failed)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}${marks}</tr>`
  })
  const heads = criteria.map(({ text }, index) => html`<th class="turned" title="${text}">${index + 1}</th>`)
  const listed = shown.reduce((sum, { alike }) => sum + alike, 0)
  const aggregated =
    listed >= coverage.covered
      ? 'Every set is here.'
      : `The ${count(shown.length)} worst rows; they stand for ${count(listed)} of ${many(coverage.covered, 'set')}.`
  return html`<div class="scroll"><table class="numbers"><thead><tr><th>Down</th><th>Fullest</th><th>Lost</th><th>Alike</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="note">${aggregated} Alike: sets that a row stands for by symmetry. Numbered columns: the promises listed above.</p>`
}

function utilizationCell({ worst }: WhatIfRow): Html | string {
  if (worst === null) return '–'
  const isOver = worst.utilization > worst.limit
  return html`<span class="heatCell b${rampStep(worst.utilization)}">${percentCell(worst.utilization)}${isOver && ' !'}</span>`
}

const lostCell = ({ lostShare }: WhatIfRow): Html | string =>
  lostShare === 0 ? '0' : html`<span class="badText">${percentCell(lostShare)}</span>`

function worstSection({ answer, command }: FailuresReportInput): Html {
  const shown = answer.worst.slice(0, ROWS_MAX)
  if (shown.length === 0) return html`<p class="empty">No set was looked at.</p>`
  const columns: Column<WhatIfRow>[] = [
    { title: 'Alike', value: ({ alike }) => alike, cell: ({ alike }) => count(alike) },
    {
      title: 'Fullest',
      value: ({ worst }) => worst?.utilization ?? 0,
      cell: (row) => html`${utilizationCell(row)}<br><small>${row.worst?.direction}</small>`,
    },
    {
      title: 'Unreachable',
      value: ({ unreachableBps }) => unreachableBps,
      cell: ({ unreachableBps }) => bps(unreachableBps),
    },
    {
      title: 'Thinned',
      value: ({ thinnedBps }) => thinnedBps ?? 0,
      cell: ({ thinnedBps }) => (thinnedBps === null ? '–' : bps(thinnedBps)),
    },
    { title: 'Lost', value: ({ lostShare }) => lostShare, cell: lostCell },
    {
      title: 'Broken',
      value: ({ broken }) => broken.length,
      cell: ({ broken }) => count(broken.length),
      look: ({ broken }) => (broken.length > 0 ? 'warn' : ''),
    },
    {
      title: 'Shown alone by',
      cell: ({ failed }) => html`<code>${aloneCommand(command, failed)}</code>`,
      look: () => 'text wide',
    },
  ]
  const left = answer.worst.length - shown.length
  return html`${sortableTable({
    id: 'set-table',
    find: 'a part',
    title: 'Down',
    nameOf: ({ failed }) => listOf(failed),
    columns,
    rows: shown,
  })}
<p class="note">Worst first: most demand lost, then most broken, then fullest. Unreachable: demand without a way, or of a host
that is down; thinned: lost where more arrives than a link's rate. ${left > 0 && `Left to the JSON answer: ${many(left, 'set')}.`}</p>`
}

function minimalSection({ answer, command }: FailuresReportInput): Html {
  const shown = answer.minimal.slice(0, ROWS_MAX)
  const rows = shown.map(({ failed, alike, breaks }) => [
    listOf(failed),
    count(alike),
    breaks.join('; '),
    html`<code>${aloneCommand(command, failed)}</code>`,
  ])
  const all = answer.criteria.reduce((most, { minimalSets }) => Math.max(most, minimalSets), 0)
  const listed = shown.reduce((sum, { alike }) => sum + alike, 0)
  return html`${plainTable(['Down', 'Alike', 'Breaks', 'Shown alone by'], 'lrll', rows)}
<p class="note">Each breaks something that held before and that no smaller set within it breaks.
${listed < all && `There are more: the JSON answer lists up to --top of them.`}</p>`
}

function assumptionsOf({ coverage, profiles, pools }: WhatIfAnswer): string[] {
  const { sets, covered, computed, method, thinning } = coverage
  return [
    `${many(sets, 'set')} asked about, ${count(covered)} covered; ${method}: ${count(computed)}.`,
    ...(thinning === 'of listed sets'
      ? [
          'Losses at full links are computed for the sets listed; these are chosen by the most that one link is offered too much.',
        ]
      : []),
    ...STEADY_ASSUMPTIONS,
    ...(profiles === null ? [] : [profilesText(profiles)]),
    ...poolTexts(pools).map(({ text, isPast }) => `${isPast ? '✗ ' : ''}${capital(text)}.`),
    "Limits are those under failure; the scenario's own events are left out.",
  ]
}

const bps = (value: number): string => (value === 0 ? '0' : rate(Math.round(value)))
