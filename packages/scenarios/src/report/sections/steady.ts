import type { ScenarioResult, SteadyInterval, SteadyResult } from '../../result/result.ts'
import { brief, count, duration, instant, many, percentCell, rate, share } from '../format.ts'
import { refusedText } from '../steady-summary.ts'
import { type Html, html } from '../html.ts'
import { roundAxis, timeStep } from '../plots/axes.ts'
import { linePlot } from '../plots/line-plot.ts'
import { plainTable, sortableTable } from '../table.ts'

/** Rows that are left to the JSON result beyond this. */
const ROWS_MAX = 400

/** What is sent and arrives, by traffic and from each change to the next. */
export function steadySection(steady: SteadyResult, { arrivalsEndPs }: ScenarioResult): Html {
  const { traffic, intervals } = steady
  if (traffic.length === 0) return html`<p class="empty">Nothing is sent.</p>`
  const opens = traffic.some(({ connectionsPerSecond }) => connectionsPerSecond > 0)
  const refuses = traffic.some(({ refusedPerSecond }) => refusedPerSecond > 0)
  const rows = traffic.map((each) => [
    each.traffic,
    rate(each.demandBps),
    rate(each.deliveredBps),
    count(each.packetsSent),
    each.packetsLost === 0
      ? '0'
      : html`<b class="badText">${count(each.packetsLost)} (${share(each.packetsLost, each.packetsSent)})</b>`,
    ...(opens ? [brief(each.connectionsPerSecond)] : []),
    ...(refuses
      ? [each.refusedPerSecond === 0 ? '0' : html`<b class="badText">${refusedText(each)}</b>`]
      : []),
  ])
  const more = [...(opens ? ['New conn/s'] : []), ...(refuses ? ['Refused/s'] : [])]
  const heads = ['Traffic', 'Sent', 'Arrives', 'Packets sent', 'Lost', ...more]
  return html`${plainTable(heads, `l${'r'.repeat(heads.length - 1)}`, rows)}
<p class="note">Mean rates of IP bits after the warm-up, acknowledgements among them; numbers of packets are expected ones.</p>
${intervals.length > 0 && loadPlot(steady, arrivalsEndPs)}
${intervals.length > 0 && intervalTable(intervals)}`
}

const TICKS = 8

/** The highest offered load of any direction, exactly as long as it lasts. */
function loadPlot({ highestLoad, intervals }: SteadyResult, endPs: number): Html {
  const most = highestLoad.reduce((max, [, offered]) => Math.max(max, offered), 0)
  const { toPs } = intervals.at(-1)!
  const untilPs = Math.max(endPs, toPs)
  const step = timeStep(untilPs, TICKS)
  const points = [...highestLoad, [toPs, highestLoad.at(-1)![1]] as const]
  return linePlot({
    id: 'offered',
    title: 'Highest offered load',
    note: 'of any direction, from each change to the next; above 100% does not fit',
    summary: `Highest offered load over time: at most ${percentCell(most)}`,
    lines: [{ name: 'offered load over rate', points, colour: 0, isStep: true }],
    limits: [{ at: 1, text: 'full', isDashed: true }],
    x: {
      min: 0,
      max: untilPs,
      ...(step !== undefined && { interval: step }),
      print: (value) => (value === 0 ? '0' : duration(value)),
    },
    y: { min: 0, ...roundAxis(Math.max(1, most), false), print: (value) => `${Math.round(value * 100)}%` },
  })
}

function intervalTable(intervals: readonly SteadyInterval[]): Html {
  const shown = intervals.slice(0, ROWS_MAX)
  const left = intervals.length - shown.length
  const table = sortableTable<SteadyInterval>({
    id: 'interval-table',
    find: 'a link or reason',
    title: 'From',
    nameOf: ({ fromPs }) => instant(fromPs),
    columns: [
      { title: 'Lasts', value: lengthOf, cell: (each) => duration(lengthOf(each)) },
      { title: 'Sent', value: ({ demandBps }) => demandBps, cell: ({ demandBps }) => rate(demandBps) },
      {
        title: 'Lost',
        value: lostOf,
        cell: (each) =>
          each.lost.length === 0 ? '0' : `${rate(lostOf(each))} (${share(lostOf(each), each.demandBps)})`,
        look: ({ lost }) => (lost.length > 0 ? 'warn' : ''),
      },
      {
        title: 'Highest load',
        value: ({ worst }) => worst?.offered ?? 0,
        cell: ({ worst }) => (worst === null ? '–' : percentCell(worst.offered)),
        look: ({ worst }) => ((worst?.offered ?? 0) > 1 ? 'warn' : ''),
      },
      { title: 'On', cell: ({ worst }) => worst?.link ?? '–' },
      { title: 'Over capacity', value: ({ overfull }) => overfull, cell: ({ overfull }) => count(overfull) },
      { title: 'Lost for', cell: ({ lost }) => lost.map(({ reason }) => reason).join(', ') || '–' },
    ],
    rows: shown,
  })
  return html`<h3>From each change to the next</h3>${table}
<p class="note">Highest load: what is offered to the direction that is offered most of its rate; a rate that follows a profile has its
peak here. Over capacity: directions of links to which more is offered than fits, the most at one time. ${left > 0 && `Left to the JSON result: ${many(left, 'interval')}.`}</p>`
}

const lengthOf = ({ fromPs, toPs }: SteadyInterval): number => toPs - fromPs
const lostOf = ({ demandBps, deliveredBps }: SteadyInterval): number => Math.max(0, demandBps - deliveredBps)
