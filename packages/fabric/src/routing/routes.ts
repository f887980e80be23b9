import { type EcmpBlueprint, forwards, type HostBlueprint } from '../blueprint/network.ts'
import { type Decision, ONE_OF } from '../model/decision.ts'
import { ATTACHED, type HostTable, type Routes, type SwitchTable } from '../model/forwarding-table.ts'
import { OneOfGroup } from '../model/selector.ts'
import {
  type Destinations,
  findDestinations,
  type HostAddressing,
  type OwnedAddress,
} from './destinations.ts'
import { distancesTo, isNextHop, UNREACHED } from './shortest-paths.ts'
import type { LinkState, Topology } from './topology.ts'
import { BOND, groupWeights, memberWeight } from './weights.ts'

/** What becomes of packets that routes lead nowhere. */
export interface RouteDrops {
  readonly noRoute: Decision
  /** Their source is an address that their host has no more. */
  readonly noSourceAddress: Decision
}

/** Shortest paths with ECMP over the usable links, from the topology alone: the same state gives the same tables. */
export function computeRoutes(
  topology: Topology,
  state: LinkState,
  addresses: HostAddressing,
  addressCount: number,
  { noRoute, noSourceAddress }: RouteDrops,
  owned: readonly OwnedAddress[] = [],
): Routes {
  const destinations = findDestinations(topology, state, addresses.now, addressCount, owned)
  const builders = new Map<number, GroupBuilder>()
  const byClass = new Map<number, Int32Array>()
  topology.nodes.forEach((node, index) => {
    if (!forwards(node)) return
    builders.set(index, new GroupBuilder(topology, node.ecmp, index))
    byClass.set(index, new Int32Array(destinations.attachments.length).fill(noRoute))
  })
  destinations.attachments.forEach((switches, classId) => {
    const distances = distancesTo(topology, state, switches)
    for (const [index, table] of byClass) {
      if (distances[index] === 0) table[classId] = classId < destinations.firstOwned ? ATTACHED : noRoute
      else if (distances[index] !== UNREACHED) {
        table[classId] = builders.get(index)!.decide(nextHops(topology, state, distances, index))
      }
    }
  })
  const switches = new Map<number, SwitchTable>()
  for (const [index, table] of byClass) {
    const local = hostRoutesOf(topology, state, destinations, index, builders.get(index)!, noRoute)
    switches.set(index, { byClass: table, ...local, groups: builders.get(index)!.groups })
  }
  return {
    classOf: destinations.classOf,
    switches,
    hosts: computeHostRoutes(topology, state, addresses, { noRoute, noSourceAddress }),
  }
}

/** The ports of a switch that lead along shortest paths, ascending. `distances` are those of `distancesTo`. */
export function nextHops(
  topology: Topology,
  state: LinkState,
  distances: Int32Array,
  node: number,
): number[] {
  const ports: number[] = []
  topology.ports[node]!.forEach(({ link, neighbour }, port) => {
    if (!state.usable(link) || topology.isHost(neighbour)) return
    const { cost } = topology.links[link]!
    if (isNextHop(distances[node]!, distances[neighbour]!, cost, topology.isTransit(neighbour)))
      ports.push(port)
  })
  return ports
}

function hostRoutesOf(
  topology: Topology,
  state: LinkState,
  destinations: Destinations,
  node: number,
  groups: GroupBuilder,
  noRoute: Decision,
): { hostRoutes: Int32Array; hostBase: number } {
  const attached = destinations.attachedTo.get(node) ?? []
  if (attached.length === 0) return { hostRoutes: new Int32Array(0), hostBase: 0 }
  let hostBase = Infinity
  let last = -1
  for (const { address } of attached) {
    hostBase = Math.min(hostBase, address)
    last = Math.max(last, address)
  }
  const hostRoutes = new Int32Array(last - hostBase + 1).fill(noRoute)
  for (const { address, links } of attached) {
    const ports: number[] = []
    topology.ports[node]!.forEach(({ link }, port) => {
      if (links.includes(link) && state.usable(link)) ports.push(port)
    })
    hostRoutes[address - hostBase] = groups.decide(ports)
  }
  return { hostRoutes, hostBase }
}

function computeHostRoutes(
  topology: Topology,
  state: LinkState,
  addresses: HostAddressing,
  { noRoute, noSourceAddress }: RouteDrops,
): Map<number, HostTable> {
  const hosts = new Map<number, HostTable>()
  for (const [node, byInterface] of addresses.now) {
    const host = topology.nodes[node] as HostBlueprint
    const builder = new GroupBuilder(topology, BOND, node)
    const { first, count } = addresses.rangeOf(node)
    const routes = new Int32Array(count).fill(noSourceAddress)
    const others = new Map<number, Decision>()
    host.interfaces.forEach((nic, i) => {
      const ports: number[] = []
      topology.ports[node]!.forEach(({ link }, port) => {
        if (nic.links.includes(topology.links[link]!.name) && state.usable(link)) ports.push(port)
      })
      const decision = ports.length === 0 ? noRoute : builder.decide(ports)
      for (const address of byInterface[i]!)
        if (address >= first && address < first + count) routes[address - first] = decision
        else others.set(address, decision)
    })
    hosts.set(node, { routes, groups: builder.groups, ...(others.size > 0 && { others }) })
  }
  return hosts
}

/** The groups of one node; next hops that many destinations share become one group. */
class GroupBuilder {
  readonly groups: OneOfGroup[] = []
  readonly #topology: Topology
  readonly #ecmp: EcmpBlueprint
  readonly #node: number

  constructor(topology: Topology, ecmp: EcmpBlueprint, node: number) {
    this.#topology = topology
    this.#ecmp = ecmp
    this.#node = node
  }

  /** The decision for these ports, ascending: the port itself, or a group. */
  decide(ports: readonly number[]): Decision {
    if (ports.length === 1) return ports[0]!
    const known = this.groups.findIndex((group) => sameMembers(group.members, ports))
    if (known >= 0) return ONE_OF + known
    return ONE_OF + this.groups.push(new OneOfGroup(ports, this.#weightsOf(ports))) - 1
  }

  #weightsOf(ports: readonly number[]): number[] {
    const { links, ports: adjacencies } = this.#topology
    const weightOf = (port: number) => memberWeight(links[adjacencies[this.#node]![port]!.link]!, this.#ecmp)
    return groupWeights(ports.map(weightOf))
  }
}

function sameMembers(members: Int32Array, ports: readonly number[]): boolean {
  return members.length === ports.length && members.every((member, i) => member === ports[i])
}
