import type { Box, Layout, Point, Wire } from './layout.ts'
import { type DrawableNetwork, hostGroups, shortName } from './network.ts'

const POINTS_PER_INCH = 72
const LINK_INCHES = 1.8
const HOST_LINK_INCHES = 1
const MARGIN = 16
const PARALLEL_GAP = 6
/** More hosts than this in all are drawn as one block per set of switches. */
const HOSTS_APART_TOTAL = 48
/** Spring models take long and tangle beyond this many boxes. */
const SPRINGS_MAX = 150

/** Any graph, placed by Graphviz: springs for small ones, `sfdp` (multilevel) for large ones. */
export async function graphLayout(network: DrawableNetwork): Promise<Layout> {
  const shells = boxesOf(network)
  const shellOf = new Map(shells.flatMap((box) => box.members.map((name) => [name, box] as const)))
  const indexOf = new Map(shells.map((box, index) => [box, index]))
  const bundles = new Map<string, { a: Box; b: Box; links: string[] }>()
  for (const { name, ends } of network.links) {
    const [a, b] = [shellOf.get(ends[0])!, shellOf.get(ends[1])!]
    const key = [indexOf.get(a)!, indexOf.get(b)!].sort((x, y) => x - y).join(':')
    const known = bundles.get(key)
    if (known === undefined) bundles.set(key, { a, b, links: [name] })
    else known.links.push(name)
  }
  const edges = [...bundles.values()].map(({ a, b }) => [indexOf.get(a)!, indexOf.get(b)!] as const)
  const centres = await place(shells, edges)
  const left = Math.min(...shells.map((box, index) => centres[index]!.x - box.width / 2))
  const top = Math.min(...shells.map((box, index) => centres[index]!.y - box.height / 2))
  const boxes = shells.map((box, index) => {
    const x = centres[index]!.x - box.width / 2 - left + MARGIN
    const y = centres[index]!.y - box.height / 2 - top + MARGIN
    return { ...box, x, y }
  })
  return {
    width: Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN,
    height: Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN,
    boxes,
    wires: [...bundles.values()].flatMap(({ a, b, links }) =>
      wiresOf(boxes, [indexOf.get(a)!, indexOf.get(b)!], links),
    ),
    frames: [],
    captions: [],
  }
}

/** Boxes of the right size, all at the origin. */
function boxesOf(network: DrawableNetwork): Box[] {
  const switches = new Set(network.nodes.filter((node) => node.kind !== 'host').map((node) => node.name))
  const groups = hostGroups(network)
  const hosts = groups.reduce((sum, group) => sum + group.hosts.length, 0)
  const boxes = [...switches].map((name) => labelled(shortName(name), 'switch', [name]))
  for (const group of groups) {
    const isOneBlock = hosts > HOSTS_APART_TOTAL && group.switches.every((name) => switches.has(name))
    if (isOneBlock && group.hosts.length > 1)
      boxes.push(labelled(`${group.hosts.length} hosts`, 'hosts', group.hosts))
    else for (const host of group.hosts) boxes.push(labelled(shortName(host), 'host', [host]))
  }
  return boxes
}

function labelled(label: string, kind: Box['kind'], members: readonly string[]): Box {
  return { x: 0, y: 0, width: Math.max(30, label.length * 6.8 + 12), height: 24, label, kind, members }
}

async function place(boxes: readonly Box[], edges: readonly (readonly [number, number])[]): Promise<Point[]> {
  const { instance } = await import('@viz-js/viz')
  const viz = await instance()
  const drawn = viz.renderJSON(
    {
      directed: false,
      graphAttributes: { overlap: 'prism', sep: '+14', start: 1, maxiter: 600 },
      nodeAttributes: { shape: 'box', fixedsize: true, label: '' },
      nodes: boxes.map((box, index) => ({
        name: `${index}`,
        attributes: { width: box.width / POINTS_PER_INCH, height: box.height / POINTS_PER_INCH },
      })),
      edges: edges.map(([tail, head]) => {
        const isHostLink = boxes[tail]!.kind !== 'switch' || boxes[head]!.kind !== 'switch'
        return {
          tail: `${tail}`,
          head: `${head}`,
          attributes: { len: isHostLink ? HOST_LINK_INCHES : LINK_INCHES },
        }
      }),
    },
    { engine: boxes.length <= SPRINGS_MAX ? 'neato' : 'sfdp', yInvert: true },
  ) as { readonly objects?: readonly { readonly name: string; readonly pos: string }[] }
  const centres: Point[] = []
  for (const { name, pos } of drawn.objects ?? []) {
    const [x, y] = pos.split(',').map(Number)
    centres[Number(name)] = { x: x!, y: y! }
  }
  return centres
}

/** Lines between two boxes: one per link, side by side; a single one where a block of hosts takes part. */
function wiresOf(boxes: readonly Box[], index: readonly [number, number], links: readonly string[]): Wire[] {
  const [a, b] = [boxes[index[0]]!, boxes[index[1]]!]
  const lanes = a.kind === 'hosts' || b.kind === 'hosts' ? [links] : links.map((link) => [link])
  const [p, q] = [centre(a), centre(b)]
  const length = Math.hypot(q.x - p.x, q.y - p.y) || 1
  return lanes.map((own, lane) => {
    const offset = (lane - (lanes.length - 1) / 2) * PARALLEL_GAP
    const shift = { x: (-(q.y - p.y) / length) * offset, y: ((q.x - p.x) / length) * offset }
    const [from, to] = [moved(p, shift), moved(q, shift)]
    return { links: own, from: atEdge(a, from, to), to: atEdge(b, to, from), boxes: [index[0], index[1]] }
  })
}

const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
const moved = (point: Point, by: Point): Point => ({ x: point.x + by.x, y: point.y + by.y })

/** Where the line from a point inside the box towards another point leaves the box. */
function atEdge(box: Box, inside: Point, towards: Point): Point {
  const dx = towards.x - inside.x
  const dy = towards.y - inside.y
  const sideX = dx > 0 ? box.x + box.width : box.x
  const sideY = dy > 0 ? box.y + box.height : box.y
  const share = Math.min(1, dx === 0 ? 1 : (sideX - inside.x) / dx, dy === 0 ? 1 : (sideY - inside.y) / dy)
  return { x: inside.x + dx * Math.max(0, share), y: inside.y + dy * Math.max(0, share) }
}
