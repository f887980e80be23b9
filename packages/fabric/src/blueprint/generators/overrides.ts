import type { LinkBlueprint, QueueBlueprint } from '../network.ts'
import type { FabricParts, LinkOptions } from './parts.ts'

/** Changes to some links after a generator has made them all alike: mixed rates, weights, slow or long ones. */
export interface LinkOverride {
  readonly matches: (link: LinkBlueprint) => boolean
  readonly change: Partial<Omit<LinkOptions, 'nicQueue'>>
}

/** Applies the overrides in order, later ones over earlier ones. A queue replaces both ends'. */
export function overrideLinks(parts: FabricParts, overrides: readonly LinkOverride[]): FabricParts {
  if (overrides.length === 0) return parts
  const links = parts.links.map((link) => {
    let changed = link
    for (const { matches, change } of overrides) if (matches(link)) changed = apply(changed, change)
    return changed
  })
  return { nodes: parts.nodes, links }
}

function apply(link: LinkBlueprint, { queue, ...rest }: LinkOverride['change']): LinkBlueprint {
  const queues: readonly [QueueBlueprint, QueueBlueprint] = queue === undefined ? link.queues : [queue, queue]
  return { ...link, ...rest, queues }
}
