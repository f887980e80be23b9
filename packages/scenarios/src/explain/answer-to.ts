import type { Network, Translated } from '@weft/fabric'
import { isOutside } from '../compile/hosts.ts'
import type { Endpoint, Explanation } from './explain.ts'

/** How a packet that arrived is answered. */
export interface AnswerTo {
  readonly by: Endpoint
  /** What the receiver takes the sender for: a gateway, or a server that is called at a node port; undefined: itself. */
  readonly stoodFor?: { readonly address: string; readonly port: number | undefined }
  /** What the answer becomes there: from what was called, to the sender. */
  readonly turn?: Translated
}

/** Who answers a packet that arrived, whom, and by way of what. */
export function answerTo(network: Network, forward: Explanation): AnswerTo {
  const by = answering(network, forward)
  const stoodFor = standIn(network, forward, by)
  if (stoodFor === undefined) return { by }
  const { addresses } = network
  const { from, to, port, sourcePort = 0 } = forward.question
  const [source, destination] = [to, from].map(({ address }) => addresses.intern(address)) as [number, number]
  return { by, stoodFor, turn: { source, sourcePort: port, destination, destinationPort: sourcePort } }
}

/** Of a service, one of the endpoints that are reached. */
function answering(network: Network, { service, question }: Explanation): Endpoint {
  const reached = service?.endpoints.find(({ rule }) => rule.verdict === 'accept')
  if (reached === undefined) return question.to
  const node = network.hostOf(network.addresses.intern(reached.address))!
  return { host: network.topology.nodes[node]!.name, address: reached.address }
}

/** Of the edge of a region, to a receiver that is itself behind one; or a server. */
function standIn(network: Network, { hops, question }: Explanation, by: Endpoint): AnswerTo['stoodFor'] {
  const { edges, addresses } = network
  if (isOutside(question.to.host)) return undefined
  const translated = hops.flatMap((hop) => hop.translated ?? [])
  const last = translated.filter(({ destination }) => destination === by.address).at(-1) ?? translated.at(-1)
  if (last === undefined || last.source === question.from.address) return undefined
  const source = addresses.intern(last.source)
  const isKnown = edges?.owns(source) === true || network.hostOf(source) !== undefined
  return isKnown ? { address: last.source, port: last.sourcePort ?? undefined } : undefined
}
