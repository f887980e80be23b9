import { fatTree, leafSpine } from '@weft/fabric'
import { describe, expect, test } from 'vitest'
import type { Box, Layout } from './layout.ts'
import type { DrawableLink, DrawableNetwork, DrawableNode } from './network.ts'
import { drawTopology, layoutOf } from './topology.ts'

const link = {
  rateBps: 100e9,
  delayPs: 1e6,
  framing: 'ethernet' as const,
  bitErrorRate: 0,
  cost: 1,
  queue: { capacity: { packets: 256 } },
  nicQueue: { capacity: { packets: 1000 } },
}
const ecmp = { mode: 'five-tuple' as const, weights: 'equal' as const, flowletGapPs: 0 }
type LeafSpine = Parameters<typeof leafSpine>[0]

const clos = (leaves: number, spines: number, hostsPerLeaf: number, more: Partial<LeafSpine> = {}) =>
  leafSpine({
    region: 'ord1',
    leaves,
    spines,
    hostsPerLeaf,
    hostLink: link,
    fabricLink: link,
    parallelLinks: 1,
    nicsPerHost: 1,
    nicAttachment: 'leaf',
    bond: false,
    ecmp,
    ...more,
  })

const tree = (k: number) =>
  fatTree({ region: 'ord1', k, hostLink: link, fabricLink: link, coreLink: link, ecmp })

function together(...networks: DrawableNetwork[]): DrawableNetwork {
  return { nodes: networks.flatMap(({ nodes }) => nodes), links: networks.flatMap(({ links }) => links) }
}

/** A graph from pairs of names; names with `host` in them are hosts. */
function graph(...pairs: readonly (readonly [string, string])[]): DrawableNetwork {
  const names = [...new Set(pairs.flat())]
  const nodes = names.map((name): DrawableNode => {
    return name.includes('host') ? { name, kind: 'host' } : { name, kind: 'switch', tier: 'router' }
  })
  const links = pairs.map(
    (ends, index): DrawableLink => ({
      name: `link-${index}`,
      ends,
      tier: 'wan',
      rateBps: 1e10,
      delayPs: 5e9,
    }),
  )
  return { nodes, links }
}

const ring = graph(
  ['wan/a', 'wan/b'],
  ['wan/b', 'wan/c'],
  ['wan/c', 'wan/a'],
  ['wan/a', 'wan/b'],
  ['wan/a/host-0', 'wan/a'],
  ['wan/c/host-0', 'wan/c'],
)
const star = graph(
  ...Array.from({ length: 70 }, (_, host) => [`wan/a/host-${host}`, 'wan/a'] as const),
  ['wan/a', 'wan/b'],
  ['wan/b', 'wan/c'],
  ['wan/a', 'wan/c'],
)

const networks: readonly (readonly [string, DrawableNetwork])[] = [
  ['2 leaves, 1 spine, 1 host', clos(2, 1, 1)],
  ['8 leaves, 8 spines, 8 hosts each', clos(8, 8, 8)],
  ['32 leaves, 16 spines, 32 hosts each', clos(32, 16, 32)],
  ['spines outnumber leaves', clos(2, 24, 3)],
  ['parallel links', clos(4, 2, 4, { parallelLinks: 3 })],
  ['hosts on two leaves', clos(6, 2, 5, { nicsPerHost: 2, nicAttachment: 'neighbours' })],
  ['fat-tree of 4 ports', tree(4)],
  ['fat-tree of 8 ports', tree(8)],
  ['two regions', together(clos(4, 2, 4), clos(3, 3, 12, { region: 'lon1' }))],
  ['a ring', ring],
  ['a graph with many hosts', star],
  [
    'a node without links',
    together(clos(2, 2, 2), { nodes: [{ name: 'ord1/lost', kind: 'switch' }], links: [] }),
  ],
]

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

function overlaps({ boxes }: Layout): string[] {
  return boxes.flatMap((a, index) =>
    boxes.slice(index + 1).flatMap((b) => (overlap(a, b) ? [`${a.members[0]} and ${b.members[0]}`] : [])),
  )
}

describe.each(networks)('%s', (_, network) => {
  test('boxes do not overlap, and lie inside of the drawing', async () => {
    const layout = await layoutOf(network)
    expect(overlaps(layout)).toEqual([])
    const outside = layout.boxes.filter(
      ({ x, y, width, height }) =>
        !(x >= 0 && y >= 0 && x + width <= layout.width && y + height <= layout.height),
    )
    expect(outside).toEqual([])
  })

  test('every node is in one box and every link on one line between the boxes of its ends', async () => {
    const { boxes, wires } = await layoutOf(network)
    const names = boxes.flatMap(({ members }) => members)
    expect(names.sort()).toEqual(network.nodes.map(({ name }) => name).sort())
    const drawn = new Map(wires.flatMap((wire) => wire.links.map((name) => [name, wire] as const)))
    expect(wires.flatMap(({ links }) => links)).toHaveLength(network.links.length)
    for (const { name, ends } of network.links) {
      const members = drawn.get(name)!.boxes.flatMap((index) => boxes[index]!.members)
      expect(members).toEqual(expect.arrayContaining([...ends]))
    }
  })

  test('no two lines lie on top of each other', async () => {
    const { wires } = await layoutOf(network)
    const places = wires.map(({ from, to }) =>
      [from.x, from.y, to.x, to.y].map((value) => value.toFixed(2)).join(),
    )
    expect(new Set(places).size).toBe(wires.length)
  })
})

describe('drawing', () => {
  const network = clos(2, 2, 1)
  const name = 'ord1/leaf-0:ord1/spine-1'

  test('shows each direction on the half that leaves its box', async () => {
    const loads = [
      { link: name, from: 'ord1/leaf-0', utilization: { mean: 0.95, max: 1 } },
      { link: name, from: 'ord1/spine-1', utilization: { mean: 0.25, max: 0.5 } },
    ]
    const { wires, boxes } = await layoutOf(network)
    const wire = wires.find(({ links }) => links[0] === name)!
    const upper = boxes[wire.boxes[0]]!.members[0]
    const svg = await drawTopology(network, { loads })
    const line = svg
      .split('\n')
      .find((each) => each.includes(`<title>${name}\n`) || each.includes(`<title>${name}`))!
    expect(upper).toBe('ord1/spine-1')
    const rest = svg.slice(svg.indexOf(line))
    expect(
      [...rest.matchAll(/<path class="u(\d)" d="M([\d.]+) ([\d.]+)/g)].slice(0, 2).map((match) => match[1]),
    ).toEqual(['2', '9'])
    expect(rest).toContain('mean 95%, busiest window 100%')
  })

  test('marks failed nodes and links, with the time', async () => {
    const svg = await drawTopology(network, {
      changes: [
        { atPs: 2e9, action: 'fail', target: 'ord1/spine-0' },
        { atPs: 6e9, action: 'repair', target: 'ord1/spine-0' },
        { atPs: 7e9, action: 'fail', target: name },
      ],
    })
    expect(svg).toContain('ord1/spine-0 failed: 2ms to 6ms')
    expect(svg).toContain(`${name} failed: from 7ms`)
    expect(svg.match(/class="box switch down"/g)).toHaveLength(1)
    // both links of the dead spine, and the dead link; one sample in the legend
    expect(svg.match(/class="wire down"/g)).toHaveLength(2 + 1 + 1)
    expect(svg.match(/class="cross"/g)).toHaveLength(2)
  })

  test('a block of hosts shows its busiest link', async () => {
    const big = clos(2, 1, 20)
    const loads = Array.from({ length: 20 }, (_, host) => ({
      link: `ord1/leaf-0:ord1/leaf-0/host-${host}`,
      from: `ord1/leaf-0/host-${host}`,
      utilization: { mean: host === 7 ? 0.85 : 0.05, max: 1 },
    }))
    const svg = await drawTopology(big, { loads })
    expect(svg).toContain('20 directions, mean 9%; busiest from ord1/leaf-0/host-7: mean 85%')
    expect(svg.match(/<path class="u8"/g)).toHaveLength(1)
  })

  test('names are text, never markup, and nothing is fetched', async () => {
    const evil = '<script>alert(1)</script>"&\'\u0000'
    const svg = await drawTopology(
      graph([`r/${evil}`, 'r/b'], ['r/b', 'r/host-1'], [`r/${evil}`, 'r/host-2']),
      {
        title: evil,
      },
    )
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u0000')
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:|\/\/\w|@import|url\(/)
  })

  test('a network without nodes is refused', async () => {
    await expect(drawTopology({ nodes: [], links: [] })).rejects.toThrow('the network has no nodes')
  })

  test('the same network gives the same bytes', async () => {
    expect(await drawTopology(ring)).toBe(await drawTopology(ring))
  })
})
