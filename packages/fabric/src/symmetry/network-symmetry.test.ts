import { US } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { leafSpineNetwork, plainLink } from '../../test/helpers/networks.ts'
import type { NetworkBlueprint } from '../blueprint/network.ts'
import { Topology } from '../routing/topology.ts'
import { demandMatrix } from '../traffic/demand/demand-matrix.ts'
import { NetworkSymmetry } from './network-symmetry.ts'

const LINK = plainLink(100e9, US)
const FABRIC = leafSpineNetwork({ leaves: 3, spines: 2, hostsPerLeaf: 2, hostLink: LINK, fabricLink: LINK })

/** Names that can stand for each other, one list per orbit with more than one. */
function classes(blueprint: NetworkBlueprint, pairs: readonly (readonly [string, string, number])[] = []) {
  const topology = new Topology(blueprint)
  const demand = demandMatrix(
    pairs.map(([from, to, ipBps]) => ({
      source: topology.nodeIndex(from),
      destination: topology.nodeIndex(to),
      ipBps,
    })),
  )
  const symmetry = new NetworkSymmetry(topology, { demand })
  const names = [...topology.nodes, ...topology.links].map(({ name }) => name.replaceAll('ord1/', ''))
  const lists = new Map<number, string[]>()
  symmetry.orbits().forEach((least, vertex) => {
    const name = names[vertex]
    if (name !== undefined) lists.set(least, [...(lists.get(least) ?? []), name])
  })
  return [...lists.values()].filter((list) => list.length > 1)
}

describe('a leaf-spine fabric', () => {
  it('has one kind of leaf, spine, host, host link and fabric link', () => {
    expect(classes(FABRIC).map((list) => list.length)).toEqual([3, 6, 2, 6, 6])
  })

  it('has two kinds of spine where one has a slower link', () => {
    const links = FABRIC.links.map((link) =>
      link.name === 'ord1/leaf-0:ord1/spine-0' ? { ...link, rateBps: 40e9 } : link,
    )
    const found = classes({ ...FABRIC, links })
    expect(found).toContainEqual(['leaf-1', 'leaf-2'])
    expect(found.flat()).not.toContain('spine-0')
    expect(found.flat()).not.toContain('leaf-0')
  })

  it('keeps its symmetry under demands that are the same for all', () => {
    const hosts = FABRIC.nodes.filter(({ kind }) => kind === 'host').map(({ name }) => name)
    const all = hosts.flatMap((from) =>
      hosts.filter((to) => to !== from).map((to) => [from, to, 1e9] as const),
    )
    expect(classes(FABRIC, all).map((list) => list.length)).toEqual([3, 6, 2, 6, 6])
  })

  it('loses the symmetry that a demand breaks, and no other', () => {
    const found = classes(FABRIC, [['ord1/leaf-0/host-0', 'ord1/leaf-1/host-0', 1e9]])
    expect(found).toContainEqual(['leaf-2/host-0', 'leaf-2/host-1'])
    expect(found).toContainEqual(['spine-0', 'spine-1'])
    expect(found.flat()).not.toContain('leaf-0')
    expect(found.flat()).not.toContain('leaf-1')
  })
})
