import type { Topology } from '@weft/fabric'
import { drawTopology } from '../../draw/topology.ts'
import { type TierMatrix, tierMatrices } from '../../pictures/tier-matrices.ts'
import { count } from '../format.ts'
import { type Html, html, trusted } from '../html.ts'
import { type GridReading, heatMap, shareLegend } from '../plots/heat-map.ts'
import { drawableLoads } from './loads-of-plan.ts'

export interface Mapped {
  readonly html: Html
  readonly readings: readonly GridReading[]
}

/** A heat map for each two tiers that links join, and each direction; none in a network that has no tiers. */
export function tierMaps(
  topology: Topology,
  utilizationOf: (direction: number) => number,
  id: string,
): Mapped {
  const matrices = tierMatrices(topology, utilizationOf)
  const maps = matrices.map((matrix, index) =>
    heatMap({
      ...matrix,
      id: `${id}-${index}`,
      title: `${matrix.from} → ${matrix.to}`,
      ...noteOf(matrix),
      kind: 'share',
      hasLegend: false,
      rowTitle: matrix.rowTier,
      columnTitle: matrix.columnTier,
    }),
  )
  const readings = maps.flatMap(({ reading }) => reading ?? [])
  if (maps.length === 0) return { html: html``, readings }
  const legend = shareLegend(matrices.flatMap(({ values }) => values))
  return { html: html`<div class="maps">${maps.map((map) => map.html)}</div>${legend}`, readings }
}

function noteOf({ isByNeighbour, rowsEach, columnsEach, rowTier, columnTier }: TierMatrix): {
  note?: string
} {
  const notes = [
    ...(isByNeighbour ? [`columns: each ${rowTier}'s own ${columnTier}s by number`] : []),
    ...(rowsEach > 1 ? [`up to ${rowsEach} ${rowTier}s a row`] : []),
    ...(columnsEach > 1 ? [`up to ${columnsEach} a column`] : []),
    ...(rowsEach * columnsEach > 1 ? ['the fullest link of each cell'] : []),
  ]
  return notes.length === 0 ? {} : { note: notes.join('; ') }
}

/** More links than this make a drawing that nobody can read, and a file that is slow to open. */
const DRAWN_LINKS_MAX = 4_000

/** The network with its links in the colours of their loads, and what failed crossed out. */
export async function loadedTopology(
  topology: Topology,
  utilizationOf: (direction: number) => number,
  { title, failed = [] }: { readonly title: string; readonly failed?: readonly string[] },
): Promise<Html> {
  const { nodes, links } = topology
  if (nodes.length === 0) return html`<p class="empty">The network has no nodes.</p>`
  if (links.length > DRAWN_LINKS_MAX)
    return html`<p class="note">The network has ${count(links.length)} links: too many to draw one by one.</p>`
  const changes = failed.map((target) => ({ atPs: 0, action: 'fail' as const, target }))
  const svg = await drawTopology(topology, {
    loads: drawableLoads(topology, utilizationOf),
    changes,
    title,
    isInline: true,
  })
  return html`<div class="topology">${trusted(svg)}</div>`
}
