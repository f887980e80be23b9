import { type Network, type PacketEnds, type Rewrite, rewritesOn, type WalkResult } from '@weft/fabric'
import type { Explanation } from './explain.ts'

/** How a packet that arrived is answered. */
export interface AnswerTo {
  /** Whoever got it: of a service, one of the endpoints that are reached. */
  readonly by: { readonly host: string; readonly address: string }
  /** The packet as it arrived there. */
  readonly arrived: PacketEnds
  /** What it had become on its way, wherever that was. */
  readonly rewrites: readonly Rewrite[]
}

/** Who answers a packet that arrived, as what it came there, and where the answer is to be rewritten. */
export function answerTo(network: Network, forward: Explanation, hops: WalkResult['hops']): AnswerTo {
  const { addresses } = network
  const { from, to, port, sourcePort = 0 } = forward.question
  const by = answering(network, forward)
  const rewrites = rewritesOn(network, hops)
  const receiver = addresses.intern(by.address)
  const sent = {
    source: addresses.intern(from.address),
    sourcePort,
    destination: addresses.intern(to.address),
    destinationPort: port,
  }
  const last = rewrites.filter(({ after }) => after.destination === receiver).at(-1)
  return { by, arrived: last?.after ?? sent, rewrites }
}

/** Of a service, one of the endpoints that are reached. */
function answering(network: Network, { service, question }: Explanation): AnswerTo['by'] {
  const reached = service?.endpoints.find(({ rule }) => rule.verdict === 'accept')
  if (reached === undefined) return question.to
  const node = network.hostOf(network.addresses.intern(reached.address))!
  return { host: network.topology.nodes[node]!.name, address: reached.address }
}
