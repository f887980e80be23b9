/** As much of a network as distances need. */
export interface HostedGraph {
  readonly nodes: readonly { readonly name: string; readonly kind: string }[]
  readonly links: readonly { readonly ends: readonly [string, string] }[]
}

/** Hops from the nearest host, 0 for hosts themselves; absent where no host can be reached. */
export function hopsFromHosts({ nodes, links }: HostedGraph): Map<string, number> {
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
