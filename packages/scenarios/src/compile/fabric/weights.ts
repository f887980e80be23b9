import type { FabricParts, LinkBlueprint, NodeBlueprint } from '@weft/fabric'
import { type Path, type Problems, quote } from '../problems.ts'

/**
 * Refuses weights of one's own beside weights by rate in what may become one group: 2 beside 100,000,000,000 would
 * mean nothing. Groups are of neighbours of one tier.
 */
export function checkWeights({ nodes, links }: FabricParts, path: Path, problems: Problems): void {
  const weighted = links.filter(({ weight }) => weight !== undefined).length
  if (weighted === 0 || weighted === links.length) return
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const groups = new Map<string, { weighted?: LinkBlueprint; byRate?: LinkBlueprint }>()
  for (const link of links) {
    const [a, b] = link.ends
    for (const [own, far] of [
      [a, b],
      [b, a],
    ] as const) {
      if (!weighsByRate(byName.get(own)!)) continue
      const key = `${own}\n${tierOf(byName.get(far)!)}`
      const group = groups.get(key) ?? {}
      groups.set(key, group)
      group[link.weight === undefined ? 'byRate' : 'weighted'] ??= link
      if (group.weighted === undefined || group.byRate === undefined) continue
      problems.refuse(
        path,
        `${quote(own)} weighs by rate, and of its links ${quote(group.weighted.name)} has a weight and ${quote(group.byRate.name)} ` +
          'has none; give all of them one, or none',
      )
      return
    }
  }
}

/** Bonds always do. */
const weighsByRate = (node: NodeBlueprint): boolean =>
  node.kind === 'host' ? node.interfaces.some(({ links }) => links.length > 1) : node.ecmp.weights === 'rate'

const tierOf = (node: NodeBlueprint): string => (node.kind === 'host' ? 'host' : node.tier)
