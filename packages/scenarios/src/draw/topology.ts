import { hopsFromHosts } from '@weft/fabric'
import { escapeMarkup } from './escape.ts'
import { folded } from './folded.ts'
import { graphLayout } from './graph-layout.ts'
import type { Box, Caption, Frame, Layout } from './layout.ts'
import { legend } from './legend.ts'
import { cross, round } from './marks.ts'
import { type DrawableChange, type DrawableLoad, type DrawableNetwork, isTiered } from './network.ts'
import { outages } from './outages.ts'
import { svgStyle } from './svg-style.ts'
import { tieredLayout } from './tiered-layout.ts'
import { drawWires } from './wires.ts'

export interface DrawOptions {
  /** Utilisation of directions; without it lines are plain. */
  readonly loads?: readonly DrawableLoad[]
  readonly changes?: readonly DrawableChange[]
  /** For readers who cannot see the drawing; also its tooltip. */
  readonly title?: string
  /** To stand inside an HTML page: without the namespace and the background. */
  readonly isInline?: boolean
}

/** Places a network: tiers on top of each other where it has them, any other graph by Graphviz. */
export async function layoutOf(network: DrawableNetwork): Promise<Layout> {
  const level = hopsFromHosts(network)
  return isTiered(network, level) ? tieredLayout(network, level) : graphLayout(network)
}

/**
 * A network as an SVG document. Each half of a line shows the direction that leaves the box it touches;
 * failed elements are dashed and crossed; tooltips give the numbers. Follows the reader's colour
 * scheme. Throws when there are no nodes.
 */
export async function drawTopology(whole: DrawableNetwork, options: DrawOptions = {}): Promise<string> {
  const { title = 'Topology', isInline = false } = options
  if (whole.nodes.length === 0)
    throw new Error('drawTopology: the network has no nodes; expected at least one')
  const { network, loads, changes } = folded({
    network: whole,
    loads: options.loads ?? [],
    changes: options.changes ?? [],
  })
  const layout = await layoutOf(network)
  const down = outages(changes)
  const tierOf = new Map(
    network.nodes.map((node) => [node.name, node.kind === 'host' ? 'host' : (node.tier ?? 'switch')]),
  )
  const key = legend(network, { hasLoads: loads.length > 0, hasOutages: down.size > 0 }, layout)
  const width = Math.ceil(Math.max(layout.width, key.width))
  const height = Math.ceil(layout.height + key.height)
  const namespace = isInline ? '' : ' xmlns="http://www.w3.org/2000/svg"'
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return [
    `<svg class="weft-topology"${namespace} ${size} role="img" aria-label="${escapeMarkup(title)}">`,
    `<style>${svgStyle}</style>`,
    isInline ? '' : `<title>${escapeMarkup(title)}</title><rect class="ground" width="100%" height="100%"/>`,
    ...layout.frames.map(frame),
    ...layout.captions.map(caption),
    drawWires(network, layout, loads, down),
    ...layout.boxes.map((box, index) => drawBox(box, index, tierOf, down)),
    key.svg,
    '</svg>',
  ].join('\n')
}

function drawBox(
  box: Box,
  index: number,
  tierOf: ReadonlyMap<string, string>,
  down: ReadonlyMap<string, string>,
): string {
  const failed = box.members.filter((name) => down.has(name))
  const lines =
    box.kind === 'hosts' ? blockTitle(box) : [`${box.members[0]} (${tierOf.get(box.members[0]!)})`]
  for (const name of failed) lines.push(`${name} failed: ${down.get(name)}`)
  const { x, y, width, height } = box
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
  const centre = `x="${round(x + width / 2)}" y="${round(y + height / 2)}"`
  const text =
    box.label && `<text ${centre} dy=".35em" text-anchor="middle">${escapeMarkup(box.label)}</text>`
  return [
    `<g class="box ${box.kind}${failed.length > 0 ? ' down' : ''}" data-box="${index}">`,
    `<title>${escapeMarkup(lines.join('\n'))}</title>`,
    `<rect ${place} rx="${box.kind === 'host' ? 2.5 : 4}"/>${text}`,
    failed.length > 0 ? cross(x + width, y) : '',
    '</g>',
  ].join('')
}

function blockTitle({ members }: Box): string[] {
  return [
    `${members.length} hosts`,
    members.length === 1 ? members[0]! : `${members[0]} to ${members.at(-1)}`,
  ]
}

function frame({ x, y, width, height, label }: Frame): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
  const corner = `x="${round(x + 8)}" y="${round(y + height - 6)}"`
  return `<rect class="frame" ${place} rx="7"/><text class="soft" ${corner}>${escapeMarkup(label)}</text>`
}

function caption({ x, y, title, detail }: Caption): string {
  return (
    `<text class="strong" x="${x}" y="${round(y - 2)}">${escapeMarkup(title)}</text>` +
    `<text class="soft" x="${x}" y="${round(y + 11)}">${escapeMarkup(detail)}</text>`
  )
}
