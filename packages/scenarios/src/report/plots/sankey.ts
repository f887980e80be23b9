import type { DemandWays } from '../../pictures/demand-ways.ts'
import type { Station } from '../../pictures/station-fold.ts'
import { percent, rate } from '../format.ts'
import { type Html, html } from '../html.ts'
import { seriesColour } from './axes.ts'
import { type PlacedRibbon, type PlacedStation, sankeyLayout } from './sankey-layout.ts'
import { CHARACTER, shortened } from './text.ts'

const WIDTH = 1100
const BAR = 12
const LABEL_CHARACTERS = 24
/** Thinner ones are drawn this thick, so that they can be seen. */
const THINNEST = 0.6

/** Demand on its way: stations as high, and ribbons as thick, as what goes through them. */
export function sankey(ways: DemandWays, title: string): Html {
  const { columns, ribbons, shownBps } = ways
  if (shownBps === 0 || ribbons.length === 0) return html`<p class="empty">No demand to follow.</p>`
  const frame = frameOf(ways)
  const layout = sankeyLayout(ways, frame)
  const last = columns.length - 1
  const heads = columns.map(({ title: head }, column) => {
    const x = layout.stations.find((station) => station.column === column)!.x + (column === last ? BAR : 0)
    const anchor = column === 0 ? 'start' : column === last ? 'end' : 'middle'
    const shift = column > 0 && column < last ? BAR / 2 : 0
    return html`<text class="soft" x="${px(x + shift)}" y="12" text-anchor="${anchor}">${head}</text>`
  })
  return html`<figure class="plot full" role="img" aria-label="${summaryOf(ways, title)}">
<div class="scroll"><svg class="sankey" viewBox="0 0 ${WIDTH} ${Math.ceil(layout.height)}" aria-hidden="true">
${layout.ribbons.map((ribbon) => drawRibbon(ways, ribbon))}
${layout.stations.map((station) => drawStation(ways, station))}
${heads}</svg></div></figure>`
}

function frameOf({ columns }: DemandWays) {
  const most = columns.reduce((stations, column) => Math.max(stations, column.stations.length), 1)
  const labels = (column: number) =>
    columns.at(column)!.stations.reduce((length, { label }) => Math.max(length, [...label].length), 4)
  const room = (column: number) => (Math.min(LABEL_CHARACTERS, labels(column)) + 9) * CHARACTER
  return {
    width: WIDTH,
    flowHeight: Math.min(420, 120 + 26 * most),
    gap: 14,
    left: room(0),
    right: room(-1),
    top: 40,
    bar: BAR,
  }
}

function drawRibbon(ways: DemandWays, { index, points, thickness }: PlacedRibbon): Html {
  const { ribbons, columns, totalBps } = ways
  const { from, to, bps } = ribbons[index]!
  const [source, target] = [columns[from[0]]!.stations[from[1]]!, columns[to[0]]!.stations[to[1]]!]
  const text = `${source.label} → ${target.label}: ${rate(Math.round(bps))}, ${percent(bps / totalBps)} of demand`
  const d = outline(points, Math.max(THINNEST, thickness))
  return html`<path class="ribbon" style="--c:${colourOf(ways, index)}" d="${d}"><title>${text}</title></path>`
}

/** Along the upper edges, and back along the lower ones. */
function outline(points: PlacedRibbon['points'], thickness: number): string {
  const curve = (fromX: number, toX: number, fromY: number, toY: number) => {
    const middle = px((fromX + toX) / 2)
    return `C${middle} ${px(fromY)} ${middle} ${px(toY)} ${px(toX)} ${px(toY)}`
  }
  let path = `M${px(points[0]!.left)} ${px(points[0]!.y)}`
  for (const [at, { left, right, y }] of points.entries()) {
    const before = points[at - 1]
    if (before !== undefined) path += curve(before.right, left, before.y, y)
    if (right > left) path += `H${px(right)}`
  }
  path += `v${px(thickness)}`
  for (const [at, { left, right, y }] of [...points.entries()].reverse()) {
    const before = points[at - 1]
    if (right > left) path += `H${px(left)}`
    if (before !== undefined) path += curve(left, before.right, y + thickness, before.y + thickness)
  }
  return `${path}z`
}

/** A place has one colour, as sender and as receiver; between switches ribbons have none. */
function colourOf({ ribbons, columns }: DemandWays, index: number): string {
  const { from, to } = ribbons[index]!
  const target = columns[to[0]]!.stations[to[1]]!
  if (target.isLost) return 'var(--bad)'
  if (from[0] === 0) return placeColour(columns[0]!.stations, from[1])
  if (to[0] < columns.length - 1) return 'var(--soft)'
  const sender = columns[0]!.stations.findIndex(({ label }) => label === target.label)
  return sender < 0 ? placeColour(columns[to[0]]!.stations, to[1]) : placeColour(columns[0]!.stations, sender)
}

/** Those that stand together have no colour of their own. */
const placeColour = (stations: readonly Station[], index: number): string =>
  stations[index]!.members > 1 ? 'var(--soft)' : seriesColour(index)

function drawStation(
  { columns, totalBps }: DemandWays,
  { column, index, x, y, height }: PlacedStation,
): Html {
  const { label, bps, isLost } = columns[column]!.stations[index]!
  const isLast = column === columns.length - 1
  const share = percent(bps / totalBps)
  const anchor = column === 0 ? 'end' : isLast ? 'start' : 'middle'
  const textX = column === 0 ? x - 6 : isLast ? x + BAR + 6 : x + BAR / 2
  const isBetween = !isLast && column > 0
  // between the ends a label stands above its bar: there ribbons run on both sides
  const textY = isBetween ? y - 2 : y + height / 2 + 4
  const title = html`<title>${label}: ${rate(Math.round(bps))}, ${share} of demand</title>`
  const text = html`<text class="${isBetween && 'halo'}" x="${px(textX)}" y="${px(textY)}" text-anchor="${anchor}">${shortened(
    label,
    LABEL_CHARACTERS,
  )} <tspan class="soft">${share}</tspan></text>`
  return html`<g>${title}<rect class="station${isLost && ' lost'}" x="${px(x)}" y="${px(y)}" width="${BAR}"
height="${px(Math.max(1, height))}"/>${text}</g>`
}

function summaryOf({ totalBps, columns }: DemandWays, title: string): string {
  const stations = columns.map(({ title: head, stations: own }) => {
    const largest = [...own].sort((a, b) => b.bps - a.bps)[0]!
    return `${head}: ${own.length}, largest ${largest.label} with ${percent(largest.bps / totalBps)}`
  })
  return `${title}, ${rate(Math.round(totalBps))} in all; ${stations.join('; ')}`
}

const px = (value: number): number => Math.round(value * 10) / 10
