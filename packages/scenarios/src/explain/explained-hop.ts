import type { HopMember, Network, PacketEnds, WalkResult } from '@weft/fabric'
import type { NetworkAt } from './network-at.ts'

export interface ExplainedHop {
  readonly node: string
  readonly depth: number
  readonly share: number
  readonly action: 'forward' | 'deliver' | 'drop'
  /** Why, where it is dropped. */
  readonly reason: string | null
  /** The service that gave it one of its endpoints for a destination here. */
  readonly service: string | null
  /** What the packet bore before this node and bears behind it, where that changed it; null where it did not. */
  readonly before: ExplainedEnds | null
  readonly translated: ExplainedEnds | null
  /** The egress, or the members of the ECMP group it is chosen from. */
  readonly next: readonly ExplainedMember[]
}

/** Ports are null where the question does not say the client's. */
export interface ExplainedEnds {
  readonly source: string
  readonly sourcePort: number | null
  readonly destination: string
  readonly destinationPort: number | null
}

export interface ExplainedMember {
  /** `a → b`. */
  readonly link: string
  readonly node: string
  readonly weight: number
  readonly share: number
  readonly rateBps: number
  readonly up: boolean
}

/** In words and addresses, for a document. */
export function describeHop(at: NetworkAt, hop: WalkResult['hops'][number]): ExplainedHop {
  const { node, depth, share, outcome, service } = hop
  const isForwarded = outcome.kind === 'forwarded'
  return {
    node: at.network.topology.nodes[node]!.name,
    depth,
    share,
    action: isForwarded ? 'forward' : outcome.kind === 'delivered' ? 'deliver' : 'drop',
    reason: outcome.kind === 'dropped' ? outcome.reason : null,
    service: service ?? null,
    ...describeChange(at.network, hop),
    next: isForwarded ? outcome.members.map((member) => describeMember(at, node, member)) : [],
  }
}

/** A tunnel's outer header is no change: what is in it bears what it bore. */
function describeChange(
  network: Network,
  { before, translated }: WalkResult['hops'][number],
): Pick<ExplainedHop, 'before' | 'translated'> {
  if (before === undefined || translated === undefined) return { before: null, translated: null }
  const [old, now] = [describeEnds(network, before), describeEnds(network, translated)]
  const isSame = endsText(old) === endsText(now)
  return isSame ? { before: null, translated: null } : { before: old, translated: now }
}

function describeEnds({ addresses, edges }: Network, ends: PacketEnds): ExplainedEnds {
  const textOf = (address: number) => addresses.textOf(edges?.publicOf(address) ?? address)
  return {
    source: textOf(ends.source),
    sourcePort: ends.sourcePort === 0 ? null : ends.sourcePort,
    destination: textOf(ends.destination),
    destinationPort: ends.destinationPort === 0 ? null : ends.destinationPort,
  }
}

/** `10.0.0.1:any → 10.0.0.2:80`; IPv6 in brackets. */
export function endsText({ source, sourcePort, destination, destinationPort }: ExplainedEnds): string {
  const end = (address: string, port: number | null) =>
    `${address.includes(':') ? `[${address}]` : address}:${port ?? 'any'}`
  return `${end(source, sourcePort)} → ${end(destination, destinationPort)}`
}

function describeMember(at: NetworkAt, node: number, { port, weight, share }: HopMember): ExplainedMember {
  const { topology } = at.network
  const { link, neighbour } = topology.ports[node]![port]!
  const end = topology.linkNodes[link]![0] === node ? 0 : 1
  return {
    link: topology.directionName(link, end),
    node: topology.nodes[neighbour]!.name,
    weight,
    share,
    rateBps: topology.links[link]!.rateBps,
    up: at.linkUp(link),
  }
}
