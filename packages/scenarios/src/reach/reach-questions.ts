import {
  ARRIVES,
  IS_LOST,
  type LinkState,
  type Network,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  type ReachQuestion,
  type Topology,
  walk,
} from '@weft/fabric'
import type { ReachExpectation } from '../compile/questions/reach.ts'

/** IP bytes of the packet that is followed: a full Ethernet payload. */
const PROBE_BYTES = 1500

/** What an expectation asks of a network's hosts. */
export function questionOf(
  { kind, from, to, protocol, port, family }: ReachExpectation,
  topology: Topology,
): ReachQuestion {
  return {
    from: from.map((host) => topology.nodeIndex(host)),
    to: to.map((host) => topology.nodeIndex(host)),
    wanted: kind === 'reachable' ? ARRIVES : IS_LOST,
    probe: {
      protocol: protocol === 'tcp' ? PROTOCOL_TCP : PROTOCOL_UDP,
      destinationPort: port,
      ...(family !== undefined && { family }),
    },
  }
}

/** A pair that an expectation does not hold for, and what became of its packets. */
export interface BrokenPair {
  readonly from: string
  readonly to: string
  /** Share of the ways that arrive. */
  readonly delivered: number
  /** Why packets are lost, and where most of them; absent where all arrive. */
  readonly reason?: string
  readonly place?: string
}

/** Follows a pair's packet by the routes that are installed, on what is up. */
export function brokenPair(
  network: Network,
  state: LinkState,
  { from, to }: { readonly from: number; readonly to: number },
  { probe = {} }: ReachQuestion,
): BrokenPair {
  const { nodes } = network.topology
  const names = { from: nodes[from]!.name, to: nodes[to]!.name }
  const families = probe.family === undefined ? (['ipv4', 'ipv6'] as const) : [probe.family]
  for (const family of families) {
    const [source, destination] = [names.from, names.to].map((host) => network.addressOf(host, family))
    if (source === undefined || destination === undefined) continue
    const { protocol = PROTOCOL_TCP, destinationPort = 0 } = probe
    const { delivered, drops } = walk(
      network,
      { source, destination, protocol, destinationPort, sizeBytes: PROBE_BYTES },
      (link) => state.usable(link),
      (node) => state.nodeUp[node] === 1,
    )
    if (drops.length === 0) return { ...names, delivered }
    const { reason, node } = drops.reduce((most, drop) => (drop.share > most.share ? drop : most))
    return { ...names, delivered, reason, place: nodes[node]!.name }
  }
  return { ...names, delivered: 0, reason: 'no-common-address-family', place: names.from }
}

/** `a → b, no-route at ord1/leaf-0`, or how many of the ways; `a → b, arrives`. */
export function pairText({ from, to, delivered, reason, place }: BrokenPair): string {
  const ways = delivered > 0 && delivered < 1 - 1e-12 ? ` on ${share(1 - delivered)} of its ways` : ''
  return `${from} → ${to}, ${reason === undefined ? 'arrives' : `${reason} at ${place}${ways}`}`
}

const share = (part: number): string => `${Number((100 * part).toPrecision(3))}%`
