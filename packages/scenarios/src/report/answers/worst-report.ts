import type { Network } from '@weft/fabric'
import { flowMatrix } from '../../pictures/flow-matrix.ts'
import { linkComposition } from '../../pictures/link-composition.ts'
import type { WorstCase, WorstDirection } from '../../worst-case/result.ts'
import { count, many, percent, percentCell, rate } from '../format.ts'
import { pageHeader, tile } from '../header-parts.ts'
import { type Html, html } from '../html.ts'
import { renderPage, type Section } from '../page.ts'
import { bullet } from '../plots/bullet.ts'
import { roundAxis } from '../plots/axes.ts'
import { type GridReading, heatMap } from '../plots/heat-map.ts'
import { type Column, plainTable, sortableTable } from '../table.ts'
import type { Verdict } from '../verdict.ts'
import { aboutBanners, aboutFacts, aboutSection, type ReportAbout } from './about.ts'

export interface WorstReportInput {
  readonly answer: WorstCase
  readonly network: Network
  readonly about: ReportAbout
}

const ROWS_MAX = 300
const PARTS_MAX = 20

/** The report of `weft worst`, one HTML file. */
export function renderWorstReport(input: WorstReportInput): string {
  const { answer, about } = input
  const matrix = matrixSection(input)
  const sections: Section[] = [
    ['directions', 'Links, the fullest first', directionsSection(answer)],
    ['matrix', 'The matrix that loads the first', matrix.html],
    ['composition', 'What loads it', compositionSection(input)],
    ['method', 'Method', aboutSection(about, [...coverageOf(answer), ...answer.assumptions])],
  ]
  return renderPage({
    title: `${about.name} · Weft worst case`,
    header: header(answer, about),
    sections,
    by: 'with the steady clock',
    readings: { grids: matrix.readings },
  })
}

function header({ directions, covered, partial, witness }: WorstCase, about: ReportAbout): Html {
  const [first] = directions
  const total = witness.reduce((sum, { rateBps }) => sum + rateBps, 0)
  return pageHeader({
    kicker: 'Weft worst-case traffic',
    name: about.name,
    verdict: verdictOf(first),
    banners: aboutBanners(
      about,
      partial ? 'Interrupted: some failure sets were not looked at, and loads may be higher.' : null,
    ),
    facts: [
      ...aboutFacts(about),
      ['Hosts', count(covered.hosts)],
      ['Directions asked about', count(covered.directions)],
      ['Failures', covered.failures === 0 ? 'none' : `up to ${covered.failures} of ${covered.of}`],
    ],
    tiles: [
      tile(
        'Fullest link',
        first === undefined ? '–' : percent(first.utilization),
        first?.direction ?? 'no links',
      ),
      tile(
        'Worst load',
        first === undefined ? '–' : rate(Math.round(first.loadBps)),
        first === undefined ? '' : `of ${rate(first.rateBps)}, framing included`,
      ),
      tile('The matrix', rate(Math.round(total)), `${many(witness.length, 'demand')} between hosts`),
      tile(
        'Failure sets',
        count(covered.sets),
        `${count(covered.setsRouted)} routed${partial ? '' : ', the rest by symmetry'}`,
      ),
    ],
  })
}

function verdictOf(first: WorstDirection | undefined): Verdict {
  if (first === undefined) return { state: 'plain', mark: '–', title: 'No links', detail: '' }
  const during = first.failed.length === 0 ? 'with everything up' : `while ${first.failed.join(', ')} failed`
  const state = first.utilization > 1 + 1e-9 ? 'bad' : 'good'
  return {
    state,
    mark: state === 'good' ? '✓' : '✗',
    title:
      state === 'good'
        ? `No traffic within the limits overloads a link`
        : `Traffic within the limits can load a link to ${percent(first.utilization)}`,
    detail: `${first.direction}, ${during}: ${percent(first.utilization)} of its rate, and no matrix loads it more.`,
  }
}

function directionsSection({ directions, covered }: WorstCase): Html {
  const { max } = roundAxis(Math.max(1, ...directions.map(({ utilization }) => utilization)), false)
  const shown = directions.slice(0, ROWS_MAX)
  const columns: Column<WorstDirection>[] = [
    {
      title: 'Worst load',
      value: ({ utilization }) => utilization,
      cell: ({ utilization }) =>
        html`${bullet({ value: utilization, limits: [1], max })} <span class="fixed">${percentCell(utilization)}</span>`,
      look: ({ utilization }) => (utilization > 1 + 1e-9 ? 'warn' : ''),
    },
    {
      title: 'Load',
      value: ({ loadBps }) => loadBps,
      cell: ({ loadBps, rateBps }) =>
        html`${rate(Math.round(loadBps))}<br><small>of ${rate(rateBps)}</small>`,
    },
    {
      title: 'Hosts',
      value: ({ senders }) => senders,
      cell: ({ senders, receivers }) => `${count(senders)} to ${count(receivers)}`,
    },
    ...(covered.failures === 0
      ? []
      : [{ title: 'Failed', cell: ({ failed }: WorstDirection) => failed.join(', ') || 'nothing' }]),
    { title: 'Tier', cell: ({ tier }) => tier },
  ]
  const left = directions.length - shown.length
  return html`${sortableTable({
    id: 'direction-table',
    find: 'a link or tier',
    title: 'Direction',
    nameOf: ({ direction, alike }) =>
      alike === 1 ? direction : html`${direction}<br><small>and ${count(alike - 1)} like it</small>`,
    columns,
    sorted: { title: 'Worst load', order: 'descending' },
    rows: shown,
  })}<p class="note">Each by a matrix of its own: they are not loaded so all at once. Red mark: the link's rate.
${left > 0 && `Left to the JSON answer: ${many(left, 'direction')} with less.`}</p>`
}

function matrixSection({ answer, network }: WorstReportInput): {
  html: Html
  readings: readonly GridReading[]
} {
  const { witness, directions } = answer
  if (witness.length === 0) return { html: html`<p class="empty">No traffic crosses it.</p>`, readings: [] }
  const matrix = flowMatrix(network.topology, witness)
  const place = matrix.of === 'hosts' ? '' : 'hosts of '
  const map = heatMap({
    ...matrix,
    id: 'witness',
    title: 'Who sends how much to whom',
    note: 'rows send, columns receive',
    kind: 'rate',
    rowTitle: `${place}from`.replace('hosts of from', 'from hosts of'),
    columnTitle: `${place}to`.replace('hosts of to', 'to hosts of'),
    room: 900,
  })
  const folded =
    matrix.of === 'places'
      ? 'Hosts stand together by the switches that they hang off; those that send or receive least as others. '
      : ''
  return {
    html: html`<div class="maps">${map.html}</div><p class="note">${folded}The cells add up to the matrix that loads ${directions[0]!.direction} most:
${many(witness.length, 'demand')}, ${rate(Math.round(witness.reduce((sum, { rateBps }) => sum + rateBps, 0)))} of IP bits. <code>--out FILE.csv</code> writes it.</p>`,
    readings: map.reading === null ? [] : [map.reading],
  }
}

function compositionSection({ answer, network }: WorstReportInput): Html {
  const [first] = answer.directions
  if (first === undefined || answer.witness.length === 0)
    return html`<p class="empty">No traffic crosses it.</p>`
  const { parts, loadBps } = linkComposition(network, answer.witness, {
    direction: first.direction,
    down: first.failed,
    packetBytes: answer.packetBytes,
  })
  const shown = parts.slice(0, PARTS_MAX)
  const rest = parts.slice(PARTS_MAX)
  const bar = (load: number) =>
    html`<span class="bar"><i style="width:${((load / loadBps) * 100).toFixed(1)}%"></i></span><span class="fixed">${percentCell(load / loadBps)}</span>`
  const rows = shown.map(({ from, to, flows, loadBps: load, share }) => [
    `${from} → ${to}`,
    count(flows),
    rate(Math.round(load)),
    bar(load),
    percentCell(share),
  ])
  const left = rest.reduce((sum, part) => sum + part.loadBps, 0)
  const others =
    rest.length > 0
      ? [
          [
            `${count(rest.length)} others`,
            count(rest.reduce((sum, { flows }) => sum + flows, 0)),
            rate(Math.round(left)),
            bar(left),
            '',
          ],
        ]
      : []
  return html`<p>On <b>${first.direction}</b>${first.failed.length > 0 && ` while ${first.failed.join(', ')} failed`}:
${rate(Math.round(loadBps))} on the wire, ${percent(loadBps / first.rateBps)} of its rate.</p>
${plainTable(['From hosts of → to hosts of', 'Demands', 'On this link', 'Of its load', 'Share that crosses it'], 'lrrrr', [...rows, ...others])}
<p class="note">Share that crosses it: of what these hosts send to each other, how much ECMP puts on this link.</p>`
}

function coverageOf({ covered, partial }: WorstCase): string[] {
  const { hosts, links, directions, failures, of, sets, setsRouted, solved, bounded } = covered
  const lines = [
    `${many(hosts, 'host')}, ${many(links, 'link')}; ${many(directions, 'direction')} answered exactly: ${many(solved, 'linear programme')} solved, ${count(bounded)} ruled out by bounds.`,
    'Each load is proved: a dual solution bounds it, within 1e-9.',
  ]
  if (failures > 0)
    lines.push(
      `Up to ${failures} of ${of} fail, ${many(sets, 'set')}; ${count(setsRouted)} routed, ${partial ? 'then interrupted' : 'the rest are the same by symmetry'}.`,
    )
  return lines
}
