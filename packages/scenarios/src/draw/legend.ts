import { printDuration, printRate } from '@weft/core'
import { escapeMarkup } from './escape.ts'
import type { Layout } from './layout.ts'
import type { DrawableNetwork } from './network.ts'
import { RAMP_STEPS } from './ramp.ts'

const LINE_HEIGHT = 18
const SWATCH = 16
const INDENT = 14

/** What the colours and dashes mean, and which links there are, below the drawing. */
export function legend(
  network: DrawableNetwork,
  shown: { readonly hasLoads: boolean; readonly hasOutages: boolean },
  layout: Layout,
): { readonly svg: string; readonly width: number; readonly height: number } {
  const lines: { readonly svg: (y: number) => string; readonly width: number }[] = []
  if (shown.hasLoads) {
    lines.push({ svg: rampLine, width: 470 })
    const note = 'Each half of a line is the direction that leaves the box it touches.'
    const blocks = layout.boxes.some((box) => box.kind === 'hosts')
    lines.push(noteLine(blocks ? `${note} A block of hosts shows its busiest link.` : note))
  }
  if (shown.hasOutages) lines.push({ svg: outageLine, width: 330 })
  for (const text of linkKinds(network)) lines.push(noteLine(text))
  const top = layout.height + 10
  return {
    svg: lines.map((line, index) => line.svg(top + index * LINE_HEIGHT)).join('\n'),
    width: Math.max(0, ...lines.map((line) => line.width)),
    height: lines.length * LINE_HEIGHT + 14,
  }
}

function noteLine(text: string) {
  const svg = (y: number) => `<text class="soft" x="${INDENT}" y="${y + 10}">${escapeMarkup(text)}</text>`
  return { svg, width: INDENT * 2 + text.length * 5.9 }
}

function rampLine(y: number): string {
  const swatches = Array.from({ length: RAMP_STEPS }, (_, step) => {
    const x = 160 + step * SWATCH
    return `<rect class="f${step}" x="${x}" y="${y}" width="${SWATCH}" height="11"/>`
  })
  const end = 160 + RAMP_STEPS * SWATCH
  return [
    `<text class="soft" x="${INDENT}" y="${y + 10}">Mean utilisation</text>`,
    `<text class="soft" x="154" y="${y + 10}" text-anchor="end">0%</text>`,
    ...swatches,
    `<text class="soft" x="${end + 6}" y="${y + 10}">100% of the link's rate</text>`,
  ].join('')
}

function outageLine(y: number): string {
  return (
    `<g class="wire down" style="--w:2px"><path d="M${INDENT} ${y + 6}h34"/></g>` +
    `<text class="soft" x="${INDENT + 42}" y="${y + 10}">failed for part of the run, or all of it</text>`
  )
}

/** One line per kind of link: tier, rate, delay. */
function linkKinds({ links }: DrawableNetwork): string[] {
  const counts = new Map<string, number>()
  for (const { tier, rateBps, delayPs } of links) {
    const kind = `${printRate(rateBps)}, ${printDuration(delayPs)} (${tier})`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const kinds = [...counts].map(([kind, count]) => `${count} × ${kind}`)
  if (kinds.length <= 3) return kinds.length === 0 ? [] : [`Links: ${kinds.join('; ')}`]
  return [`Links: ${kinds.slice(0, 3).join('; ')}; and ${kinds.length - 3} more kinds`]
}
