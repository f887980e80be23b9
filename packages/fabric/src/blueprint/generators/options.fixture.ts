import type { EcmpBlueprint } from '../network.ts'
import type { LeafSpineOptions } from './leaf-spine.ts'
import type { LinkOptions } from './parts.ts'

/** Complete options for tests that care about a few of them. */
export const ecmp: EcmpBlueprint = { mode: 'five-tuple', weights: 'equal', flowletGapPs: 100_000_000 }

export function link(rateBps: number, rest: Partial<LinkOptions> = {}): LinkOptions {
  const queue = { capacity: { packets: 256 } }
  return {
    rateBps,
    delayPs: 1_000_000,
    framing: 'ethernet',
    bitErrorRate: 0,
    cost: 1,
    queue,
    nicQueue: queue,
    ...rest,
  }
}

export function leafSpineOptions(rest: Partial<LeafSpineOptions> = {}): LeafSpineOptions {
  return {
    region: 'ord1',
    leaves: 2,
    spines: 2,
    hostsPerLeaf: 2,
    hostLink: link(100e9),
    fabricLink: link(400e9),
    parallelLinks: 1,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
    ecmp,
    ...rest,
  }
}
