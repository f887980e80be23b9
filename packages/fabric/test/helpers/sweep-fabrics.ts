import { graph } from '../../src/blueprint/generators/graph.ts'
import { ecmp, link } from '../../src/blueprint/generators/options.fixture.ts'
import type { NetworkBlueprint } from '../../src/blueprint/network.ts'
import type { Network } from '../../src/build/network.ts'
import type { Demand } from '../../src/traffic/demand/demand-matrix.ts'
import { hostsOf } from './demand-arbitraries.ts'
import { leafSpineNetwork, mixedRates, networkOf, plainLink, smallFatTree } from './networks.ts'

/** Switches in a circle with a shortcut, and a host on every other one, or on that and its neighbour. */
export function ring(size: number, bonded: boolean): NetworkBlueprint {
  const index = Array.from({ length: size }, (_, i) => i)
  const hosts = index.filter((i) => i % 2 === 0)
  const options = plainLink(10e9, 0)
  return networkOf(
    graph({
      region: 'r',
      switches: index.map((i) => ({ name: `s${i}`, tier: 'any', ecmp })),
      hosts: hosts.map((i) => ({ name: `h${i}`, bond: true })),
      links: [
        ...index.map((i) => ({ between: [`s${i}`, `s${(i + 1) % size}`] as const, options })),
        { between: ['s0', `s${size >> 1}`] as const, options: { ...options, cost: 2 } },
        ...hosts.flatMap((i) =>
          [i, ...(bonded ? [(i + 1) % size] : [])].map((at) => ({
            between: [`h${i}`, `s${at}`] as const,
            options,
          })),
        ),
      ],
    }),
  )
}

/** Between all hosts, at rates of five kinds in two classes. */
export function uneven(network: Network): Demand[] {
  const hosts = hostsOf(network.topology)
  return hosts.flatMap((source, i) =>
    hosts.map((destination, j) => ({
      source,
      destination,
      ipBps: 1e6 * (1 + ((i * 7 + j * 3) % 5)),
      packetsPerSecond: 100 * (1 + ((i + j) % 3)),
      class: (i + j) % 2,
    })),
  )
}

/** What failure sweeps are tried on, with names. */
export const FABRICS: [string, NetworkBlueprint][] = [
  ['leaf-spine', leafSpineNetwork({ leaves: 4, spines: 3, hostsPerLeaf: 2 })],
  ['leaf-spine of mixed rates and parallel links', mixedRates()],
  [
    'leaf-spine of two framings',
    leafSpineNetwork({ leaves: 3, fabricLink: link(40e9, { framing: { overheadBytes: 20 } }) }),
  ],
  [
    'leaf-spine with bonds to two leaves',
    leafSpineNetwork({ leaves: 4, nicsPerHost: 2, nicAttachment: 'neighbours', bond: true }),
  ],
  [
    'leaf-spine with bonds to three leaves',
    leafSpineNetwork({ leaves: 3, nicsPerHost: 3, nicAttachment: 'neighbours', bond: true }),
  ],
  ['leaf-spine with bonds to one leaf', leafSpineNetwork({ leaves: 3, nicsPerHost: 2, bond: true })],
  ['fat-tree', smallFatTree()],
]
