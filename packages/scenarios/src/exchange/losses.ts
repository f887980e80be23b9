import {
  demandText,
  type ExchangeDemand,
  type ExchangeLink,
  type ExchangeNetwork,
  linkText,
} from './network.ts'
import type { Notes } from './notes.ts'

const LINK_WORDS = {
  rateBps: 'a rate',
  delayPs: 'a delay of its own',
  cost: 'a cost',
  weight: 'a weight',
  bitErrorRate: 'a bit error rate',
  overheadBytes: 'a framing of its own',
  slotBytesMin: 'a least slot of its own',
  tier: 'a tier',
} satisfies Partial<Record<keyof ExchangeLink, string>>

type LinkProperty = keyof typeof LINK_WORDS

/** For formats that can hold whatever a link may have. */
export const ALL_OF_LINKS = Object.keys(LINK_WORDS) as readonly LinkProperty[]

/** What a format can hold beside nodes, links and parallel links. */
export interface Holds {
  readonly links: readonly LinkProperty[]
  /** Kinds, tiers and bonds. */
  readonly nodes: boolean
  /** By their rates alone. */
  readonly demands: boolean
}

/** Notes everything in the network that the format cannot hold. */
export function noteLosses({ nodes, links, demands }: ExchangeNetwork, holds: Holds, notes: Notes): void {
  const lost = ALL_OF_LINKS.filter((key) => !holds.links.includes(key))
  for (const link of links)
    for (const key of lost)
      if (link[key] !== undefined) notes.add('link', { name: linkText(link) }, LINK_WORDS[key], 'lost')
  if (!holds.nodes) {
    for (const { id, kind, tier, bond } of nodes) {
      if (kind === 'host')
        notes.add(
          'host',
          { name: id },
          'a node like any other in this format',
          'name it to weft import with --host-nodes',
        )
      if (tier !== undefined) notes.add('switch', { name: id }, 'a tier', 'lost')
      if (bond === true) notes.add('host', { name: id }, 'a bond of its links', 'lost')
    }
  }
  if (!holds.demands)
    for (const { from, to } of demands)
      notes.add('demand', { name: `${from} -> ${to}` }, 'no place for it in this format', 'left out')
  else for (const demand of demands) noteBesideRate(demand, notes)
}

/** What an imported demand is taken to have where nobody says. */
const USUAL_PACKET_BYTES = 1500
const ROUNDING = 1e-9

function noteBesideRate(demand: ExchangeDemand, notes: Notes): void {
  const { rateBps, packetsPerSecond, connectionsPerSecond } = demand
  const element = { name: demandText(demand) }
  const usual = rateBps / 8 / USUAL_PACKET_BYTES
  if (packetsPerSecond !== undefined && Math.abs(packetsPerSecond - usual) > ROUNDING * usual)
    notes.add('demand', element, 'packets per second of its own', 'its mean rate alone is kept')
  if (connectionsPerSecond! > 0) notes.add('demand', element, 'new connections per second', 'lost')
}
