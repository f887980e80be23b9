import { Simulation } from '@weft/core'
import type { EcmpBlueprint, NetworkBlueprint, NodeBlueprint } from '../blueprint/network.ts'
import type { ComponentContext, ComponentKind } from '../components/component-kind.ts'
import { componentKinds } from '../components/kinds.ts'
import { type InterfacesMode, LIVE, OPENING, type ProbeKind, probingMode } from '../interfaces/mode.ts'
import type { ServerAddresses } from '../interfaces/masquerade.ts'
import { WorkloadInterfaces } from '../interfaces/workload-interfaces.ts'
import { AddressScopes } from '../edge/address-scopes.ts'
import { Edges } from '../edge/edges.ts'
import { INTERNET_TIER } from '../edge/internet-tier.ts'
import type { EndpointState } from '../load-balancer/endpoint-state.ts'
import { lookupLoss } from '../names/lookup-loss.ts'
import { NetworkNames } from '../names/network-names.ts'
import { AddressTable } from '../model/address-table.ts'
import { AddressHolders, type MovedAddress } from './address-holders.ts'
import { InstalledRoutes } from './installed-routes.ts'
import type { Node } from '../model/component.ts'
import type { Routes } from '../model/forwarding-table.ts'
import { fiveTupleKey, type HashKey } from '../model/five-tuple.ts'
import { Ledger } from '../model/ledger.ts'
import { PacketTable } from '../model/packet-table.ts'
import type { Selector } from '../model/selector.ts'
import { GONE, RUNS } from '../model/workload-state.ts'
import type { HostAddresses, OwnedAddress } from '../routing/destinations.ts'
import { Pools } from '../pools/pools.ts'
import { type LinkState, Topology } from '../routing/topology.ts'
import { createSelector } from '../selection/create-selector.ts'

export interface NetworkOptions {
  readonly sim?: Simulation
  /** Replaces the five-tuple as what ECMP groups and bonds hash. */
  readonly hashKey?: HashKey
  /** Catch use after free of packets; slower. */
  readonly checked?: boolean
}

const ABSENT: EndpointState = { isRunning: false, isServing: false, isTerminating: false }

/** A network of components, ready for any clock: decisions and routes, but no timing. */
export class Network {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses = new AddressTable()
  /** What limits how many of something there are at once, of all nodes. */
  readonly pools = new Pools()
  /** What the packets are that stages see now; undefined where there is no stage. */
  readonly mode: InterfacesMode | undefined
  /** What acts at the interfaces of workloads; undefined where nothing does. */
  readonly interfaces: WorkloadInterfaces | undefined
  /** Where its regions meet the internet; undefined where none does. */
  readonly edges: Edges | undefined
  /** What hosts look up; undefined where they know no names. */
  readonly names: NetworkNames | undefined
  /** What each address is towards the internet. */
  readonly scopes = new AddressScopes()
  readonly topology: Topology
  readonly blueprint: NetworkBlueprint
  /** By node index of the topology. */
  readonly nodes: readonly Node[]
  /** Address ids of what every host has now, by interface. */
  readonly hostAddresses: HostAddresses
  /** By node index: a `WorkloadState`. */
  readonly workloadStates: Uint8Array
  readonly #hashKey: HashKey
  readonly #holders: AddressHolders
  readonly #owned: readonly OwnedAddress[]
  readonly #routes: InstalledRoutes
  /** By address; made when first asked for. */
  #serviceNames: ReadonlyMap<number, string> | undefined

  constructor(blueprint: NetworkBlueprint, options: NetworkOptions = {}) {
    this.blueprint = blueprint
    this.sim = options.sim ?? new Simulation()
    this.packets = new PacketTable({ checked: options.checked ?? false })
    this.ledger = new Ledger(this.packets)
    this.#hashKey = options.hashKey ?? fiveTupleKey
    this.topology = new Topology(blueprint)
    this.workloadStates = new Uint8Array(this.topology.nodes.length)
    for (const name of blueprint.interfaces?.stopped ?? [])
      this.workloadStates[this.topology.nodeIndex(name)] = GONE
    this.#holders = new AddressHolders(this.topology, this.addresses, (node) => this.runs(node))
    this.hostAddresses = this.#holders.now
    const { sim, packets, ledger, addresses } = this
    const mode = probingMode()
    this.mode = blueprint.interfaces === undefined && blueprint.edges === undefined ? undefined : mode
    this.interfaces =
      blueprint.interfaces &&
      new WorkloadInterfaces(blueprint.interfaces, {
        sim,
        packets,
        ledger,
        addresses,
        mode,
        pools: this.pools,
        serverOf: (host) => this.#serverOf(host),
      })
    this.names =
      blueprint.names && new NetworkNames(blueprint.names, sim, (host, at) => lookupLoss(this, host, at))
    const { scopes } = this
    this.edges =
      blueprint.edges &&
      new Edges(
        blueprint,
        this.#outside(),
        (host) => this.#addressesOf(host),
        {
          sim,
          pools: this.pools,
          packets,
          ledger,
          addresses,
          mode,
          scopes,
        },
        (address) => this.hostOf(address),
      )
    this.#owned = (this.edges?.owned ?? []).map(({ address, nodes }) => ({
      address,
      nodes: nodes.map((name) => this.topology.nodeIndex(name)).sort((a, b) => a - b),
    }))
    const context: ComponentContext = {
      sim: this.sim,
      packets: this.packets,
      ledger: this.ledger,
      pools: this.pools,
      selector: (name, ecmp) => this.#selector(name, ecmp),
      addressesOf: (host) => this.#holders.rangeOf(this.topology.nodeIndex(host)),
      hostsAt: (node) => this.#hostsAt(this.topology.nodeIndex(node)),
      workloadStates: this.workloadStates,
      nodeIndex: (node) => this.topology.nodeIndex(node),
      stagesOf: (host) => [
        ...(this.interfaces?.stagesOf(host) ?? []),
        ...(this.edges?.hostStages(host) ?? []),
      ],
      ownCallsOf: (host) => this.interfaces?.ownCallsOf(host),
      internetAt: (node) => this.#internetAt(this.topology.nodeIndex(node)),
      borderOf: (gateway) => this.edges?.of(gateway),
    }
    this.workloadStates.forEach((state, node) => {
      const addresses = state === GONE ? this.hostAddresses.get(node)!.flat() : []
      for (const address of addresses) this.setEndpoint(address, ABSENT)
    })
    this.nodes = this.topology.nodes.map((node) => kindOf(node).create(node, context))
    for (const address of this.names?.addresses() ?? []) this.addresses.intern(address)
    this.#routes = new InstalledRoutes({
      topology: this.topology,
      ledger,
      addresses,
      holders: this.#holders,
      owned: this.#owned,
      install: (routes) => this.#handOut(routes),
    })
    this.#routes.installForAll()
  }

  /** Computes routes for this state of nodes and links, and hands them to every component at once. */
  installRoutes(state: LinkState): void {
    this.#routes.installFor(state)
  }

  /** The addresses that a host shares with others, and that another one has now: those that it would take over. */
  wantedBy(host: number): readonly MovedAddress[] {
    return this.#holders.wantedBy(host)
  }

  /** What a host sends from in place of an address that goes to another one; what nobody has on an interface where it has no other. */
  substituteFor(address: number, host: number): number {
    const isIpv6 = this.addresses.isIpv6(address)
    const own = this.hostAddresses.get(host)!.flat()
    const other = own.find((each) => each !== address && this.addresses.isIpv6(each) === isIpv6)
    return other ?? this.#holders.noneOf(host, isIpv6 ? 'ipv6' : 'ipv4')
  }

  /** As `addressOf`, of what a host sends from now: its first address may be another's by now, which has taken its place. */
  sourceOf(host: string, family: 'ipv4' | 'ipv6'): number | undefined {
    const first = this.addressOf(host, family)
    if (first === undefined) return undefined
    const node = this.topology.nodeIndex(host)
    return this.hostOf(first) === node || !this.runs(node) ? first : this.substituteFor(first, node)
  }

  /** A host, by node index, has from now on what it shares with others: routes lead there, and policies mean it. */
  takeOver(host: number): void {
    const moved = this.wantedBy(host)
    if (moved.length === 0) return
    this.#holders.takeOver(host)
    for (const { address } of moved)
      this.interfaces?.policy.moveAddress(this.addresses.textOf(address), this.topology.nodes[host]!.name)
    this.#routes.renew()
  }

  /** Routes will say where these addresses are, be it nowhere; to be called while all is up. */
  know(addresses: Iterable<string>): void {
    const before = this.addresses.size
    for (const address of addresses) this.addresses.intern(address)
    if (this.addresses.size > before) this.#routes.installForAll()
  }

  /** Hands routes to every component at once. */
  install(routes: Routes): void {
    this.#routes.install(routes)
  }

  /** What was installed last. */
  get routes(): Routes {
    return this.#routes.current
  }

  /** From now on packets are of a run: what they pass through remembers them. */
  goLive(): void {
    if (this.mode !== undefined) this.mode.packets = LIVE
  }

  /**
   * Asks nodes what they would do with packets, and but for HOLDING leaves no trace, whatever else is going on. The packets
   * open connections, are answers on one that was let through, or stand for those of a flow.
   */
  probe<Answer>(ask: () => Answer, packets: ProbeKind = OPENING): Answer {
    const { mode } = this
    if (mode === undefined) return ask()
    const before = mode.packets
    mode.packets = packets
    try {
      return ask()
    } finally {
      mode.packets = before
    }
  }

  /** Whether this node decides by what routing installed and by nothing else, see `ComponentKind.decidesBy`. */
  decidesByRoutes(node: number): boolean {
    return kindOf(this.topology.nodes[node]!).decidesBy === 'routes'
  }

  /** Whether this node does so with what was let through, see `ComponentKind.decidesBy`. */
  isLedByRoutes(node: number): boolean {
    return this.decidesByRoutes(node) || kindOf(this.topology.nodes[node]!).decidesBy === 'routes-once-let-in'
  }

  /** Answers with the routes that lead everywhere while everything is up, and puts those back that were installed. */
  withEverythingUp<Answer>(ask: () => Answer): Answer {
    return this.#routes.withEverythingUp(ask)
  }

  /** The nodes, by index, that take packets to an address which is no host's own: at the edge of a region. */
  takersOf(address: number): readonly number[] {
    return this.#owned.find((owned) => owned.address === address)?.nodes ?? []
  }

  /** The id of a host's first address of this family; undefined when it has none. */
  addressOf(host: string, family: 'ipv4' | 'ipv6'): number | undefined {
    return this.topology.hasNode(host)
      ? this.#holders.firstOf(this.topology.nodeIndex(host), family)
      : undefined
  }

  /** The workload that has this address is in another state now: new connections to services go by it. */
  setEndpoint(address: number, state: EndpointState): void {
    this.interfaces?.services.setState(address, state)
    this.edges?.setEndpoint(address, state)
  }

  /** Services, or that of a name alone, are not reached by this address any more; connections that are open stay so. */
  withdraw(address: string, service?: string): void {
    const id = this.addresses.intern(address)
    this.interfaces?.services.withdraw(id, service)
    this.edges?.withdraw(id, service)
  }

  /** Whether a host is a workload that does not run now, be it about to. */
  isStopped(host: string): boolean {
    return !this.runs(this.topology.nodeIndex(host))
  }

  /** Whether a host, by node index, runs: what is no workload always does. */
  runs(node: number): boolean {
    return this.workloadStates[node] === RUNS
  }

  /** The address by which the host of one address is seen from that of another: see `Edges.facing`. */
  facing(near: number, far: number): number {
    return this.edges === undefined ? near : this.edges.facing(near, far)
  }

  /** The node index of the host that has this address now. */
  hostOf(address: number): number | undefined {
    return this.#holders.hostOf(address)
  }

  /** Whose an address is: a host's, or a service's that is called by it; else the address itself. */
  nameOf(address: number): string {
    const host = this.hostOf(address)
    if (host !== undefined) return this.topology.nodes[host]!.name
    this.#serviceNames ??= this.#nameServices()
    return this.#serviceNames.get(address) ?? this.addresses.textOf(address)
  }

  #handOut(routes: Routes): void {
    for (const [index, node] of this.topology.nodes.entries())
      kindOf(node).install(this.nodes[index]!, routes, index)
  }

  #nameServices(): Map<number, string> {
    const { interfaces, edges = [] } = this.blueprint
    const services = [
      ...edges.flatMap(({ services, inside }) => [...services, ...(inside?.services ?? [])]),
      ...(interfaces?.services ?? []),
    ]
    return new Map(
      services.flatMap(({ name, addresses }) => addresses.map((text) => [this.addresses.intern(text), name])),
    )
  }

  #serverOf(host: string): ServerAddresses {
    const node = this.topology.nodeIndex(host)
    const likeOf = (address: number) => this.addressOf(host, this.addresses.isIpv6(address) ? 'ipv6' : 'ipv4')
    const vswitch = this.topology.ports[node]![0]!.neighbour
    const workloadAt = (address: number) => {
      const workload = this.hostOf(address)
      const isHere = workload !== undefined && this.topology.ports[workload]![0]?.neighbour === vswitch
      return isHere ? workload : -1
    }
    return { name: host, node, addresses: this.hostAddresses.get(node)!.flat(), likeOf, workloadAt }
  }

  #hostsAt(node: number): Int32Array {
    const { ports } = this.topology
    return Int32Array.from(ports[node]!, ({ neighbour }) =>
      this.topology.isHost(neighbour) ? neighbour : -1,
    )
  }

  #addressesOf(host: string): readonly number[] {
    return this.hostAddresses.get(this.topology.nodeIndex(host))?.flat() ?? []
  }

  /** Addresses of the hosts at the internet's switches. */
  #outside(): number[] {
    return [...this.hostAddresses].flatMap(([host, byInterface]) =>
      this.#internetAt(host).includes(1) ? byInterface.flat() : [],
    )
  }

  #internetAt(node: number): Uint8Array {
    const { ports, nodes } = this.topology
    return Uint8Array.from(ports[node]!, ({ neighbour }) => {
      const other = nodes[neighbour]!
      return other.kind === 'switch' && other.tier === INTERNET_TIER ? 1 : 0
    })
  }

  #selector(name: string, ecmp: EcmpBlueprint): Selector {
    return createSelector(ecmp, this.#hashKey, this.sim, this.packets, this.sim.random(`${name}/ecmp`))
  }
}

/** The registry is keyed by the very `kind` that tells blueprints apart, so the pair always fits. */
function kindOf(node: NodeBlueprint): ComponentKind<NodeBlueprint, Node> {
  return componentKinds[node.kind] as unknown as ComponentKind<NodeBlueprint, Node>
}
