import type { OneSided } from '../../diff/changes.ts'
import { type DiffAnswer, pathDiffers } from '../../diff/diff.ts'
import type { FailureChange } from '../../diff/failures.ts'
import { connectionsSection } from './diff-connections.ts'
import { besideCell, bps, changeText, points } from './diff-cells.ts'
import { setsAssumptions, setsSection } from './diff-sets.ts'
import type { LoadChange, TierLoads } from '../../diff/loads.ts'
import { profilesText } from '../../planning/profile-rates.ts'
import { count, duration, many, percent, percentCell } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { renderPage, type Section } from '../page.ts'
import { type Column, plainTable, sortableTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, type ReportAbout, STEADY_ASSUMPTIONS } from './about.ts'

export interface DiffReportInput {
  readonly answer: DiffAnswer
  /** What the two are called, such as their files. */
  readonly before: string
  readonly after: string
  readonly about: ReportAbout
}

const ROWS_MAX = 300
const NAMES_MAX = 60
/** What the answer calls the phase. */
const FAILURES = 'single failures'

/** The report of `weft diff`, one HTML file. */
export function renderDiffReport(input: DiffReportInput): string {
  const { answer, about } = input
  const sections: Section[] = [
    ['loads', 'Load, everything up', loadsSection(input)],
    ['failures', 'One link or switch down', failuresSection(input)],
    ...(answer.failureSets === null
      ? []
      : ([['sets', 'Failures together', html`${keys(input)}${setsSection(answer.failureSets)}`]] as const)),
    ...(answer.connections === null
      ? []
      : ([['connections', 'Connections', connectionsSection(answer.connections)]] as const)),
    ['reach', 'Reach', reachSection(answer)],
    ['ways', 'Ways and delays', waysSection(answer)],
    ['network', 'Network', networkSection(answer)],
    ['method', 'Method', aboutSection(about, assumptionsOf(answer))],
  ]
  return renderPage({
    title: `${about.name} · Weft diff`,
    header: header(input),
    sections,
    by: 'with the steady clock',
    readings: { grids: [] },
  })
}

function header({ answer, before, after, about }: DiffReportInput): Html {
  const { failures, loads, demandBps, lostBps, partial, notCompared } = answer
  const comparesFailures = failures.changed.length + failures.same > 0
  const ofFailures = notCompared.includes(FAILURES)
    ? 'of the failures that were compared, the worst'
    : 'of one link or switch, the worst'
  const most = (side: 'before' | 'after') =>
    loads.tiers.reduce((max, tier) => Math.max(max, tier[side]?.most ?? 0), 0)
  return pageHeader({
    kicker: 'Weft diff',
    name: about.name,
    verdict: verdictOf(answer),
    banners: aboutBanners(
      about,
      partial ? `Interrupted; not compared, or not in full: ${notCompared.join(', ')}.` : null,
    ),
    facts: [...aboutFacts(about), ['Before', before], ['After', after]],
    tiles: [
      tile(
        'Fullest link',
        changeText({ before: most('before'), after: most('after') }, percent),
        'with everything up',
      ),
      tile(
        'Fullest, one failure',
        comparesFailures ? changeText(failures.worstUtilization, percent) : '–',
        ofFailures,
      ),
      tile('Demand', changeText(demandBps, bps), `lost with everything up: ${changeText(lostBps, bps)}`),
      tile(
        'Unreachable, one failure',
        comparesFailures ? changeText(failures.worstUnreachableBps, bps) : '–',
        ofFailures,
      ),
    ],
  })
}

function verdictOf({
  differs,
  network,
  loads,
  failures,
  failureSets,
  reach,
  connections,
  partial,
}: DiffAnswer): Verdict {
  if (!differs && partial)
    return {
      state: 'plain',
      mark: '–',
      title: 'Nothing differs so far',
      detail: 'Interrupted: what was not compared may differ.',
    }
  if (!differs)
    return {
      state: 'good',
      mark: '=',
      title: 'Nothing differs',
      detail: 'Network, demand, reach, load, single failures and delays are the same.',
    }
  const parts = [network.nodes, network.links].reduce(
    (sum, { onlyBefore, onlyAfter }) => sum + onlyBefore.length + onlyAfter.length,
    network.changed.length,
  )
  const words = [
    ...(parts > 0 ? [many(parts, 'part')] : []),
    ...(loads.changed.length > 0 ? [`load of ${many(loads.changed.length, 'direction')}`] : []),
    ...(failures.changed.length > 0 ? [many(failures.changed.length, 'single failure')] : []),
    ...(failureSets !== null && failureSets.differing > 0
      ? [many(failureSets.differing, 'set of failures', 'sets of failures')]
      : []),
    ...(connections?.differs === true ? ['who may connect to whom'] : []),
    ...(reach.onlyBefore + reach.onlyAfter > 0
      ? [`reach of ${many(reach.onlyBefore + reach.onlyAfter, 'pair')}`]
      : []),
  ]
  return {
    state: 'plain',
    mark: '≠',
    title: 'They differ',
    detail: words.length === 0 ? 'In demand or delays.' : `In ${words.join(', ')}.`,
  }
}

const keys = ({ before, after }: Pick<DiffReportInput, 'before' | 'after'>) =>
  html`<p class="keys"><span class="key"><i class="swatch" style="--c:var(--s0)"></i>before: ${before}</span>
<span class="key"><i class="swatch" style="--c:var(--s1)"></i>after: ${after}</span></p>`

function loadsSection(input: DiffReportInput): Html {
  const { changed, same, tiers } = input.answer.loads
  const tierMax = Math.max(
    0.01,
    ...tiers.flatMap(({ before, after }) => [before?.most ?? 0, after?.most ?? 0]),
  )
  const rows = tiers.map(({ tier, before, after }: TierLoads) => [
    tier,
    besideCell({ before: before?.most ?? null, after: after?.most ?? null }, tierMax, percentCell),
    besideCell({ before: before?.mean ?? null, after: after?.mean ?? null }, tierMax, percentCell),
  ])
  const shown = changed.slice(0, ROWS_MAX)
  const max = Math.max(0.01, ...changed.map(({ before, after }) => Math.max(before, after)))
  const columns: Column<LoadChange>[] = [
    { title: 'Utilisation', value: ({ after }) => after, cell: (each) => besideCell(each, max, percentCell) },
    {
      title: 'Change',
      value: ({ before, after }) => after - before,
      cell: ({ before, after }) => points(after - before),
    },
  ]
  const left = changed.length - shown.length
  return html`${keys(input)}${plainTable(['Links', 'Fullest', 'Mean'], 'lll', rows)}
${
  changed.length === 0
    ? html`<p class="empty good">No direction of a link that is in both is loaded otherwise.</p>`
    : html`<h3 class="apart">Directions in both, biggest change first</h3>
${sortableTable({ id: 'load-table', find: 'a link', title: 'Direction', nameOf: ({ direction }) => direction, columns, rows: shown })}`
}
<p class="note">${many(same, 'direction')} loaded as before. ${left > 0 && `Left to the JSON answer: ${many(left, 'smaller change')}.`}</p>`
}

function failuresSection(input: DiffReportInput): Html {
  const { changed, same, worstUtilization, worstUnreachableBps } = input.answer.failures
  if (input.answer.notCompared.includes(FAILURES) && changed.length + same === 0)
    return html`<p class="empty">None was compared.</p>`
  const max = Math.max(0.01, worstUtilization.before, worstUtilization.after)
  const lostMax = Math.max(1, worstUnreachableBps.before, worstUnreachableBps.after)
  const worst = plainTable(['Of all single failures', 'Fullest link', 'Unreachable'], 'lll', [
    [
      'the worst',
      besideCell(worstUtilization, max, percentCell),
      besideCell(worstUnreachableBps, lostMax, bps),
    ],
  ])
  const columns: Column<FailureChange>[] = [
    {
      title: 'Fullest link then',
      value: ({ utilization }) => utilization.after,
      cell: ({ utilization }) => besideCell(utilization, max, percentCell),
    },
    {
      title: 'Change',
      value: ({ utilization }) => utilization.after - utilization.before,
      cell: ({ utilization }) => points(utilization.after - utilization.before),
    },
    {
      title: 'Unreachable',
      value: ({ unreachableBps }) => unreachableBps.after,
      cell: ({ unreachableBps }) => besideCell(unreachableBps, lostMax, bps),
    },
  ]
  const shown = changed.slice(0, ROWS_MAX)
  const left = changed.length - shown.length
  return html`${keys(input)}${worst}${
    changed.length === 0
      ? html`<p class="empty good">No failure of a part that is in both comes to something else.</p>`
      : html`<h3 class="apart">Parts in both, biggest change first</h3>
${sortableTable({ id: 'failure-table', find: 'a part', title: 'Down', nameOf: ({ failed }) => failed, columns, rows: shown })}`
  }
<p class="note">${many(same, 'failure')} ${same === 1 ? 'comes' : 'come'} to the same. ${left > 0 && `Left to the JSON answer: ${many(left, 'smaller change')}.`}</p>`
}

function reachSection({ reach }: DiffAnswer): Html {
  const rows = [
    ['in both', count(reach.both)],
    [
      'before only',
      html`<span class="${reach.onlyBefore > 0 && 'badText'}">${count(reach.onlyBefore)}</span>`,
    ],
    ['after only', count(reach.onlyAfter)],
    ['in neither', count(reach.neither)],
  ]
  const list = (title: string, names: readonly string[]) =>
    names.length > 0 &&
    html`<div><h3>${title}</h3><ul class="plain">${names.map((name) => html`<li>${name}</li>`)}</ul></div>`
  return html`<div class="pair"><div>${plainTable(['Pairs of hosts that reach each other', ''], 'lr', rows)}</div>
${list('Lost, some of them', reach.lost)}${list('Gained, some of them', reach.gained)}</div>`
}

function waysSection({ paths, partial }: DiffAnswer): Html {
  if (partial && paths.length === 0) return html`<p class="empty">None was compared.</p>`
  const max = Math.max(1, ...paths.flatMap(({ before, after }) => [before?.mostPs ?? 0, after?.mostPs ?? 0]))
  const both = (path: (typeof paths)[number], of: 'leastPs' | 'meanPs' | 'mostPs') =>
    besideCell({ before: path.before?.[of] ?? null, after: path.after?.[of] ?? null }, max, (ps) =>
      duration(Math.round(ps)),
    )
  const pairs = (path: (typeof paths)[number]) =>
    changeText({ before: path.before?.pairs ?? 0, after: path.after?.pairs ?? 0 }, count)
  const rows = paths.map((path) => [
    html`${path.through}${pathDiffers(path) && html` <small class="badText">differs</small>`}`,
    pairs(path),
    both(path, 'leastPs'),
    both(path, 'meanPs'),
    both(path, 'mostPs'),
  ])
  return html`${plainTable(['Through', 'Pairs', 'Least', 'Mean', 'Most'], 'lrlll', rows)}
<p class="note">One-way times of a 1500-byte packet in an idle network, by the tiers that its ways lead through.</p>`
}

function networkSection({ network }: DiffAnswer): Html {
  const { nodes, links, changed } = network
  const parts = changed.map(({ name, keys: of }) => `${name}: ${of.join(', ')}`)
  const lists = [
    names('Nodes before only', nodes.onlyBefore),
    names('Nodes after only', nodes.onlyAfter),
    names('Links before only', links.onlyBefore),
    names('Links after only', links.onlyAfter),
    names('In both, and not the same', parts),
  ].filter((list) => list !== null)
  return lists.length === 0 ? html`<p class="empty good">The networks are the same.</p>` : html`${lists}`
}

function names(title: string, all: OneSided['onlyBefore']): Html | null {
  if (all.length === 0) return null
  const left = all.length - NAMES_MAX
  return html`<h3 class="apart">${title}: ${count(all.length)}</h3>
<ul class="names">${all.slice(0, NAMES_MAX).map((name) => html`<li>${name}</li>`)}</ul>${left > 0 && html`<p class="note">and ${count(left)} more in the JSON answer</p>`}`
}

const assumptionsOf = ({ profiles, failureSets }: DiffAnswer): string[] => [
  'Parts are compared by name; what has another name is in one of them only.',
  'Every link and switch down in turn; those that a checked symmetry makes alike are computed once.',
  ...(failureSets === null ? [] : setsAssumptions(failureSets)),
  ...STEADY_ASSUMPTIONS,
  ...(['before', 'after'] as const).flatMap((side) => {
    const counted = profiles[side]
    return counted === null ? [] : [`${side}: ${profilesText(counted)}`]
  }),
]
