import type { EcmpBlueprint, LinkBlueprint } from '../network.ts'
import { type FabricParts, type LinkOptions, linkName, makeHost, makeLink, sortedParts } from './parts.ts'

/** Any graph. Names are unique, links join two different nodes that are listed: the caller has checked. */
export interface GraphOptions {
  readonly region: string
  readonly switches: readonly { readonly name: string; readonly tier: string; readonly ecmp: EcmpBlueprint }[]
  readonly hosts: readonly { readonly name: string; readonly bond: boolean }[]
  /** Listing a pair again makes a parallel link, named with `#2`, `#3` ... in the order given. */
  readonly links: readonly GraphLink[]
}

export interface GraphLink {
  /** Names as in `switches` and `hosts`, without the region. */
  readonly between: readonly [string, string]
  /** Absent: `host` where one end is a host, else `fabric`. */
  readonly tier?: string
  readonly options: LinkOptions
}

/** A host's interfaces follow the order of its links' names. */
export function graph({ region, switches, hosts, links }: GraphOptions): FabricParts {
  const hostNames = new Set(hosts.map((host) => host.name))
  const ordinals = new Map<string, number>()
  const made = links.map(({ between: [a, b], tier, options }): LinkBlueprint => {
    const pair = linkName(a, b)
    const ordinal = (ordinals.get(pair) ?? 0) + 1
    ordinals.set(pair, ordinal)
    const ends = [a, b].map((name) => ({ name: `${region}/${name}`, isHost: hostNames.has(name) }))
    const usualTier = ends.some((end) => end.isHost) ? 'host' : 'fabric'
    return makeLink(ends[0]!, ends[1]!, ordinal, tier ?? usualTier, options)
  })
  const sorted = sortedParts({ nodes: [], links: made }).links
  const linksOf = new Map<string, string[]>(hosts.map((host) => [`${region}/${host.name}`, []]))
  for (const link of sorted) for (const end of link.ends) linksOf.get(end)?.push(link.name)
  return sortedParts({
    nodes: [
      ...switches.map(({ name, tier, ecmp }) => ({
        kind: 'switch' as const,
        name: `${region}/${name}`,
        tier,
        ecmp,
      })),
      ...hosts.map(({ name, bond }) =>
        makeHost(`${region}/${name}`, linksOf.get(`${region}/${name}`)!, bond),
      ),
    ],
    links: sorted,
  })
}
