import { printDuration, printPercent, printRate } from '@weft/core'
import { escapeMarkup } from './escape.ts'
import type { Layout, Wire } from './layout.ts'
import type { DrawableLink, DrawableLoad, DrawableNetwork } from './network.ts'
import { rampStep } from './ramp.ts'
import { cross, round } from './marks.ts'

/** The busiest of the directions that leave one end of a line, with how many there are. */
interface End {
  readonly busiest: DrawableLoad
  readonly directions: number
  readonly mean: number
}

/** All lines, the busiest on top. */
export function drawWires(
  network: DrawableNetwork,
  layout: Layout,
  loads: readonly DrawableLoad[],
  down: ReadonlyMap<string, string>,
): string {
  const links = new Map(network.links.map((link) => [link.name, link]))
  const loadsOf = new Map<string, DrawableLoad[]>()
  for (const load of loads) {
    const known = loadsOf.get(load.link)
    if (known === undefined) loadsOf.set(load.link, [load])
    else known.push(load)
  }
  const drawn = layout.wires.map((wire) => {
    const from = endOf(wire, layout.boxes[wire.boxes[0]]!.members, loadsOf)
    const to = endOf(wire, layout.boxes[wire.boxes[1]]!.members, loadsOf)
    const heat = Math.max(from?.busiest.utilization.mean ?? 0, to?.busiest.utilization.mean ?? 0)
    return { heat, svg: drawWire(wire, links, down, from, to) }
  })
  drawn.sort((a, b) => a.heat - b.heat)
  const strokeWidth = layout.wires.length > 400 ? 1.3 : layout.wires.length > 160 ? 1.8 : 2.4
  return `<g style="--w:${strokeWidth}px">\n${drawn.map(({ svg }) => svg).join('\n')}\n</g>`
}

function drawWire(
  wire: Wire,
  links: ReadonlyMap<string, DrawableLink>,
  down: ReadonlyMap<string, string>,
  from: End | undefined,
  to: End | undefined,
): string {
  const first = links.get(wire.links[0]!)!
  const failed = wire.links.filter((name) => down.has(name))
  const isDown = failed.length > 0 || first.ends.some((end) => down.has(end))
  const lines = [wire.links.length === 1 ? first.name : `${wire.links.length} links like ${first.name}`]
  lines.push(`${printRate(first.rateBps)}, ${printDuration(first.delayPs)}`)
  for (const end of [from, to]) if (end !== undefined) lines.push(endTitle(end, first.ends))
  for (const name of failed) lines.push(`${name} failed: ${down.get(name)}`)
  for (const end of first.ends) if (down.has(end)) lines.push(`${end} failed: ${down.get(end)}`)
  const kind = `wire${isDown ? ' down' : ''}${wire.links.length > 1 ? ' bundle' : ''}`
  const middle = { x: (wire.from.x + wire.to.x) / 2, y: (wire.from.y + wire.to.y) / 2 }
  return [
    `<g class="${kind}" data-ends="${wire.boxes.join(' ')}">`,
    `<title>${escapeMarkup(lines.join('\n'))}</title>`,
    half(wire.from, middle, from),
    half(wire.to, middle, to),
    failed.length > 0 ? cross(middle.x, middle.y) : '',
    '</g>',
  ].join('')
}

function half(start: { x: number; y: number }, end: { x: number; y: number }, load: End | undefined): string {
  const step = load === undefined ? '' : ` class="u${rampStep(load.busiest.utilization.mean)}"`
  return `<path${step} d="M${round(start.x)} ${round(start.y)}L${round(end.x)} ${round(end.y)}"/>`
}

function endTitle({ busiest, directions, mean }: End, ends: readonly [string, string]): string {
  const other = busiest.from === ends[0] ? ends[1] : ends[0]
  const { mean: own, max } = busiest.utilization
  const percent = (value: number) => printPercent(value, { digits: 3 })
  if (directions === 1) return `→ ${other}: mean ${percent(own)}, busiest window ${percent(max)}`
  const busy = `busiest from ${busiest.from}: mean ${percent(own)}, busiest window ${percent(max)}`
  return `${directions} directions, mean ${percent(mean)}; ${busy}`
}

function endOf(
  wire: Wire,
  members: readonly string[],
  loadsOf: ReadonlyMap<string, readonly DrawableLoad[]>,
) {
  const own = members.length === 1 ? undefined : new Set(members)
  let busiest: DrawableLoad | undefined
  let directions = 0
  let sum = 0
  for (const name of wire.links) {
    for (const load of loadsOf.get(name) ?? []) {
      if (own === undefined ? load.from !== members[0] : !own.has(load.from)) continue
      directions++
      sum += load.utilization.mean
      if (busiest === undefined || load.utilization.mean > busiest.utilization.mean) busiest = load
    }
  }
  return busiest === undefined ? undefined : { busiest, directions, mean: sum / directions }
}
