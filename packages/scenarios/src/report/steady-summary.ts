import type { LinkResult, SteadyInterval, SteadyResult } from '../result/result.ts'
import type { SteadyTraffic } from '../result/steady.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import { brief, count, duration, instant, many, percentCell, rate, share } from './format.ts'

const INTERVALS_SHOWN = 12
const LINKS_SHOWN = 5

/** What each traffic sends and what of it arrives. */
export function demandTable({ traffic }: SteadyResult, paint: Palette): string {
  if (traffic.length === 0) return 'Nothing is sent.'
  const opens = traffic.some(({ connectionsPerSecond }) => connectionsPerSecond > 0)
  const refuses = traffic.some(({ refusedPerSecond }) => refusedPerSecond > 0)
  const rows = traffic.map((each) => [
    plain(each.traffic),
    rate(each.demandBps),
    rate(each.deliveredBps),
    each.packetsLost === 0 ? '0' : paint.yellow(lostText(each)),
    ...(opens ? [brief(each.connectionsPerSecond)] : []),
    ...(refuses ? [each.refusedPerSecond === 0 ? '0' : paint.yellow(refusedText(each))] : []),
  ])
  const more = [...(opens ? ['new conn/s'] : []), ...(refuses ? ['refused/s'] : [])]
  const head = ['Demand', 'sent', 'arrives', 'packets lost', ...more]
  return textTable(head, `l${'r'.repeat(head.length - 1)}`, rows, paint)
}

/** Of connections. */
export const refusedText = ({ refusedPerSecond, connectionsPerSecond }: SteadyTraffic): string =>
  `${brief(refusedPerSecond)} (${share(refusedPerSecond, connectionsPerSecond)})`

const lostText = ({ packetsLost, packetsSent }: SteadyTraffic) =>
  `${count(packetsLost)} (${share(packetsLost, packetsSent)})`

/** Loads from each change to the next; of many the worst, in order of time. */
export function intervalTable({ intervals }: SteadyResult, paint: Palette): string {
  if (intervals.length === 0) return ''
  const worst = [...intervals].sort((a, b) => loadOf(b) - loadOf(a)).slice(0, INTERVALS_SHOWN)
  const shown = intervals.filter((each) => worst.includes(each))
  const rows = shown.map((each) => {
    const { fromPs, toPs, demandBps, deliveredBps, worst: most, overfull } = each
    const lost = Math.max(0, demandBps - deliveredBps)
    return [
      instant(fromPs),
      duration(toPs - fromPs),
      rate(demandBps),
      each.lost.length === 0 ? '0' : paint.yellow(`${rate(lost)} (${share(lost, demandBps)})`),
      most === null ? '–' : loadCell(most.offered, paint),
      most === null
        ? ''
        : `${plain(most.link)}${overfull > 1 ? paint.dim(`, ${many(overfull, 'direction')} over`) : ''}`,
    ]
  })
  const head = ['From', 'lasts', 'sent', 'lost', 'highest load', 'on']
  const left = intervals.length - shown.length
  const note = left > 0 ? `\n${paint.dim(`${many(left, 'more interval')} with less load`)}` : ''
  return `${textTable(head, 'rrrrrl', rows, paint)}${note}`
}

const loadOf = ({ worst }: SteadyInterval): number => worst?.offered ?? 0

/** Directions with the highest offered load, highest first. */
export function offeredTable(links: readonly LinkResult[], paint: Palette): string {
  const offered = (link: LinkResult) => link.steady?.offered.mean ?? 0
  const rows = [...links]
    .sort((a, b) => offered(b) - offered(a))
    .slice(0, LINKS_SHOWN)
    .flatMap(({ name, steady, utilization }) => {
      if (steady === null) return []
      const { offered: load, waitPs, hashed } = steady
      return [
        [
          plain(name),
          percentCell(utilization.mean),
          loadCell(load.mean, paint),
          loadCell(load.max, paint),
          hashed === null ? '–' : `${percentCell(hashed.low)} to ${percentCell(hashed.high)}`,
          waitPs === null ? '–' : duration(waitPs),
        ],
      ]
    })
  const head = ['Hottest links', 'carried', 'offered', 'highest', 'hashed, all up', 'mean wait']
  return textTable(head, 'lrrrrr', rows, paint)
}

const loadCell = (load: number, paint: Palette): string =>
  load > 1 ? paint.yellow(percentCell(load)) : percentCell(load)
