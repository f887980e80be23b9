import { constant, exponential, InvariantError, type RandomStream } from '@weft/core'
import type { FlowBlueprint, OfferedBlueprint, TrafficBlueprint } from '../blueprint/traffic.ts'
import type { Network } from '../build/network.ts'
import { FlowArrivals, type FlowExchange, type StartFlow } from './flow-arrivals.ts'
import { FlowList } from './flow-list.ts'
import { type Pairs, resolvePairs } from './pairs.ts'
import { rateCurve } from './rate-curve.ts'
import { senderRateBps } from './sender-rate.ts'
import { sizeDistribution, wholeBytes } from './sizes.ts'

/** What traffic is handed to: the transports of whatever clock runs it. */
export interface TrafficTarget {
  readonly startFlow: StartFlow
  /** Starts an open-loop stream of one sender. */
  readonly startStream: (stream: StreamRequest) => void
}

export interface StreamRequest {
  readonly from: string
  readonly to: string
  readonly offered: Extract<OfferedBlueprint, { kind: 'stream' }>
  /** No packet leaves from here on. */
  readonly stopPs: number
  /** What gaps are drawn from. */
  readonly random: RandomStream
}

/** Turns one traffic of a blueprint into flows and streams that start in time. */
export class TrafficSources {
  readonly #network: Network
  readonly #traffic: TrafficBlueprint
  readonly #arrivalsEndPs: number

  constructor(traffic: TrafficBlueprint, network: Network, arrivalsEndPs: number, target: TrafficTarget) {
    this.#network = network
    this.#traffic = traffic
    this.#arrivalsEndPs = arrivalsEndPs
    const { sim } = network
    const { name, offered } = traffic
    if (offered.kind === 'list') {
      new FlowList(sim, name, offered.flows, target.startFlow)
      return
    }
    const pairs = resolvePairs(traffic.pairs, sim.random(`${name}/pairs`))
    if (offered.kind === 'flows') this.#startArrivals(pairs, target.startFlow)
    else if (offered.kind === 'burst') new FlowList(sim, name, burstFlows(pairs, offered), target.startFlow)
    else this.#startStreams(pairs, offered, target)
  }

  #startStreams(pairs: Pairs, offered: StreamRequest['offered'], target: TrafficTarget): void {
    const stopPs = Math.min(offered.stopPs ?? this.#arrivalsEndPs, this.#arrivalsEndPs)
    pairs.senders.forEach((from, sender) => {
      const random = this.#network.sim.random(`${this.#traffic.name}/${from}`)
      target.startStream({ from, to: pairs.draw(sender, random), offered, stopPs, random })
    })
  }

  #startArrivals(pairs: Pairs, start: StartFlow): void {
    const { name, offered } = this.#traffic
    if (offered.kind !== 'flows') throw new InvariantError(`traffic "${name}" has no arrivals`)
    const sizes = sizeDistribution(offered.sizes)
    const { profile } = offered
    const exchange = exchangeOf(offered)
    const ratesPerSecond = pairs.senders.map((sender) =>
      senderFlowsPerSecond(offered, senderRateBps(this.#network.topology, sender), pairs.senders.length),
    )
    const stopPs = Math.min(offered.stopPs ?? this.#arrivalsEndPs, this.#arrivalsEndPs)
    new FlowArrivals(this.#network.sim, {
      name,
      pairs,
      sizes,
      ...(exchange === undefined ? {} : { exchange }),
      ratesPerSecond,
      ...(profile === undefined ? {} : { curve: rateCurve(profile) }),
      startPs: offered.startPs,
      stopPs,
      start,
    })
  }
}

/** Flows per second of one of so many senders, with a link of this rate. */
export function senderFlowsPerSecond(
  { rate, sizes }: Extract<OfferedBlueprint, { kind: 'flows' }>,
  rateBps: number,
  senders: number,
): number {
  if ('load' in rate) return (rate.load * rateBps) / (8 * sizeDistribution(sizes).mean)
  return 'flowsPerSecond' in rate ? rate.flowsPerSecond : rate.totalPerSecond / senders
}

/** What flows are besides their bytes; undefined where they are nothing else. */
function exchangeOf({
  response,
  hold,
}: Extract<OfferedBlueprint, { kind: 'flows' }>): ((stream: RandomStream) => FlowExchange) | undefined {
  if (response === undefined && hold === undefined) return undefined
  const answers = response === undefined ? undefined : sizeDistribution(response)
  const holds =
    hold === undefined ? undefined : hold.kind === 'constant' ? constant(hold.ps) : exponential(hold.meanPs)
  return (stream) => ({
    responseBytes: answers === undefined ? 0 : wholeBytes(answers.sample(stream)),
    holdPs: holds === undefined ? 0 : Math.round(holds.sample(stream)),
  })
}

function burstFlows(pairs: Pairs, burst: { readonly bytes: number; readonly atPs: number }): FlowBlueprint[] {
  return pairs.senders.flatMap((from, sender) =>
    pairs.receiversOf(sender).map((to) => ({ startPs: burst.atPs, from, to, bytes: burst.bytes })),
  )
}
