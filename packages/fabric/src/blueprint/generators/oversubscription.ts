import { hopsFromHosts } from '../hops-from-hosts.ts'
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
  const level = hopsFromHosts(network)
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

function summary(tier: string, ratios: readonly number[]): TierOversubscription {
  const min = ratios.reduce((a, b) => Math.min(a, b))
  const max = ratios.reduce((a, b) => Math.max(a, b))
  const text = min === max ? ratioText(min) : `${ratioText(min)} to ${ratioText(max)}`
  return { tier, switches: ratios.length, min, max, text }
}

const ratioText = (ratio: number) => `${Number(ratio.toPrecision(3))}:1`
