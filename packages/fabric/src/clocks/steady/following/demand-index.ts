import { refuse } from '@weft/core'
import type { Network } from '../../../build/network.ts'
import {
  checkDemand,
  type DemandConnections,
  type DemandMatrix,
} from '../../../traffic/demand/demand-matrix.ts'
import { Channels } from './channels.ts'
import { trafficRateOf } from '../loads-of.ts'
import type { FollowedPair } from './pair-opening.ts'
import type { Ports } from './ports.ts'
import { type Screen, screenDemands } from './screen.ts'
import type { TrafficRate } from '../steady-loads.ts'

/**
 * Demands by address, as they are followed: those to one address stand in one run. A host's demands to itself cross no
 * link and are left out, counted in `localBps`.
 */
export class DemandIndex {
  readonly channels: Channels
  /** Endpoints: addresses that send or receive, by number. */
  readonly address: Int32Array
  readonly host: Int32Array
  /** Demands to endpoint d are those from `start[d]` up to `start[d + 1]`. */
  readonly start: Int32Array
  /** Sending endpoint of every demand. */
  readonly source: Int32Array
  /** The matrix's entry that every demand is. */
  readonly entry: Int32Array
  /** How many the matrix has. */
  readonly entries: number
  /** Quantities of every demand, `channels.count` each: all of it, or what is admitted. */
  amounts: Float64Array
  readonly #all: Float64Array
  /** By demand. */
  readonly connectionsOf: (demand: number) => DemandConnections | undefined
  /** IP bit/s from hosts to themselves. */
  readonly localBps: number
  /** What stages make of demands, once that was asked; null where there are none. */
  #screen: Screen | null | undefined

  constructor(network: Network, demands: DemandMatrix) {
    const { topology } = network
    checkDemand(demands, (node) =>
      topology.nodes[node]?.kind === 'host' ? topology.nodes[node].name : undefined,
    )
    this.channels = new Channels(topology)
    const endpoints = new Endpoints(network, demands)
    const entries = demands.source.length
    this.entries = entries
    const to = new Int32Array(entries)
    let local = 0
    let kept = 0
    for (let i = 0; i < entries; i++) {
      to[i] = -1
      const isServed = demands.classes[demands.classOf[i]!]!.connections?.address === undefined
      if (isServed && demands.source[i] === demands.destination[i]) {
        local += demands.ipBps[i]!
        continue
      }
      to[i] = endpoints.of(demands.destination[i]!, demands.classOf[i]!)
      endpoints.of(demands.source[i]!, demands.classOf[i]!)
      kept++
    }
    this.localBps = local
    this.address = Int32Array.from(endpoints.addresses)
    this.host = Int32Array.from(endpoints.hosts)
    this.start = new Int32Array(this.address.length + 1)
    this.source = new Int32Array(kept)
    this.entry = new Int32Array(kept)
    this.connectionsOf = (demand) => demands.classes[demands.classOf[this.entry[demand]!]!]!.connections
    this.amounts = new Float64Array(kept * this.channels.count)
    this.#all = this.amounts
    this.#sort(demands, to, endpoints)
  }

  /** From here on of every entry of the matrix this share counts; without shares all of it. */
  admit(shares?: Float64Array): void {
    if (shares === undefined) {
      this.amounts = this.#all
      return
    }
    const { count } = this.channels
    this.amounts = this.#all.map((amount, i) => amount * shares[this.entry[Math.floor(i / count)]!]!)
  }

  /** By entry of the matrix: the demand that it is, -1 where it crosses no link. */
  byEntry(): Int32Array {
    const found = new Int32Array(this.entries).fill(-1)
    this.entry.forEach((entry, demand) => {
      found[entry] = demand
    })
    return found
  }

  /** The endpoint that a demand is to. */
  receiverOf(demand: number): number {
    let [low, high] = [0, this.start.length - 2]
    while (low < high) {
      // the last one whose run does not begin behind the demand
      const middle = (low + high + 1) >> 1
      if (this.start[middle]! <= demand) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Who sends to whom. */
  pairOf(demand: number): FollowedPair {
    return {
      source: this.address[this.source[demand]!]!,
      destination: this.address[this.receiverOf(demand)]!,
      connections: this.connectionsOf(demand),
    }
  }

  /** What stages make of these demands, by the policies, services and workloads of when it is first asked. */
  screen(network: Network, ports: Ports): Screen | undefined {
    if (this.#screen === undefined) this.#screen = screenDemands(network, this, ports) ?? null
    return this.#screen ?? undefined
  }

  /** All demands together. */
  demand(): TrafficRate {
    const { amounts, channels } = this
    const sum = new Float64Array(channels.count)
    for (let i = 0; i < amounts.length; i++) sum[i % channels.count]! += amounts[i]!
    return trafficRateOf(sum, 0, 1)
  }

  /** A counting sort by receiver. */
  #sort(demands: DemandMatrix, to: Int32Array, endpoints: Endpoints): void {
    const { start, channels } = this
    for (const endpoint of to) if (endpoint >= 0) start[endpoint + 1]!++
    for (let d = 0; d < this.address.length; d++) start[d + 1]! += start[d]!
    const next = start.slice()
    for (let i = 0; i < to.length; i++) {
      if (to[i]! < 0) continue
      const at = next[to[i]!]!++
      this.source[at] = endpoints.of(demands.source[i]!, demands.classOf[i]!)
      this.entry[at] = i
      channels.write(demands, i, this.amounts, at * channels.count)
    }
  }
}

/** Numbers addresses in the order in which demands name them. */
class Endpoints {
  readonly addresses: number[] = []
  readonly hosts: number[] = []
  readonly #network: Network
  readonly #demands: DemandMatrix
  /** By node and family; -1 where not yet seen. */
  readonly #known: Int32Array

  constructor(network: Network, demands: DemandMatrix) {
    this.#network = network
    this.#demands = demands
    this.#known = new Int32Array(2 * network.topology.nodes.length).fill(-1)
  }

  of(host: number, demandClass: number): number {
    const { family } = this.#demands.classes[demandClass]!
    const slot = 2 * host + (family === 'ipv4' ? 0 : 1)
    const known = this.#known[slot]!
    return known >= 0 ? known : this.#add(host, family, slot)
  }

  #add(host: number, family: 'ipv4' | 'ipv6', slot: number): number {
    const { name } = this.#network.topology.nodes[host]!
    const address = this.#network.addressOf(name, family)
    if (address === undefined) {
      const wanted = family === 'ipv4' ? 'IPv4' : 'IPv6'
      refuse(
        'demands',
        `host "${name}" has no ${wanted} address, which its demands use; give it one or use the other family`,
      )
    }
    this.hosts.push(host)
    const endpoint = this.addresses.push(address!) - 1
    this.#known[slot] = endpoint
    return endpoint
  }
}
