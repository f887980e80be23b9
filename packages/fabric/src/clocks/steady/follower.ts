import type { Network } from '../../build/network.ts'
import { DELIVER } from '../../model/decision.ts'
import { ATTACHED } from '../../model/forwarding-table.ts'
import type { LinkState } from '../../routing/topology.ts'
import { addTo, isZero } from './amounts.ts'
import { ClassFlow } from './class-flow.ts'
import { type ClassPlan, ClassPlanner } from './class-plan.ts'
import type { DemandIndex } from './demand-index.ts'
import { LoadSums } from './load-sums.ts'
import { findOrigins, type Origins } from './origins.ts'
import { PairFollower } from './pair-follower.ts'
import type { Ports } from './ports.ts'
import { Probes } from './probes.ts'
import { NO_WAYS, Ways } from './ways.ts'

/** Demands to one class of destinations. */
export interface ClassDemands {
  /** Receiving endpoints. */
  readonly receivers: readonly number[]
  readonly plan: ClassPlan
}

/**
 * Follows all demands through the routes that were installed when it was made, class of destinations by class: what
 * enters at a switch for a class goes on as one, since all its nodes decide by destination. Where they do not, pair by
 * pair. Links and nodes may be down that routing does not know of: what meets them is lost, as in the walk.
 */
export class Follower {
  readonly ways: Ways
  readonly origins: Origins
  readonly classes: readonly ClassDemands[]
  readonly #network: Network
  readonly #index: DemandIndex
  readonly #ports: Ports
  readonly #state: LinkState
  readonly #probes: Probes
  /** Quantities by sending endpoint: what it sends to the class at hand. */
  readonly #sent: Float64Array
  /** By sending endpoint: the share of that which comes to the switch at hand. */
  readonly #reaching: Float64Array
  /** By sending endpoint: 1 where its demands for the class at hand are followed one by one. */
  readonly #alone: Uint8Array
  readonly #arrived: Float64Array

  constructor(network: Network, index: DemandIndex, ports: Ports, state: LinkState) {
    const endpoints = index.address.length
    this.#network = network
    this.#index = index
    this.#ports = ports
    this.ways = new Ways(network, ports)
    this.#state = state
    this.#sent = new Float64Array(endpoints * index.channels.count)
    this.#reaching = new Float64Array(endpoints)
    this.#alone = new Uint8Array(endpoints)
    this.#arrived = new Float64Array(index.channels.count)
    this.#probes = new Probes(network)
    this.origins = findOrigins(network, ports, this.ways, index, this.#probes)
    this.classes = this.#planClasses()
  }

  /** Gives back what it took of the network; it can follow nothing from then on. */
  free(): void {
    this.#probes.free()
  }

  /** One pass. Of what arrives at a direction the share `passes[direction]` goes on. */
  follow(passes: Float64Array): LoadSums {
    const sums = new LoadSums(this.#network, this.#index.channels.count)
    const pairs = new PairFollower(this.#network, this.#ports, this.#state, passes)
    const flow = new ClassFlow(this.#ports, this.ways, this.#state, passes, sums)
    for (const { receivers, plan } of this.classes) {
      this.#gather(receivers, plan, pairs, sums)
      flow.flow.fill(0)
      this.#enter(flow)
      flow.forward(plan)
      plan.order.forEach((node, i) => {
        if (plan.decisions[i] !== ATTACHED || this.#state.nodeUp[node] === 0) return
        flow.findReaching(plan, node)
        this.#findReaching(flow)
        for (const receiver of receivers) this.#handOver(node, receiver, flow, sums)
      })
    }
    return sums
  }

  #planClasses(): ClassDemands[] {
    const { classOf } = this.#network.routes
    const receivers = new Map<number, number[]>()
    const { address, start } = this.#index
    for (let d = 0; d < address.length; d++) {
      if (start[d] === start[d + 1]) continue
      const classId = classOf[address[d]!]!
      const known = receivers.get(classId)
      if (known === undefined) receivers.set(classId, [d])
      else known.push(d)
    }
    const planner = new ClassPlanner(this.#network, this.#ports, this.ways, this.#probes)
    return [...receivers].map(([classId, of]) => ({
      receivers: of,
      plan: planner.plan(classId, address[of[0]!]!, this.#ingressOf(of)),
    }))
  }

  /** The switches at which demands for these receivers come in. */
  #ingressOf(receivers: readonly number[]): Set<number> {
    const { source, start } = this.#index
    const seen = new Uint8Array(this.#index.address.length)
    const ingress = new Set<number>()
    for (const d of receivers) {
      for (let i = start[d]!; i < start[d + 1]!; i++) {
        const x = source[i]!
        if (seen[x] === 1) continue
        seen[x] = 1
        if (this.origins.pairwise[x] === 0) this.#eachIngress(x, (node) => ingress.add(node))
      }
    }
    return ingress
  }

  #eachIngress(x: number, visit: (node: number) => void): void {
    const range = this.origins.ranges[x]!
    if (range === NO_WAYS) return
    const { start, row } = this.ways
    for (let way = start[range]!; way < start[range + 1]!; way++) visit(this.#ports.neighbour[row[way]!]!)
  }

  #isPairwise(x: number, { pairwise }: ClassPlan): boolean {
    if (this.origins.pairwise[x] === 1) return true
    if (pairwise === undefined) return false
    let any = false
    this.#eachIngress(x, (node) => {
      if (pairwise[node] === 1) any = true
    })
    return any
  }

  /** What every endpoint sends to a class. Pairs that must be followed one by one are, and calls of services, and left out. */
  #gather(receivers: readonly number[], plan: ClassPlan, pairs: PairFollower, sums: LoadSums): void {
    const { start, source, amounts, address } = this.#index
    const count = sums.channels
    const sent = this.#sent.fill(0)
    const alone = this.#alone
    for (let x = 0; x < address.length; x++) alone[x] = this.#isPairwise(x, plan) ? 1 : 0
    for (const d of receivers) {
      for (let i = start[d]!; i < start[d + 1]!; i++) {
        const x = source[i]!
        const connections = this.#index.connectionsOf(i)
        if (alone[x] === 1 || connections?.address !== undefined) {
          const pair = { source: address[x]!, destination: address[d]!, connections }
          pairs.follow(pair, amounts, i * count, sums)
        } else addTo(sent, x * count, amounts, i * count, 1, count)
      }
    }
  }

  /** From hosts to the switches they hang off. */
  #enter(flow: ClassFlow): void {
    const { decisions, ranges } = this.origins
    const { host, channels } = this.#index
    for (let x = 0; x < host.length; x++)
      flow.send(host[x]!, decisions[x]!, ranges[x]!, this.#sent, x * channels.count)
  }

  /** For every endpoint, which share of what it sends comes to the switch of the last `flow.findReaching`. */
  #findReaching(flow: ClassFlow): void {
    const { ranges } = this.origins
    const { host } = this.#index
    for (let x = 0; x < host.length; x++)
      this.#reaching[x] = this.#alone[x] === 1 ? 0 : flow.reachingFrom(host[x]!, ranges[x]!)
  }

  /** From a switch to the host of a receiver that hangs off it. */
  #handOver(at: number, d: number, flow: ClassFlow, sums: LoadSums): void {
    const { start, source, amounts, channels, host, address } = this.#index
    const { count } = channels
    const arrived = this.#arrived.fill(0)
    for (let i = start[d]!; i < start[d + 1]!; i++) {
      if (this.#index.connectionsOf(i)?.address !== undefined) continue
      addTo(arrived, 0, amounts, i * count, this.#reaching[source[i]!]!, count)
    }
    if (isZero(arrived, 0, count)) return
    const decision = this.#probes.ask(at, 0, address[d]!, address[d]!)
    const range = this.ways.rangeOf(at, decision)
    flow.flow.fill(0, host[d]! * count, (host[d]! + 1) * count)
    flow.send(at, decision, range, arrived, 0)
    // a host takes what is addressed to it; what came over a link to it has found it up
    if (this.#probes.ask(host[d]!, 0, address[d]!, address[d]!) === DELIVER)
      sums.deliver(host[d]!, flow.flow, host[d]! * count, 1)
  }
}
