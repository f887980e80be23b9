import { type EdgeBlueprint, parsePrefix } from '@weft/fabric'
import { isPublic, prefixOfAddress } from './public-addresses.ts'

type Edges = readonly EdgeBlueprint[]

/** The region that an address is of by its prefixes, whether or not anything has it; undefined for who is elsewhere. */
export function regionOwning(address: string, edges: Edges): EdgeBlueprint | undefined {
  const { family, first } = prefixOfAddress(address)
  return edges.find(({ prefixes = [] }) =>
    prefixes.some((text) => {
      const parsed = parsePrefix(text)
      return (
        parsed.ok &&
        parsed.prefix.family === family &&
        parsed.prefix.first <= first &&
        first <= parsed.prefix.last
      )
    }),
  )
}

/** The edges, which know of each of these addresses that is their region's own and that nothing has. */
export function withUnassigned(edges: Edges, named: Iterable<string>, inside: ReadonlySet<string>): Edges {
  const unassigned = new Map<string, Set<string>>()
  for (const address of named) {
    const region = isPublic(address) && !inside.has(address) && regionOwning(address, edges)?.region
    if (region) unassigned.set(region, (unassigned.get(region) ?? new Set()).add(address))
  }
  if (unassigned.size === 0) return edges
  return edges.map((edge) => {
    const own = unassigned.get(edge.region)
    return own === undefined
      ? edge
      : { ...edge, unassigned: [...new Set([...(edge.unassigned ?? []), ...own])] }
  })
}
