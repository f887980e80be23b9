import type { Network } from '../../../build/network.ts'
import { LinkState } from '../../../routing/topology.ts'
import {
  DEFAULT_DEMAND_CLASS,
  type DemandMatrix,
  demandMatrix,
} from '../../../traffic/demand/demand-matrix.ts'
import { ClassFlow } from './class-flow.ts'
import { type ClassPlan, ClassPlanner } from './class-plan.ts'
import { DemandIndex } from './demand-index.ts'
import { LoadSums } from './load-sums.ts'
import { findOrigins, type Origins } from './origins.ts'
import { Ports } from './ports.ts'
import { Probes } from './probes.ts'
import { directionShares, type DirectionShares, NO_SHARES } from '../imbalance/share-groups.ts'
import { type WalkedShares, walkedShares } from './walked-shares.ts'
import { NO_WAYS, Ways } from './ways.ts'

export interface CrossingOptions {
  /** Which of its addresses a host uses; absent: IPv4. */
  readonly family?: 'ipv4' | 'ipv6'
  /** What is up; absent: everything. */
  readonly state?: LinkState
}

/** Hosts whose traffic comes in at the same switches in the same shares. */
interface Entrance {
  readonly hosts: number[]
  readonly switches: readonly number[]
  readonly shares: readonly number[]
}

/**
 * Which share of what any host sends to any other crosses a direction of a link, by the routes that were installed when it
 * was made and by the very decisions that the steady clock follows. A class of destinations is followed backwards from
 * the direction, once for all switches at which traffic comes in. Losses for want of capacity are none of it.
 */
export class CrossingShares {
  readonly #network: Network
  readonly #state: LinkState
  readonly #ports: Ports
  readonly #ways: Ways
  readonly #probes: Probes
  readonly #index: DemandIndex
  readonly #origins: Origins
  readonly #flow: ClassFlow
  readonly #entrances: readonly Entrance[]
  /** Receiving endpoints of every class, and its plan. */
  readonly #classes = new Map<number, { readonly endpoints: number[]; readonly plan: ClassPlan }>()
  readonly #endpointOf = new Map<number, number>()
  /** Where pairs must be followed one by one. */
  readonly #walked: WalkedShares | undefined

  /** Throws ConfigError where a host has no address of the family. */
  constructor(network: Network, options: CrossingOptions = {}) {
    const { family = 'ipv4', state = new LinkState(network.topology) } = options
    this.#network = network
    this.#state = state
    this.#ports = new Ports(network.topology)
    this.#ways = new Ways(network, this.#ports)
    this.#probes = new Probes(network)
    this.#index = new DemandIndex(network, ringOf(network, family))
    this.#origins = findOrigins(network, this.#ports, this.#ways, this.#index, this.#probes)
    const directions = 2 * network.topology.links.length
    const sums = new LoadSums(network, this.#index.channels.count)
    this.#flow = new ClassFlow(this.#ports, this.#ways, state, new Float64Array(directions).fill(1), sums)
    for (const [endpoint, host] of this.#index.host.entries()) this.#endpointOf.set(host, endpoint)
    this.#entrances = this.#findEntrances()
    this.#planClasses()
    this.#walked = this.#needsWalks() ? walkedShares(network, this.#index, this.#ports, state) : undefined
  }

  /** Gives back what it took of the network; it can tell nothing from then on. */
  free(): void {
    this.#probes.free()
  }

  /** For a direction, 2 × link + end of the sender. */
  of(direction: number): DirectionShares {
    const link = direction >> 1
    if (!this.#state.usable(link)) return NO_SHARES
    if (this.#walked !== undefined) return this.#pairShares(direction, this.#walked)
    const { topology } = this.#network
    const ends = topology.linkNodes[link]!
    const [from, to] = (direction & 1) === 0 ? ends : [ends[1], ends[0]]
    if (topology.isHost(from)) return this.#leaving(from, direction)
    return topology.isHost(to) ? this.#entering(from, to, direction) : this.#between(from, direction)
  }

  /** What a host sends leaves over its own links, whoever it is for. */
  #leaving(host: number, direction: number): DirectionShares {
    const endpoint = this.#endpointOf.get(host)
    if (endpoint === undefined || this.#state.nodeUp[host] === 0) return NO_SHARES
    const share = this.#shareOf(this.#origins.ranges[endpoint]!, direction)
    const others = [...this.#index.host].filter((other) => other !== host)
    return directionShares([[host]], [others], Float64Array.of(share))
  }

  #entering(from: number, host: number, direction: number): DirectionShares {
    const endpoint = this.#endpointOf.get(host)
    if (endpoint === undefined) return NO_SHARES
    const address = this.#index.address[endpoint]!
    const { plan } = this.#classes.get(this.#network.routes.classOf[address]!)!
    const decision = this.#probes.ask(from, this.#probes.entryOf(from), address, address)
    const share = this.#shareOf(this.#ways.rangeOf(from, decision), direction)
    if (share === 0 || this.#state.nodeUp[from] === 0) return NO_SHARES
    this.#flow.findReaching(plan, from)
    const shares = Float64Array.from(this.#entrances, (entrance) => share * this.#reaching(entrance))
    const senders = this.#entrances.map(({ hosts }) => hosts.filter((other) => other !== host))
    return directionShares(senders, [[host]], shares)
  }

  /** Between switches everything depends on where traffic comes in and on the class that it is for. */
  #between(from: number, direction: number): DirectionShares {
    const receivers: number[][] = []
    const columns: Float64Array[] = []
    for (const { endpoints, plan } of this.#classes.values()) {
      const at = plan.order.indexOf(from)
      const share = at < 0 ? 0 : this.#shareOf(plan.ranges[at]!, direction)
      if (share === 0) continue
      this.#flow.findReaching(plan, from)
      columns.push(Float64Array.from(this.#entrances, (entrance) => share * this.#reaching(entrance)))
      receivers.push(endpoints.map((endpoint) => this.#index.host[endpoint]!))
    }
    const shares = new Float64Array(this.#entrances.length * columns.length)
    columns.forEach((column, j) => {
      for (const [i, share] of column.entries()) shares[i * columns.length + j] = share
    })
    return directionShares(
      this.#entrances.map(({ hosts }) => hosts),
      receivers,
      shares,
    )
  }

  /** The share of what comes in this way that reaches the switch of the last `findReaching`. */
  #reaching({ switches, shares }: Entrance): number {
    return switches.reduce((sum, node, i) => sum + shares[i]! * this.#flow.reaching[node]!, 0)
  }

  #shareOf(range: number, direction: number): number {
    if (range === NO_WAYS) return 0
    const { start, row, share } = this.#ways
    let sum = 0
    for (let way = start[range]!; way < start[range + 1]!; way++)
      if (this.#ports.direction[row[way]!] === direction) sum += share[way]!
    return sum
  }

  #findEntrances(): Entrance[] {
    const entrances = new Map<string, Entrance>()
    const { start, row, share } = this.#ways
    const { link, neighbour } = this.#ports
    this.#index.host.forEach((host, endpoint) => {
      const range = this.#origins.ranges[endpoint]!
      if (range === NO_WAYS || this.#state.nodeUp[host] === 0) return
      const bySwitch = new Map<number, number>()
      for (let way = start[range]!; way < start[range + 1]!; way++) {
        const port = row[way]!
        if (!this.#state.usable(link[port]!)) continue
        bySwitch.set(neighbour[port]!, (bySwitch.get(neighbour[port]!) ?? 0) + share[way]!)
      }
      const sorted = [...bySwitch].sort(([a], [b]) => a - b)
      const key = sorted.join(' ')
      const known = entrances.get(key)
      if (known !== undefined) known.hosts.push(host)
      else {
        const [switches, shares] = [sorted.map(([node]) => node), sorted.map(([, part]) => part)]
        entrances.set(key, { hosts: [host], switches, shares })
      }
    })
    return [...entrances.values()]
  }

  #planClasses(): void {
    const { address } = this.#index
    const { topology, routes } = this.#network
    const ingress = new Set(this.#entrances.flatMap(({ switches }) => switches))
    for (const node of ingress) if (topology.isHost(node)) ingress.delete(node)
    const planner = new ClassPlanner(this.#network, this.#ports, this.#ways, this.#probes)
    address.forEach((id, endpoint) => {
      const classId = routes.classOf[id]!
      const known = this.#classes.get(classId)
      if (known !== undefined) known.endpoints.push(endpoint)
      else this.#classes.set(classId, { endpoints: [endpoint], plan: planner.plan(classId, id, ingress) })
    })
  }

  #needsWalks(): boolean {
    // gateways look at more of an address than its class
    if (this.#network.edges !== undefined) return true
    if (this.#origins.pairwise.some((mark) => mark === 1)) return true
    return [...this.#classes.values()].some(({ plan }) => plan.pairwise !== undefined)
  }

  #pairShares(direction: number, walked: WalkedShares): DirectionShares {
    const { host } = this.#index
    const shares = new Float64Array(host.length ** 2)
    for (const [pair, share] of walked.get(direction) ?? []) shares[pair] = share
    const each = Array.from(host, (node) => [node])
    return directionShares(each, each, shares)
  }
}

/** Every host to the next one: a matrix that names them all, as senders and as receivers. */
function ringOf({ topology }: Network, family: 'ipv4' | 'ipv6'): DemandMatrix {
  const hosts = topology.nodes.flatMap(({ kind }, index) => (kind === 'host' ? [index] : []))
  const demands = hosts.map((source, i) => ({
    source,
    destination: hosts[(i + 1) % hosts.length]!,
    ipBps: 1,
  }))
  return demandMatrix(demands, [{ ...DEFAULT_DEMAND_CLASS, family }])
}
