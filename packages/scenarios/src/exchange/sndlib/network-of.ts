import { printRate } from '@weft/core'
import { given } from '../given.ts'
import { placeOf } from '../geography.ts'
import type { ExchangeDemand, ExchangeLink, ExchangeNetwork, ExchangeNode } from '../network.ts'
import type { Notes } from '../notes.ts'
import { inBps } from '../rates.ts'
import type { ReadOptions } from '../read-options.ts'
import type { Source } from '../source.ts'
import { capacityOf } from './capacity.ts'
import type { SndDemand, SndLink, SndNetwork, SndNode } from './model.ts'

const MBPS = 1e6
const COST_MAX = 65_535

/** The network of SNDlib in our words: units, coordinates and costs are decided here, for both of its formats. */
export function networkOf(
  found: SndNetwork,
  source: Source,
  notes: Notes,
  options: ReadOptions,
): ExchangeNetwork {
  const unitBps = unitOf(found, notes, options)
  const nodes = readNodes(found, source, notes)
  const costs = routingCosts(found.links, notes)
  const links = found.links.flatMap((link) => readLink(link, nodes, unitBps, costs, source, notes))
  noteTwins(found.links, notes)
  const demands = found.demands.flatMap((demand) => readDemand(demand, nodes, unitBps, source, notes))
  noteTriangle(found.demands, notes)
  for (const [name, { value, line }] of found.meta)
    if (name !== 'unit' && value !== '') notes.add('meta', { name, line }, 'no place for it in a scenario')
  source.check()
  return { nodes: [...nodes.values()], links, demands }
}

const UNITS = /^([KMGT])?(BIT|BYTE)S?(?:PER|\/)?S(?:EC(?:OND)?)?$/i
const PREFIXES: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

function unitOf({ meta, nodes }: SndNetwork, notes: Notes, { unitBps }: ReadOptions): number {
  if (unitBps !== undefined) return unitBps
  const unit = meta.get('unit')
  const found = unit === undefined ? null : UNITS.exec(unit.value)
  if (found !== null)
    return PREFIXES[(found[1] ?? '').toUpperCase()]! * (found[2]!.toUpperCase() === 'BYTE' ? 8 : 1)
  const line = unit?.line ?? nodes[0]?.line ?? 1
  const what =
    unit === undefined
      ? 'capacities and demands have no unit'
      : `the unit ${JSON.stringify(unit.value)} is unknown`
  notes.add('file', { name: 'as a whole', line }, what, `1 is taken as ${printRate(MBPS)} (--unit)`)
  return MBPS
}

function readNodes(
  { nodes, coordinates }: SndNetwork,
  source: Source,
  notes: Notes,
): Map<string, ExchangeNode> {
  const isGeographical =
    coordinates === 'geographical' || (coordinates === 'unstated' && looksGeographical(nodes))
  const read = new Map<string, ExchangeNode>()
  for (const { id, line, x, y } of nodes) {
    const known = read.get(id)
    if (known !== undefined) {
      source.refuse(line, `duplicate node ${JSON.stringify(id)}; it stands on line ${known.line} already`)
      continue
    }
    const isPlaced = isGeographical && x !== undefined && y !== undefined
    const place = isPlaced ? placeOf(y, x) : undefined
    if (isPlaced && place === undefined)
      notes.add('node', { name: id, line }, `${y}, ${x} are no coordinates in degrees`, 'left out')
    read.set(id, { id, line, kind: 'switch', ...given({ place }) })
  }
  if (!isGeographical && nodes.some(({ x, y }) => (x ?? 0) !== 0 || (y ?? 0) !== 0)) {
    const first = nodes[0]!
    notes.add(
      'file',
      { name: 'as a whole', line: first.line },
      'coordinates are pixels',
      'delays are not taken from them',
    )
  }
  return read
}

/** The native format leaves it open; degrees that differ from node to node are taken as such. */
function looksGeographical(nodes: readonly SndNode[]): boolean {
  const [first] = nodes
  return (
    nodes.every(({ x = 0, y = 0 }) => placeOf(y, x) !== undefined) &&
    nodes.some(({ x, y }) => x !== first!.x || y !== first!.y)
  )
}

type Nodes = ReadonlyMap<string, ExchangeNode>

function knows(nodes: Nodes, id: string, line: number, source: Source): boolean {
  if (nodes.has(id)) return true
  if (id !== '') source.refuseUnknown(line, 'node', id, nodes.keys(), 'expected the id of a node')
  return false
}

/** Whether routing costs can be the costs of shortest paths: whole numbers on every link. */
function routingCosts(links: readonly SndLink[], notes: Notes): boolean {
  const priced = links.filter(({ routingCost }) => routingCost !== 0)
  const isFit = ({ routingCost: cost }: SndLink) => Number.isInteger(cost) && cost >= 1 && cost <= COST_MAX
  if (priced.length === links.length && priced.every(isFit)) return true
  for (const { id, line } of priced)
    notes.add(
      'link',
      { name: id, line },
      `routing cost, and not all of them can be path costs (1 to ${COST_MAX} on every link)`,
      'left out',
    )
  return false
}

function readLink(
  link: SndLink,
  nodes: Nodes,
  unitBps: number,
  hasCosts: boolean,
  source: Source,
  notes: Notes,
): ExchangeLink[] {
  const { id, line, source: from, target: to } = link
  const element = { name: id, line }
  const known = [from, to].filter((end) => knows(nodes, end, line, source))
  if (known.length < 2) return []
  notes.add('link', element, 'a name', 'links are named by their ends in a scenario')
  if (link.setupCost !== 0) notes.add('link', element, 'a setup cost, which has no place in a scenario')
  if (link.preInstalled.cost !== 0)
    notes.add('link', element, 'a cost of its capacity, which has no place in a scenario')
  if (from === to) {
    notes.add('link', element, 'from a node to itself', 'left out')
    return []
  }
  const capacity = capacityOf(link, unitBps, source, notes)
  return [
    { ends: [from, to], line, ...capacity, ...given({ cost: hasCosts ? link.routingCost : undefined }) },
  ]
}

/** In the model of directed links every link has its opposite; the network file does not say which model is meant. */
function noteTwins(links: readonly SndLink[], notes: Notes): void {
  const counts = new Map<string, number>()
  for (const { source, target } of links) {
    const key = JSON.stringify([source, target])
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const hasTwin = ({ source, target }: SndLink) =>
    counts.get(JSON.stringify([source, target])) === counts.get(JSON.stringify([target, source]))
  if (links.length === 0 || !links.every(hasTwin)) return
  const { id, line } = links[0]!
  const what = 'an opposite, as all others have: the links may be directed'
  notes.add('link', { name: id, line }, what, 'each is kept as a link of both directions')
}

function readDemand(
  demand: SndDemand,
  nodes: Nodes,
  unitBps: number,
  source: Source,
  notes: Notes,
): ExchangeDemand[] {
  const { id, line, source: from, target: to, value, routingUnit } = demand
  const element = { name: id, line }
  const known = [from, to].filter((end) => knows(nodes, end, line, source))
  if (value < 0) source.refuse(line, `demand ${id} is ${value}; expected 0 or more`)
  if (routingUnit < 0) source.refuse(line, `the routing unit of ${id} is ${routingUnit}; expected 0 or more`)
  if (known.length < 2 || value < 0 || routingUnit < 0) return []
  if (demand.pathLengthMax !== undefined)
    notes.add(
      'demand',
      element,
      'a maximum path length, which has no place in a scenario',
      'it takes shortest paths',
    )
  if (demand.admissiblePaths > 0)
    notes.add(
      'demand',
      element,
      'a list of paths, which has no place in a scenario',
      'it takes shortest paths',
    )
  return [{ name: id, from, to, line, rateBps: inBps(value * routingUnit, unitBps) }]
}

/** A triangular matrix is that of undirected demands. */
function noteTriangle(demands: readonly SndDemand[], notes: Notes): void {
  const pairs = new Set(demands.map(({ source, target }) => JSON.stringify([source, target])))
  if (
    demands.length === 0 ||
    demands.some(({ source, target }) => pairs.has(JSON.stringify([target, source])))
  )
    return
  const { id, line } = demands[0]!
  const what = 'no opposite, nor has any other one: demands may be undirected'
  notes.add('demand', { name: id, line }, what, 'each goes from its source to its target')
}
