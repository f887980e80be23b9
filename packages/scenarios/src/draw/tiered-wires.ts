import type { Box, Wire } from './layout.ts'
import type { DrawableNetwork } from './network.ts'

interface Bundle {
  readonly upper: Box
  readonly lower: Box
  readonly links: string[]
  readonly key: string
}

/**
 * Straight lines from the bottom of the upper box to the top of the lower one. Each box side gives every line
 * a port of its own, in the order of the far ends, so that lines do not cross at a box and parallel links run
 * side by side.
 * A block of hosts has one line per switch.
 */
export function tieredWires({ links }: DrawableNetwork, boxes: readonly Box[]): Wire[] {
  const boxOf = new Map(boxes.flatMap((box) => box.members.map((name) => [name, box] as const)))
  const indexOf = new Map(boxes.map((box, index) => [box, index]))
  const bundles = new Map<string, Bundle>()
  for (const link of links) {
    const [a, b] = [boxOf.get(link.ends[0])!, boxOf.get(link.ends[1])!]
    const [upper, lower] = a.y < b.y ? [a, b] : [b, a]
    const pair = `${indexOf.get(upper)}:${indexOf.get(lower)}`
    const key = lower.kind === 'hosts' ? pair : `${pair}:${link.name}`
    const known = bundles.get(key)
    if (known === undefined) bundles.set(key, { upper, lower, links: [link.name], key })
    else known.links.push(link.name)
  }
  const all = [...bundles.values()]
  const upperPort = ports(
    all,
    (bundle) => bundle.upper,
    (bundle) => bundle.lower,
  )
  const lowerPort = ports(
    all,
    (bundle) => bundle.lower,
    (bundle) => bundle.upper,
  )
  return all.map((bundle) => ({
    links: bundle.links,
    from: { x: upperPort.get(bundle)!, y: bundle.upper.y + bundle.upper.height },
    to: { x: lowerPort.get(bundle)!, y: bundle.lower.y },
    boxes: [indexOf.get(bundle.upper)!, indexOf.get(bundle.lower)!],
  }))
}

/** The x of every bundle on its near box. */
function ports(bundles: readonly Bundle[], near: (bundle: Bundle) => Box, far: (bundle: Bundle) => Box) {
  const bySide = new Map<Box, Bundle[]>()
  for (const bundle of bundles) {
    const side = bySide.get(near(bundle))
    if (side === undefined) bySide.set(near(bundle), [bundle])
    else side.push(bundle)
  }
  const x = new Map<Bundle, number>()
  for (const [box, side] of bySide) {
    side.sort((a, b) => far(a).x - far(b).x || (a.key < b.key ? -1 : 1))
    const inset = Math.min(6, box.width * 0.1)
    const step = (box.width - 2 * inset) / side.length
    for (const [index, bundle] of side.entries()) x.set(bundle, box.x + inset + step * (index + 0.5))
  }
  return x
}
