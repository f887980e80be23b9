import { describe, expect, it } from 'vitest'
import type { HostBlueprint, NodeBlueprint } from '../network.ts'
import { naturalCompare } from '../natural-order.ts'
import { fatTree } from './fat-tree.ts'
import { graph } from './graph.ts'
import { leafSpine, leafSpineInventory } from './leaf-spine.ts'
import { overrideLinks } from './overrides.ts'
import { oversubscription } from './oversubscription.ts'
import { linkName } from './parts.ts'
import { ecmp, leafSpineOptions, link } from './options.fixture.ts'

const names = (items: readonly { readonly name: string }[]) => items.map((item) => item.name)
const host = (nodes: readonly NodeBlueprint[], name: string) =>
  nodes.find((node) => node.name === name) as HostBlueprint

describe('leafSpine', () => {
  it('names and sorts nodes and links', () => {
    const built = leafSpine(leafSpineOptions({ leaves: 11, spines: 1, hostsPerLeaf: 1 }))
    expect(names(built.nodes).slice(0, 5)).toEqual([
      'ord1/leaf-0',
      'ord1/leaf-0/host-0',
      'ord1/leaf-1',
      'ord1/leaf-1/host-0',
      'ord1/leaf-2',
    ])
    expect(names(built.links)).toContain('ord1/leaf-10:ord1/spine-0')
    expect(names(built.links)).toContain('ord1/leaf-10:ord1/leaf-10/host-0')
    for (const list of [names(built.nodes), names(built.links)])
      expect(list).toEqual([...list].sort(naturalCompare))
  })

  it('names parallel uplinks apart', () => {
    const { links } = leafSpine(leafSpineOptions({ leaves: 1, spines: 1, parallelLinks: 3 }))
    expect(names(links).filter((name) => name.includes('spine'))).toEqual([
      'ord1/leaf-0:ord1/spine-0',
      'ord1/leaf-0:ord1/spine-0#2',
      'ord1/leaf-0:ord1/spine-0#3',
    ])
  })

  it('gives every NIC an interface of its own', () => {
    const { nodes } = leafSpine(leafSpineOptions({ nicsPerHost: 2 }))
    expect(host(nodes, 'ord1/leaf-1/host-0').interfaces).toEqual([
      { name: 'eth0', addresses: [], links: ['ord1/leaf-1:ord1/leaf-1/host-0'] },
      { name: 'eth1', addresses: [], links: ['ord1/leaf-1:ord1/leaf-1/host-0#2'] },
    ])
  })

  it('bonds the NICs of a host to two neighbouring leaves', () => {
    const { nodes } = leafSpine(
      leafSpineOptions({ leaves: 4, nicsPerHost: 2, nicAttachment: 'neighbours', bond: true }),
    )
    expect(host(nodes, 'ord1/leaf-3/host-1').interfaces).toEqual([
      {
        name: 'bond0',
        addresses: [],
        links: ['ord1/leaf-3:ord1/leaf-3/host-1', 'ord1/leaf-2:ord1/leaf-3/host-1'],
      },
    ])
  })

  it.each([
    {},
    { parallelLinks: 3, nicsPerHost: 2 },
    { leaves: 6, nicsPerHost: 3, nicAttachment: 'neighbours' as const, bond: true },
  ])('is as large as its inventory says: %o', (rest) => {
    const options = leafSpineOptions(rest)
    const { nodes, links } = leafSpine(options)
    const hosts = nodes.filter((node) => node.kind === 'host').length
    expect(leafSpineInventory(options)).toEqual({
      hosts,
      switches: nodes.length - hosts,
      links: links.length,
    })
    expect(new Set([...names(nodes), ...names(links)]).size).toBe(nodes.length + links.length)
  })
})

describe('fatTree', () => {
  it('connects every pod to every core switch once', () => {
    const rate = link(100e9)
    const { links } = fatTree({ region: 'r', k: 4, hostLink: rate, fabricLink: rate, coreLink: rate, ecmp })
    const podsOf = new Map<string, string[]>()
    for (const { tier, ends } of links) {
      if (tier !== 'core') continue
      podsOf.set(ends[0], [...(podsOf.get(ends[0]) ?? []), ends[1].split('/')[1]!])
    }
    expect([...podsOf.keys()].sort()).toEqual(['r/core-0', 'r/core-1', 'r/core-2', 'r/core-3'])
    for (const pods of podsOf.values()) expect(pods.sort()).toEqual(['pod-0', 'pod-1', 'pod-2', 'pod-3'])
  })

  it('is rearrangeably non-blocking: 1:1 at every tier', () => {
    const rate = link(100e9)
    const built = fatTree({ region: 'r', k: 4, hostLink: rate, fabricLink: rate, coreLink: rate, ecmp })
    expect(oversubscription(built).map(({ tier, text }) => [tier, text])).toEqual([
      ['aggregation', '1:1'],
      ['edge', '1:1'],
    ])
  })
})

describe('graph', () => {
  const given = {
    region: 'lab',
    switches: [
      { name: 'a', tier: 'leaf', ecmp },
      { name: 'b', tier: 'leaf', ecmp },
    ],
    hosts: [
      { name: 'h2', bond: true },
      { name: 'h1', bond: false },
    ],
    links: [
      { between: ['b', 'a'] as const, options: link(100e9) },
      { between: ['h1', 'a'] as const, options: link(25e9) },
      { between: ['a', 'b'] as const, options: link(40e9), tier: 'backup' },
      { between: ['h2', 'a'] as const, options: link(25e9) },
      { between: ['b', 'h2'] as const, options: link(25e9) },
    ],
  }

  it('keeps parallel links of mixed rates apart', () => {
    const { links } = graph(given)
    expect(links.map(({ name, rateBps, tier }) => [name, rateBps, tier])).toEqual([
      ['lab/a:lab/b', 100e9, 'fabric'],
      ['lab/a:lab/b#2', 40e9, 'backup'],
      ['lab/a:lab/h1', 25e9, 'host'],
      ['lab/a:lab/h2', 25e9, 'host'],
      ['lab/b:lab/h2', 25e9, 'host'],
    ])
  })

  it('bonds where asked', () => {
    const { nodes } = graph(given)
    expect(host(nodes, 'lab/h1').interfaces.map((each) => each.name)).toEqual(['eth0'])
    expect(host(nodes, 'lab/h2').interfaces).toEqual([
      { name: 'bond0', addresses: [], links: ['lab/a:lab/h2', 'lab/b:lab/h2'] },
    ])
  })

  it('does not depend on the order of switches and hosts', () => {
    const reversed = { ...given, switches: [...given.switches].reverse(), hosts: [...given.hosts].reverse() }
    expect(graph(reversed)).toEqual(graph(given))
  })

  it('gives a host its own queue and a switch its own', () => {
    const nicQueue = { capacity: { packets: 1000 } }
    const queue = { capacity: { packets: 10 } }
    const { links } = graph({
      ...given,
      links: [{ between: ['h1', 'a'], options: link(25e9, { queue, nicQueue }) }],
    })
    expect(links[0]!.ends).toEqual(['lab/a', 'lab/h1'])
    expect(links[0]!.queues).toEqual([queue, nicQueue])
  })
})

describe('overrideLinks', () => {
  it('changes what matches, later ones over earlier ones', () => {
    const built = leafSpine(leafSpineOptions())
    const { links } = overrideLinks(built, [
      { matches: ({ ends }) => ends[1] === 'ord1/spine-1', change: { rateBps: 40e9, weight: 2 } },
      { matches: ({ name }) => name === 'ord1/leaf-0:ord1/spine-1', change: { weight: 3 } },
    ])
    const changed = links.filter((each) => each.weight !== undefined)
    expect(changed.map(({ name, rateBps, weight }) => [name, rateBps, weight])).toEqual([
      ['ord1/leaf-0:ord1/spine-1', 40e9, 3],
      ['ord1/leaf-1:ord1/spine-1', 40e9, 2],
    ])
    expect(oversubscription({ nodes: built.nodes, links })[0]!.text).toBe('0.455:1')
  })
})

describe('linkName', () => {
  it('does not depend on the order of the ends', () => {
    expect(linkName('r/leaf-10', 'r/leaf-9', 2)).toBe('r/leaf-9:r/leaf-10#2')
    expect(linkName('r/leaf-9', 'r/leaf-10', 2)).toBe('r/leaf-9:r/leaf-10#2')
  })
})
