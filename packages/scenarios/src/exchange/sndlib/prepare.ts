import { noteLosses } from '../losses.ts'
import { Namer, SNDLIB_NAMES } from '../names.ts'
import type { ExchangeNetwork } from '../network.ts'
import type { Notes } from '../notes.ts'
import type { SndNetwork } from './model.ts'

const MBPS = 1e6
const LINE = 1

/** Our network in SNDlib's words, in Mbit/s, for both of its formats; what they cannot hold is noted. */
export function sndNetworkOf(network: ExchangeNetwork, notes: Notes): SndNetwork {
  noteLosses(network, { links: ['rateBps', 'cost'], nodes: false, demands: true }, notes)
  const ids = identifiers(network, notes)
  const linkIds = new Namer(SNDLIB_NAMES)
  const demandIds = new Namer(SNDLIB_NAMES)
  const hasCosts = network.links.some(({ cost }) => cost !== undefined)
  return {
    meta: new Map([['unit', { value: 'MBITPERSEC', line: LINE }]]),
    coordinates: 'pixel',
    nodes: network.nodes.map(({ id }) => ({ id: ids.get(id)!, line: LINE, x: 0, y: 0 })),
    links: network.links.map(({ ends, rateBps = 0, cost = 1 }) => {
      const [source, target] = ends.map((end) => ids.get(end)!) as [string, string]
      return {
        id: linkIds.name(`${source}_${target}`, 'link'),
        line: LINE,
        source,
        target,
        preInstalled: { capacity: rateBps / MBPS, cost: 0 },
        routingCost: hasCosts ? cost : 0,
        setupCost: 0,
        modules: [],
      }
    }),
    demands: network.demands.map(({ name, from, to, rateBps }) => ({
      id: demandIds.name(name ?? `${ids.get(from)}_${ids.get(to)}`, 'demand'),
      line: LINE,
      source: ids.get(from)!,
      target: ids.get(to)!,
      routingUnit: 1,
      value: rateBps / MBPS,
      admissiblePaths: 0,
    })),
  }
}

function identifiers({ nodes }: ExchangeNetwork, notes: Notes): Map<string, string> {
  const namer = new Namer(SNDLIB_NAMES)
  const ids = new Map<string, string>()
  for (const { id } of nodes) {
    const name = namer.name(id, 'node')
    ids.set(id, name)
    if (name !== id)
      notes.add('node', { name: `${id} as ${name}` }, 'a name that is no identifier of SNDlib', 'renamed')
  }
  return ids
}

/** A number as its shortest text without an exponent: a picobit at the least. */
export function decimal(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text
}
