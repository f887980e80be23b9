import type { Network } from '../../../build/network.ts'
import { DELIVER } from '../../../model/decision.ts'
import { ATTACHED } from '../../../model/forwarding-table.ts'
import type { LinkState } from '../../../routing/topology.ts'
import { addTo, isZero } from './amounts.ts'
import { ClassFlow } from './class-flow.ts'
import { ClassPlanner } from './class-plan.ts'
import {
  type ClassDemands,
  DemandSorter,
  type ReceiverDemands,
  type SortedDemands,
  type StageDemands,
} from './demand-classes.ts'
import type { DemandIndex } from './demand-index.ts'
import { LoadSums } from './load-sums.ts'
import { findOrigins, type Origins } from './origins.ts'
import { PairFollower } from './pair-follower.ts'
import type { Ports } from './ports.ts'
import { Probes } from './probes.ts'
import { Ways } from './ways.ts'

/**
 * Follows all demands through the routes that were installed when it was made, class of destinations by class: what
 * enters at a switch for a class goes on as one, since all its nodes decide by destination. What stages decide is asked
 * once, beforehand; who is sent to a stage in the middle first is followed to there, and then on. Where nodes decide by
 * more than that, pair by pair. Links and nodes may be down that routing does not know of: what meets them is lost, as in
 * the walk.
 */
export class Follower {
  readonly ways: Ways
  readonly origins: Origins
  readonly sorted: SortedDemands
  readonly #network: Network
  readonly #index: DemandIndex
  readonly #ports: Ports
  readonly #state: LinkState
  readonly #probes: Probes
  /** Quantities by sending endpoint: what it sends to the class at hand. */
  readonly #sent: Float64Array
  /** By sending endpoint: the share of that which comes to the switch at hand. */
  readonly #reaching: Float64Array
  /** Of every stage, by its ends, then by sending endpoint: the share that comes to each. */
  readonly #toEnds = new Map<StageDemands, Float64Array>()
  readonly #arrived: Float64Array
  readonly #isOpened: boolean

  /** `isOpened`: the index has the amounts of what is let through alone, so that nothing of it is refused. */
  constructor(network: Network, index: DemandIndex, ports: Ports, state: LinkState, isOpened = false) {
    const endpoints = index.address.length
    this.#network = network
    this.#index = index
    this.#ports = ports
    this.ways = new Ways(network, ports)
    this.#state = state
    this.#isOpened = isOpened
    this.#sent = new Float64Array(endpoints * index.channels.count)
    this.#reaching = new Float64Array(endpoints)
    this.#arrived = new Float64Array(index.channels.count)
    const screen = index.screen(network, ports)
    this.#probes = new Probes(network)
    this.origins = findOrigins(network, ports, this.ways, index, this.#probes)
    const planner = new ClassPlanner(network, ports, this.ways, this.#probes)
    const { ways, origins } = this
    this.sorted = new DemandSorter({ network, index, ports, ways, origins, planner, screen }).sort()
  }

  /** Whether whatever is sent goes straight where it is sent to, by routes alone. */
  get isStraight(): boolean {
    return this.sorted.apart.length === 0 && this.sorted.stages.length === 0
  }

  /** Gives back what it took of the network; it can follow nothing from then on. */
  free(): void {
    this.#probes.free()
  }

  /** One pass. Of what arrives at a direction the share `passes[direction]` goes on. */
  follow(passes: Float64Array): LoadSums {
    const sums = new LoadSums(this.#network, this.#index.channels.count)
    this.#followApart(passes, sums)
    const flow = new ClassFlow(this.#ports, this.ways, this.#state, passes, sums)
    for (const stage of this.sorted.stages) this.#followStage(stage, flow)
    for (const each of this.sorted.classes) this.#followClass(each, flow, sums)
    return sums
  }

  /** What is never sent, and what is followed one by one. */
  #followApart(passes: Float64Array, sums: LoadSums): void {
    const { amounts, channels } = this.#index
    const { apart, refused } = this.sorted
    if (!this.#isOpened)
      for (const { node, reason, amounts: all } of refused) sums.dropAs(node, reason, all, 0, 1)
    const pairs = new PairFollower(this.#network, this.#ports, this.#state, passes)
    for (const demand of apart) {
      const pair = this.#index.pairOf(demand)
      if (this.#isOpened) pairs.followOpened(pair, amounts, demand * channels.count, sums)
      else pairs.follow(pair, amounts, demand * channels.count, sums)
    }
  }

  #followStage(stage: StageDemands, flow: ClassFlow): void {
    const { plan, ends, demands } = stage
    const { host } = this.#index
    this.#sent.fill(0)
    this.#send(demands)
    flow.flow.fill(0)
    this.#enter(flow)
    flow.forward(plan)
    const toEnds = new Float64Array(ends.length * host.length)
    ends.forEach((node, end) => {
      if (this.#state.nodeUp[node] === 0) return
      flow.findReaching(plan, node)
      for (let x = 0; x < host.length; x++)
        toEnds[end * host.length + x] = flow.reachingFrom(host[x]!, this.origins.ranges[x]!)
    })
    this.#toEnds.set(stage, toEnds)
  }

  #followClass({ receivers, plan }: ClassDemands, flow: ClassFlow, sums: LoadSums): void {
    this.#sent.fill(0)
    for (const { demands, stage } of receivers) if (stage === undefined) this.#send(demands)
    flow.flow.fill(0)
    this.#enter(flow)
    for (const receiver of receivers) this.#enterFromStage(receiver, flow)
    flow.forward(plan)
    plan.order.forEach((node, i) => {
      if (plan.decisions[i] !== ATTACHED || this.#state.nodeUp[node] === 0) return
      flow.findReaching(plan, node)
      this.#findReaching(flow)
      for (const receiver of receivers) this.#handOver(node, receiver, flow, sums)
    })
  }

  #send(demands: ArrayLike<number>): void {
    const { source, amounts, channels } = this.#index
    const { count } = channels
    for (let k = 0; k < demands.length; k++) {
      const i = demands[k]!
      addTo(this.#sent, source[i]! * count, amounts, i * count, 1, count)
    }
  }

  /** From hosts to the switches they hang off. */
  #enter(flow: ClassFlow): void {
    const { decisions, ranges } = this.origins
    const { host, channels } = this.#index
    for (let x = 0; x < host.length; x++)
      flow.send(host[x]!, decisions[x]!, ranges[x]!, this.#sent, x * channels.count)
  }

  /** Into the class at hand, where a stage has led demands to it. */
  #enterFromStage({ demands, stage }: ReceiverDemands, flow: ClassFlow): void {
    if (stage === undefined) return
    const { source, amounts, channels, host } = this.#index
    const toEnds = this.#toEnds.get(stage)!
    stage.ends.forEach((node, end) => {
      for (const i of demands) {
        const share = toEnds[end * host.length + source[i]!]!
        addTo(flow.flow, node * channels.count, amounts, i * channels.count, share, channels.count)
      }
    })
  }

  /** For every endpoint, which share of what it sends comes to the switch of the last `flow.findReaching`. */
  #findReaching(flow: ClassFlow): void {
    const { ranges } = this.origins
    const { host } = this.#index
    for (let x = 0; x < host.length; x++) this.#reaching[x] = flow.reachingFrom(host[x]!, ranges[x]!)
  }

  /** The same of what a stage led to the class at hand. */
  #reachingBy(stage: StageDemands, x: number, flow: ClassFlow): number {
    const toEnds = this.#toEnds.get(stage)!
    const endpoints = this.#index.host.length
    let share = 0
    for (let end = 0; end < stage.ends.length; end++)
      share += toEnds[end * endpoints + x]! * flow.reaching[stage.ends[end]!]!
    return share
  }

  /** From a switch to the host of a receiver that hangs off it. */
  #handOver(at: number, receiver: ReceiverDemands, flow: ClassFlow, sums: LoadSums): void {
    const { source, amounts, channels, host } = this.#index
    const { count } = channels
    const { endpoint, address, demands, stage } = receiver
    const arrived = this.#arrived.fill(0)
    for (let k = 0; k < demands.length; k++) {
      const i = demands[k]!
      const x = source[i]!
      const share = stage === undefined ? this.#reaching[x]! : this.#reachingBy(stage, x, flow)
      addTo(arrived, 0, amounts, i * count, share, count)
    }
    if (isZero(arrived, 0, count)) return
    const decision = this.#probes.ask(at, this.#probes.entryOf(at), address, address)
    const range = this.ways.rangeOf(at, decision)
    const to = host[endpoint]!
    flow.flow.fill(0, to * count, (to + 1) * count)
    flow.send(at, decision, range, arrived, 0)
    // a host takes what is addressed to it; what came over a link to it has found it up
    if (this.#probes.ask(to, 0, address, address) === DELIVER) sums.deliver(to, flow.flow, to * count, 1)
  }
}
