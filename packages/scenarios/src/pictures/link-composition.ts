import { LinkState, type Network, wireBytes } from '@weft/fabric'
import { type Attachments, attachmentsOf, placesOf } from './attachments.ts'
import type { NamedFlow } from './flow-matrix.ts'
import { GroupWalks } from './group-walks.ts'

/** What a direction of a link carries, by who sends to whom. */
export interface LinkComposition {
  /** Bit/s on the wire. */
  readonly loadBps: number
  /** Largest first; places are the switches that hosts hang off. */
  readonly parts: readonly {
    readonly from: string
    readonly to: string
    /** Flows between hosts. */
    readonly flows: number
    /** On the wire of this direction. */
    readonly loadBps: number
    /** Of what these hosts send to each other, how much crosses it. */
    readonly share: number
  }[]
}

interface Part {
  from: string
  to: string
  flows: number
  sentBps: number
  loadBps: number
}

/**
 * Takes the load of a direction, `a → b`, apart, while these nodes and links are down and routing has converged on that.
 * Packets have the given size. Leaves the network's routes as they were.
 */
export function linkComposition(
  network: Network,
  flows: readonly NamedFlow[],
  { direction, down, packetBytes }: { direction: string; down: readonly string[]; packetBytes: number },
): LinkComposition {
  const { topology } = network
  const number = directionNamed(network, direction)
  const link = topology.links[number >> 1]!
  const sender = topology.linkNodes[number >> 1]![number & 1]!
  const port = topology.linkPorts[number >> 1]![number & 1]!
  const onWire = wireBytes(link.framing, packetBytes) / packetBytes
  const attachments = attachmentsOf(topology)
  const state = stateWithout(network, down)
  const before = network.routes
  network.installRoutes(state)
  try {
    const walks = new GroupWalks(network, attachments, state)
    const hosts = topology.linkNodes[number >> 1]!.filter((node) => topology.isHost(node))
    const shareOf = (source: number, destination: number) => {
      // hosts do not pass on what others send
      if (hosts.length > 0 && !hosts.includes(source) && !hosts.includes(destination)) return 0
      // hosts that are alike share all links but their own
      const walked =
        hosts.length > 0
          ? walks.ofHosts(source, destination)
          : walks.between(attachments.of[source]!, attachments.of[destination]!)
      return (walked?.hops ?? []).reduce((sum, { node, outcome }) => {
        if (node !== sender || outcome.kind !== 'forwarded') return sum
        return sum + outcome.members.reduce((own, each) => own + (each.port === port ? each.share : 0), 0)
      }, 0)
    }
    return sumUp(network, flows, attachments, shareOf, onWire)
  } finally {
    network.install(before)
  }
}

function sumUp(
  { topology }: Network,
  flows: readonly NamedFlow[],
  attachments: Attachments,
  shareOf: (source: number, destination: number) => number,
  onWire: number,
): LinkComposition {
  const places = placesOf(attachments)
  const parts = new Map<string, Part>()
  for (const { from, to, rateBps } of flows) {
    const ends = [topology.nodeIndex(from), topology.nodeIndex(to)] as const
    const loadBps = rateBps * shareOf(...ends) * onWire
    if (loadBps === 0) continue
    const [a, b] = ends.map((host) => places.names[places.of[attachments.of[host]!]!]!) as [string, string]
    const key = JSON.stringify([a, b])
    const part = parts.get(key) ?? { from: a, to: b, flows: 0, sentBps: 0, loadBps: 0 }
    part.flows++
    part.sentBps += rateBps
    part.loadBps += loadBps
    parts.set(key, part)
  }
  const sorted = [...parts.values()].sort((a, b) => b.loadBps - a.loadBps)
  return {
    loadBps: sorted.reduce((sum, part) => sum + part.loadBps, 0),
    parts: sorted.map(({ from, to, flows: count, sentBps, loadBps }) => ({
      from,
      to,
      flows: count,
      loadBps,
      share: loadBps / onWire / sentBps,
    })),
  }
}

/** 2 × link + end. */
function directionNamed({ topology }: Network, name: string): number {
  for (let direction = 0; direction < 2 * topology.links.length; direction++)
    if (topology.directionName(direction >> 1, (direction & 1) as 0 | 1) === name) return direction
  throw new RangeError(`no direction "${name}"`)
}

function stateWithout({ topology }: Network, down: readonly string[]): LinkState {
  const state = new LinkState(topology)
  for (const name of down) {
    if (topology.hasNode(name)) state.nodeUp[topology.nodeIndex(name)] = 0
    else state.linkUp[topology.linkIndex(name)] = 0
  }
  return state
}
