import { describe, expect, it } from 'vitest'
import type { NodeBlueprint } from '../network.ts'
import { fatTree, fatTreeInventory } from './fat-tree.ts'
import { leafSpine } from './leaf-spine.ts'
import { oversubscription } from './oversubscription.ts'
import { ecmp, leafSpineOptions, link } from './options.fixture.ts'

const count = (nodes: readonly NodeBlueprint[], tier: string) =>
  nodes.filter((node) => node.kind === 'switch' && node.tier === tier).length

describe('row 21: k-ary fat-tree inventory', () => {
  it.each([
    { k: 2, hosts: 2, switches: 5, core: 1, links: 6 },
    { k: 8, hosts: 128, switches: 80, core: 16, links: 384 },
    { k: 16, hosts: 1024, switches: 320, core: 64, links: 3072 },
    { k: 48, hosts: 27648, switches: 2880, core: 576, links: 82944 },
  ])('k = $k', ({ k, hosts, switches, core, links }) => {
    expect(fatTreeInventory(k)).toEqual({ hosts, switches, links })
    const rate = link(100e9)
    const built = fatTree({ region: 'ord1', k, hostLink: rate, fabricLink: rate, coreLink: rate, ecmp })
    expect(built.nodes.filter((node) => node.kind === 'host').length).toBe(hosts)
    expect(built.nodes.filter((node) => node.kind === 'switch').length).toBe(switches)
    expect(count(built.nodes, 'core')).toBe(core)
    expect(count(built.nodes, 'edge')).toBe(k * (k / 2))
    expect(count(built.nodes, 'aggregation')).toBe(k * (k / 2))
    expect(new Set(built.links.map((each) => each.name)).size).toBe(links)
    const degree = new Map<string, number>()
    for (const end of built.links.flatMap((each) => each.ends)) degree.set(end, (degree.get(end) ?? 0) + 1)
    // Every port of every switch is used, every host has one link.
    for (const node of built.nodes) expect(degree.get(node.name)).toBe(node.kind === 'host' ? 1 : k)
  })
})

describe('row 54: oversubscription of a leaf', () => {
  it.each([
    { hosts: 48, hostGbps: 25, uplinks: 6, uplinkGbps: 100, ratio: 2, text: '2:1' },
    { hosts: 48, hostGbps: 100, uplinks: 8, uplinkGbps: 100, ratio: 6, text: '6:1' },
    { hosts: 32, hostGbps: 100, uplinks: 8, uplinkGbps: 400, ratio: 1, text: '1:1' },
  ])(
    '$hosts × $hostGbps / $uplinks × $uplinkGbps = $text',
    ({ hosts, hostGbps, uplinks, uplinkGbps, ratio, text }) => {
      const built = leafSpine(
        leafSpineOptions({
          leaves: 4,
          spines: uplinks,
          hostsPerLeaf: hosts,
          hostLink: link(hostGbps * 1e9),
          fabricLink: link(uplinkGbps * 1e9),
        }),
      )
      expect(oversubscription(built)).toEqual([{ tier: 'leaf', switches: 4, min: ratio, max: ratio, text }])
    },
  )

  it('counts parallel uplinks', () => {
    const built = leafSpine(leafSpineOptions({ hostsPerLeaf: 16, spines: 2, parallelLinks: 2 }))
    expect(oversubscription(built).map((tier) => tier.text)).toEqual(['1:1'])
  })
})
