import { refuse } from '@weft/core'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import { LinkState } from '../../../routing/topology.ts'
import { CONNECTIONS } from '../following/channels.ts'
import type { ClassDemands, ReceiverDemands } from '../following/demand-classes.ts'
import { Follower } from '../following/follower.ts'
import { binomialQuantile, requireConfidence } from './hash-imbalance.ts'
import { Probes } from '../following/probes.ts'
import type { SteadyClock } from '../steady-clock.ts'
import { NO_WAYS } from '../following/ways.ts'

export type FlowCount =
  /** Flows that every demand is made of at any time. */
  | { readonly flowsPerPair: number }
  /**
   * How long a connection lasts: a demand has its new connections per second times this. Those without any have
   * `flowsPerPair`: what comes back, say, whose connections the other direction counts.
   */
  | { readonly holdSeconds: number; readonly flowsPerPair?: number }

/** Offered load of every direction as an interval, bit/s on the wire; columns by direction, 2 × link + end. */
export interface LinkImbalance {
  readonly confidence: number
  readonly meanBps: Float64Array
  readonly lowBps: Float64Array
  readonly highBps: Float64Array
}

/**
 * What hashing few flows makes of the expected loads, with everything up and by the routes that are installed. Each flow
 * of a demand has the same rate, takes one path, and is hashed anew at every switch, so a direction gets it with the chance
 * q that is its share of the demand. The load is then a sum of independent flows with mean Σ b q and variance Σ b² q (1 - q);
 * its interval is that of the binomial with this mean and variance, which it is exactly where all flows are alike.
 * The interval of a direction holds for that one alone. Throws ConfigError where a component decides by more than routes.
 */
export function linkImbalance(clock: SteadyClock, flows: FlowCount, confidence = 0.95): LinkImbalance {
  requireConfidence(confidence)
  const moments = new Moments(clock, flows)
  moments.collect()
  const tail = (1 - confidence) / 2
  return {
    confidence,
    meanBps: moments.mean,
    lowBps: moments.mean.map((_, direction) => moments.quantile(tail, direction)),
    highBps: moments.mean.map((_, direction) => moments.quantile(1 - tail, direction)),
  }
}

/** Sums over flows by direction. */
class Moments {
  /** Σ b q, Σ b² q and Σ b² q² by direction. */
  readonly mean: Float64Array
  readonly #square: Float64Array
  readonly #squareShare: Float64Array
  readonly #clock: SteadyClock
  readonly #flows: FlowCount
  readonly #follower: Follower
  readonly #probes: Probes
  /** Channels of wire bits, one per framing; which of them each link has. */
  readonly #channels: readonly number[]
  readonly #framingOf: Int32Array
  /** Of the last `#measure`. */
  readonly #measured: Float64Array
  /** By range of the ways. */
  readonly #entries: string[] = []
  /** By node: the chance that a flow of the group at hand comes there. */
  readonly #chance: Float64Array

  constructor(clock: SteadyClock, flows: FlowCount) {
    const { network, index, ports, rateBps } = clock
    this.mean = new Float64Array(rateBps.length)
    this.#square = new Float64Array(rateBps.length)
    this.#squareShare = new Float64Array(rateBps.length)
    this.#clock = clock
    this.#flows = flows
    this.#follower = new Follower(network, index, ports, new LinkState(network.topology))
    this.#probes = new Probes(network)
    this.#chance = new Float64Array(network.topology.nodes.length)
    const { wireOf } = index.channels
    this.#channels = [...new Set(wireOf)]
    this.#framingOf = wireOf.map((channel) => this.#channels.indexOf(channel))
    this.#measured = new Float64Array(2 * this.#channels.length)
  }

  quantile(probability: number, direction: number): number {
    const mean = this.mean[direction]!
    if (mean === 0) return 0
    const perFlow = this.#square[direction]! / mean
    const chance = this.#squareShare[direction]! / this.#square[direction]!
    // by rounding, a chance of 1 may come out a little off
    if (chance > 1 - ROUNDING) return mean
    const trials = mean / (perFlow * chance)
    const whole = Math.round(trials)
    const isWhole = Math.abs(trials - whole) < ROUNDING * trials
    return perFlow * binomialQuantile(probability, isWhole ? whole : trials, chance)
  }

  collect(): void {
    const { isStraight, sorted } = this.#follower
    if (isStraight) for (const each of sorted.classes) this.#collectClass(each)
    this.#follower.free()
    this.#probes.free()
    if (!isStraight) refusePairwise()
  }

  /** Senders whose traffic enters alike make one group of flows that take each link with the same chance. */
  #collectClass(each: ClassDemands): void {
    const { index } = this.#clock
    const groups = new Map<string, FlowGroup>()
    for (const receiver of each.receivers) {
      for (const i of receiver.demands) {
        this.#measure(i)
        const range = this.#follower.origins.ranges[index.source[i]!]!
        this.#eachWay(range, (row, share) => this.#add(row, share, this.#measured))
        addMoments(this.#groupOf(groups, range), receiver, this.#measured)
      }
    }
    for (const group of groups.values()) {
      this.#spread(group, each)
      this.#handOver(group, each)
    }
  }

  #groupOf(groups: Map<string, FlowGroup>, range: number): FlowGroup {
    this.#entries[range] ??= this.#entryOf(range)
    const key = this.#entries[range]!
    let group = groups.get(key)
    if (group === undefined) {
      group = { range, moments: new Float64Array(this.#measured.length), receivers: new Map() }
      groups.set(key, group)
    }
    return group
  }

  /** Where a host's ways lead, in words. */
  #entryOf(range: number): string {
    const parts: string[] = []
    this.#eachWay(range, (row, share) => parts.push(`${this.#clock.ports.neighbour[row]}:${share}`))
    return parts.join()
  }

  /** Σ b and Σ b² over the flows of one demand, for each framing. */
  #measure(demand: number): void {
    const { amounts, channels } = this.#clock.index
    const at = demand * channels.count
    const connections = amounts[at + CONNECTIONS]!
    const flows =
      'holdSeconds' in this.#flows && connections > 0
        ? connections * this.#flows.holdSeconds
        : (this.#flows.flowsPerPair ?? 0)
    this.#channels.forEach((channel, f) => {
      const wire = amounts[at + channel]!
      if (wire > 0 && !(flows > 0)) refuseNoFlows()
      this.#measured[2 * f] = wire
      this.#measured[2 * f + 1] = wire === 0 ? 0 : (wire * wire) / flows
    })
  }

  #spread({ range, moments }: FlowGroup, { plan }: ClassDemands): void {
    const { neighbour } = this.#clock.ports
    const chance = this.#chance.fill(0)
    this.#eachWay(range, (row, share) => {
      chance[neighbour[row]!]! += share
    })
    plan.order.forEach((node, i) => {
      const here = chance[node]!
      if (here === 0) return
      this.#eachWay(plan.ranges[i]!, (row, share) => {
        chance[neighbour[row]!]! += here * share
        this.#add(row, here * share, moments)
      })
    })
  }

  #handOver({ receivers }: FlowGroup, { plan }: ClassDemands): void {
    plan.order.forEach((node, i) => {
      const here = this.#chance[node]!
      if (plan.decisions[i] !== ATTACHED || here === 0) return
      for (const [{ address }, moments] of receivers) {
        const decision = this.#probes.ask(node, this.#probes.entryOf(node), address, address)
        const range = this.#follower.ways.rangeOf(node, decision)
        this.#eachWay(range, (row, share) => this.#add(row, here * share, moments))
      }
    })
  }

  #eachWay(range: number, visit: (row: number, share: number) => void): void {
    if (range === NO_WAYS) return
    const { start, row, share } = this.#follower.ways
    for (let way = start[range]!; way < start[range + 1]!; way++) visit(row[way]!, share[way]!)
  }

  #add(row: number, chance: number, moments: Float64Array): void {
    const { direction, link } = this.#clock.ports
    const to = direction[row]!
    const f = this.#framingOf[link[row]!]!
    const square = moments[2 * f + 1]! * chance
    this.mean[to]! += moments[2 * f]! * chance
    this.#square[to]! += square
    this.#squareShare[to]! += square * chance
  }
}

/** Flows that enter alike, with their Σ b and Σ b² for each framing, and by receiver. */
interface FlowGroup {
  readonly range: number
  readonly moments: Float64Array
  readonly receivers: Map<ReceiverDemands, Float64Array>
}

function addMoments({ moments, receivers }: FlowGroup, receiver: ReceiverDemands, more: Float64Array): void {
  let own = receivers.get(receiver)
  if (own === undefined) {
    own = new Float64Array(more.length)
    receivers.set(receiver, own)
  }
  for (let i = 0; i < more.length; i++) {
    moments[i]! += more[i]!
    own[i]! += more[i]!
  }
}

function refusePairwise(): never {
  refuse(
    'network',
    'has components that decide by more than routes; intervals of load are not known for those',
  )
}

function refuseNoFlows(): never {
  refuse(
    'flows',
    'are none for a demand that sends; expected flows per pair, or new connections and a hold time, above 0',
  )
}

/** Chances and numbers of flows that differ by less are the same but for rounding. */
const ROUNDING = 1e-9
