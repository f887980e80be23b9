import { naturalCompare } from '../natural-order.ts'
import type { LinkBlueprint, NetworkBlueprint, SwitchBlueprint } from '../network.ts'

/** Capacity towards the hosts over capacity away from them, of the switches of one tier. */
export interface TierOversubscription {
  readonly tier: string
  readonly switches: number
  readonly min: number
  readonly max: number
  /** `2:1`, or `1:1 to 2:1` where switches differ. */
  readonly text: string
}

/**
 * The oversubscription of every tier that has links both ways. A switch's level is its distance from the nearest
 * host; links to a lower level (or to hosts) face the hosts, links to a higher one the fabric, others neither.
 */
export function oversubscription(network: Pick<NetworkBlueprint, 'nodes' | 'links'>): TierOversubscription[] {
  const level = levels(network)
  const linksOf = new Map<string, LinkBlueprint[]>()
  for (const link of network.links) {
    for (const end of link.ends) {
      const known = linksOf.get(end)
      if (known === undefined) linksOf.set(end, [link])
      else known.push(link)
    }
  }
  const ratios = new Map<string, number[]>()
  for (const node of network.nodes) {
    if (node.kind !== 'switch') continue
    const ratio = ratioOf(node, linksOf.get(node.name) ?? [], level)
    if (ratio === undefined) continue
    const known = ratios.get(node.tier)
    if (known === undefined) ratios.set(node.tier, [ratio])
    else known.push(ratio)
  }
  return [...ratios].sort(([a], [b]) => naturalCompare(a, b)).map(([tier, list]) => summary(tier, list))
}

function ratioOf(node: SwitchBlueprint, links: readonly LinkBlueprint[], level: ReadonlyMap<string, number>) {
  const own = level.get(node.name)
  if (own === undefined) return undefined
  let downBps = 0
  let upBps = 0
  for (const { ends, rateBps } of links) {
    const other = level.get(ends[0] === node.name ? ends[1] : ends[0])!
    if (other < own) downBps += rateBps
    if (other > own) upBps += rateBps
  }
  return downBps > 0 && upBps > 0 ? downBps / upBps : undefined
}

/** Hops from the nearest host, 0 for hosts themselves; absent where no host can be reached. */
function levels({ nodes, links }: Pick<NetworkBlueprint, 'nodes' | 'links'>): Map<string, number> {
  const neighbours = new Map<string, string[]>(nodes.map((node) => [node.name, []]))
  for (const { ends } of links) {
    neighbours.get(ends[0])?.push(ends[1])
    neighbours.get(ends[1])?.push(ends[0])
  }
  const level = new Map<string, number>()
  let frontier = nodes.filter((node) => node.kind === 'host').map((node) => node.name)
  for (const host of frontier) level.set(host, 0)
  for (let distance = 1; frontier.length > 0; distance++) {
    const next: string[] = []
    for (const name of frontier) {
      for (const neighbour of neighbours.get(name)!) {
        if (level.has(neighbour)) continue
        level.set(neighbour, distance)
        next.push(neighbour)
      }
    }
    frontier = next
  }
  return level
}

function summary(tier: string, ratios: readonly number[]): TierOversubscription {
  const min = ratios.reduce((a, b) => Math.min(a, b))
  const max = ratios.reduce((a, b) => Math.max(a, b))
  const text = min === max ? ratioText(min) : `${ratioText(min)} to ${ratioText(max)}`
  return { tier, switches: ratios.length, min, max, text }
}

const ratioText = (ratio: number) => `${Number(ratio.toPrecision(3))}:1`
