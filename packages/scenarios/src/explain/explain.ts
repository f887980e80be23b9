import {
  type ExplainedLookup,
  type Network,
  type PolicyExplanation,
  walk,
  type WalkResult,
} from '@weft/fabric'
import { answerTo } from './answer-to.ts'
import { describeHop, type ExplainedHop } from './explained-hop.ts'
import { type ExplainedService, explainRules, serviceOf } from './explain-rules.ts'
import type { ExplainedRequest } from './explain-request.ts'
import { type NetworkAt, networkAt, type PlayedScenario } from './network-at.ts'
import { protocolNumber, type TransportName } from './protocols.ts'
import type { LookupWay } from './lookup-way.ts'
import type { Resolution } from './srv.ts'

export interface ExplainQuestion {
  /** Address ids are looked up from host names or addresses by `endpointsOf`. */
  readonly from: Endpoint
  readonly to: Endpoint
  readonly protocol: TransportName
  readonly port: number
  /** Absent: every member of every ECMP group is shown with its weight. */
  readonly sourcePort?: number
  readonly atPs: number
}

export interface Endpoint {
  /** Name of a host, of a service, or what was asked for where it is none of these. */
  readonly host: string
  /** Text form; empty where a name stands for no address. */
  readonly address: string
  /** Nobody in the scenario has the address, and no way leads to the internet, or none to such an address. */
  readonly isNobodys?: true
}

/** A packet's way and the reply's, hop by hop. */
export interface Explanation {
  readonly schema: 1
  readonly verdict: 'delivered' | 'partly delivered' | 'dropped' | 'unresolved'
  readonly reason: string | null
  /** Where it was dropped. */
  readonly at: string | null
  /** Share of the ECMP ways that arrive. */
  readonly delivered: number
  readonly question: ExplainQuestion
  /** What is taken otherwise than a name in the question may say. */
  readonly notes: readonly string[]
  /** How the sender looks up the receiver's name; null where it was not given by one. */
  readonly resolution: Resolution | null
  /** What an ingress controller does with the request; null where the receiver was not given by a URL that one serves. */
  readonly request: ExplainedRequest | null
  /** What a service's address is translated to; null where the packet goes to none. */
  readonly service: ExplainedService | null
  /** What policies say of the packet as it goes, where any act; of a service's endpoints each has its own. */
  readonly rule: PolicyExplanation | null
  /** Of a reply: the nodes that know the connection, so that no policy is asked there; of what opens one none. */
  readonly established: readonly string[]
  readonly hops: readonly ExplainedHop[]
  readonly drops: readonly ExplainedDrop[]
  /** The other direction; null in the reply itself, and where nothing arrives that could be replied to. */
  readonly reply: Explanation | null
}

export interface ExplainedDrop {
  readonly node: string
  readonly reason: string
  readonly share: number
  /** The sender is told at once, by RST or an ICMP error; absent: it is not. */
  readonly isRefused?: true
}

/** IP bytes of the packet that is followed: a full Ethernet payload. */
const PROBE_BYTES = 1500

/** Follows a packet of this scenario at an instant, and the reply to it, through the forwarding decisions themselves. */
export function explain(scenario: PlayedScenario, question: ExplainQuestion): Explanation {
  const at = networkAt(scenario, question.atPs, { asked: [question.from.address, question.to.address] })
  const { explanation: forward, hops } = explainOneWay(at, question, { drawsPorts: true })
  if (forward.delivered === 0) return forward
  // as the receiver saw it, which may be by an address of its own on the internet
  const { from, sourcePort } = forward.question
  const { addresses } = at.network
  const { by, arrived, rewrites } = answerTo(at.network, forward, hops)
  const { explanation: reply } = explainOneWay(
    at,
    {
      ...question,
      from: by,
      to: { ...from, address: addresses.textOf(arrived.source) },
      port: arrived.sourcePort,
      sourcePort: arrived.destinationPort,
    },
    // without the client's port the reply's hash is unknown too
    { isAnswer: true, rewrites, isOfAnyPort: sourcePort === undefined },
  )
  return { ...forward, reply }
}

/** By what the lookup came to; of what was found, no address is of the sender's family. */
const UNRESOLVED_REASONS: Readonly<Record<ExplainedLookup['outcome'], string>> = {
  found: 'no-common-family',
  'no-data': 'no-address',
  'no-name': 'nxdomain',
  alias: 'no-dns-answer',
  refused: 'no-dns-answer',
  failed: 'no-dns-answer',
}

/** The question to the cluster's DNS, where it is lost on its way and nobody else knew the name. */
const lostOf = ({ way, outcome }: Resolution): LookupWay | undefined =>
  way?.delivered === 0 && outcome === 'failed' ? way : undefined

/** What is told where a name stands for no address that the sender could use: nothing is sent. */
export const unresolved = (question: ExplainQuestion, resolution: Resolution): Explanation => ({
  schema: 1,
  verdict: 'unresolved',
  reason: lostOf(resolution)?.reason ?? UNRESOLVED_REASONS[resolution.outcome],
  at: lostOf(resolution)?.at ?? null,
  delivered: 0,
  question,
  notes: [],
  resolution,
  request: null,
  service: null,
  rule: null,
  established: [],
  hops: [],
  drops: [],
  reply: null,
})

type Way = Pick<Parameters<typeof walk>[1], 'isAnswer' | 'rewrites' | 'isOfAnyPort' | 'drawsPorts'>

/** One direction alone, by default that of a packet which opens a connection. */
export function explainOneWay(
  at: NetworkAt,
  asked: ExplainQuestion,
  way: Way = {},
): { readonly explanation: Explanation } & Pick<WalkResult, 'hops'> {
  const { network } = at
  const question = way.isAnswer === true ? asked : asSeen(network, asked)
  const connection = {
    source: network.addresses.intern(question.from.address),
    destination: network.addresses.intern(question.to.address),
    protocol: protocolNumber(question.protocol),
    destinationPort: question.port,
  }
  const result = walk(
    network,
    {
      ...connection,
      ...(question.sourcePort === undefined ? {} : { sourcePort: question.sourcePort }),
      sizeBytes: PROBE_BYTES,
      ...way,
    },
    at.linkUp,
    at.nodeUp,
  )
  const first = result.drops[0]
  const isAnswer = way.isAnswer === true
  const { nodes } = network.topology
  const service = isAnswer ? null : serviceOf(network, connection, result.hops)
  const explanation: Explanation = {
    schema: 1,
    verdict: result.drops.length === 0 ? 'delivered' : result.delivered > 0 ? 'partly delivered' : 'dropped',
    reason: first?.reason ?? null,
    at: first === undefined ? null : nodes[first.node]!.name,
    delivered: result.delivered,
    question,
    notes: [],
    resolution: null,
    request: null,
    service,
    rule: (isAnswer || service !== null ? undefined : explainRules(network, connection)) ?? null,
    established: [...new Set(result.hops.flatMap((hop) => (hop.isKnown ? [nodes[hop.node]!.name] : [])))],
    hops: result.hops.map((hop) => describeHop(at, hop)),
    drops: result.drops.map(({ node, ...drop }) => ({ node: nodes[node]!.name, ...drop })),
    reply: null,
  }
  return { explanation, hops: result.hops }
}

/** By the addresses that ends show each other: to the internet, a workload's own public one. */
function asSeen(network: Network, question: ExplainQuestion): ExplainQuestion {
  const { addresses } = network
  const [from, to] = [sentFrom(network, question.from), addresses.intern(question.to.address)]
  const seen = (near: number, far: number) => addresses.textOf(network.facing(near, far))
  return {
    ...question,
    from: { ...question.from, address: seen(from, to) },
    to: { ...question.to, address: seen(to, from) },
  }
}

/** The sender's address: another one where what he is known by went to whoever takes his place. */
function sentFrom(network: Network, { host, address }: Endpoint): number {
  const { addresses, topology } = network
  const known = addresses.intern(address)
  if (!topology.hasNode(host)) return known
  const node = topology.nodeIndex(host)
  return network.hostOf(known) === node ? known : network.substituteFor(known, node)
}

/** The endpoint that a host's name, or one of its addresses, stands for; undefined when there is none such. */
export function findEndpoint(network: Network, text: string, family: 'ipv4' | 'ipv6'): Endpoint | undefined {
  const { topology, addresses } = network
  if (topology.hasNode(text) && topology.isHost(topology.nodeIndex(text))) {
    const address = network.addressOf(text, family)
    return address === undefined ? undefined : { host: text, address: addresses.textOf(address) }
  }
  const address = findAddress(network, text)
  const node = address === undefined ? undefined : network.hostOf(address)
  if (address === undefined || node === undefined || addresses.isIpv6(address) !== (family === 'ipv6'))
    return undefined
  return { host: topology.nodes[node]!.name, address: addresses.textOf(address) }
}

/** In any of its forms; what is no address at all is none of a host. */
function findAddress({ addresses }: Network, text: string): number | undefined {
  try {
    return addresses.find(text)
  } catch {
    return undefined
  }
}
