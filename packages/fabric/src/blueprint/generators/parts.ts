import type {
  Framing,
  HostBlueprint,
  InterfaceBlueprint,
  LinkBlueprint,
  NodeBlueprint,
  QueueBlueprint,
} from '../network.ts'
import { naturalCompare, sortedByName } from '../natural-order.ts'

/** What a generator gives: nodes and links sorted by name, hosts without addresses (see `assignAddresses`). */
export interface FabricParts {
  readonly nodes: readonly NodeBlueprint[]
  readonly links: readonly LinkBlueprint[]
}

/** How many of each there will be, known before anything is built. */
export interface Inventory {
  readonly hosts: number
  readonly switches: number
  readonly links: number
}

/** Everything that links of one tier have in common. */
export interface LinkOptions {
  readonly rateBps: number
  /** Propagation delay of one direction. */
  readonly delayPs: number
  readonly framing: Framing
  readonly bitErrorRate: number
  readonly cost: number
  readonly weight?: number
  /** The transmit queue at a switch. */
  readonly queue: QueueBlueprint
  /** The transmit queue at a host. */
  readonly nicQueue: QueueBlueprint
}

/** One end of a link to be. */
export interface End {
  readonly name: string
  readonly isHost: boolean
}

/** Ends named `prefix-0`, `prefix-1` ...: made once, as every link that has one shares its name. */
export const switchEnds = (prefix: string, count: number): End[] =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}-${index}`, isHost: false }))

/** The name of the n-th link (from 1) between two nodes: the ends in natural order, `#2` and up behind parallel ones. */
export function linkName(a: string, b: string, ordinal = 1): string {
  return naturalCompare(a, b) <= 0 ? orderedLinkName(a, b, ordinal) : orderedLinkName(b, a, ordinal)
}

const orderedLinkName = (first: string, second: string, ordinal: number): string =>
  ordinal === 1 ? `${first}:${second}` : `${first}:${second}#${ordinal}`

export function makeLink(a: End, b: End, ordinal: number, tier: string, options: LinkOptions): LinkBlueprint {
  const [first, second] = naturalCompare(a.name, b.name) <= 0 ? [a, b] : [b, a]
  const { rateBps, delayPs, framing, bitErrorRate, cost, weight, queue, nicQueue } = options
  const link = {
    name: orderedLinkName(first.name, second.name, ordinal),
    ends: [first.name, second.name] as const,
    rateBps,
    delayPs,
    tier,
    framing,
    bitErrorRate,
    queues: [first.isHost ? nicQueue : queue, second.isHost ? nicQueue : queue] as const,
    cost,
  }
  return weight === undefined ? link : { ...link, weight }
}

/** A host whose links form one bond, or one interface each. */
export function makeHost(name: string, links: readonly string[], bond: boolean): HostBlueprint {
  const interfaces: InterfaceBlueprint[] = bond
    ? [{ name: 'bond0', addresses: [], links }]
    : links.map((link, index) => ({ name: `eth${index}`, addresses: [], links: [link] }))
  return { kind: 'host', name, interfaces }
}

export function sortedParts(parts: FabricParts): FabricParts {
  return { nodes: sortedByName(parts.nodes), links: sortedByName(parts.links) }
}
