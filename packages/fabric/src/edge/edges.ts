import type { EndpointState } from '../load-balancer/endpoint-state.ts'
import type { NetworkBlueprint } from '../blueprint/network.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import { ATTACHED, OUTSIDE, PRIVATE, TRANSLATED } from './address-scopes.ts'
import type { EdgeBlueprint } from './edge-blueprint.ts'
import type { EdgeContext } from './edge-context.ts'
import { GatewayEdge } from './gateway-edge.ts'
import type { OwnedAddress, RegionEdge } from './region-edge.ts'
import { type EdgeHost, SpreadEdge } from './spread-edge.ts'

interface AttachedTo {
  readonly address: number
  readonly region: string
}

/** Where the regions of a network meet the internet. */
export class Edges {
  readonly regions: readonly RegionEdge[]
  private readonly byGateway = new Map<string, RegionEdge>()
  private readonly context: EdgeContext
  private readonly hostOf: (address: number) => number | undefined
  /** By a workload's private address: the public one that it has to itself while it has it, and where. */
  private readonly attached = new Map<number, AttachedTo>()
  /** By public address of a workload's own, or that is translated at the edge of a region. */
  private readonly regionOf = new Map<number, string>()

  /**
   * `outside` are the addresses of hosts at switches of the tier `internet`; `addressesOf` are those of a host, `hostOf` says who
   * has one now.
   */
  constructor(
    network: NetworkBlueprint,
    outside: readonly number[],
    addressesOf: (host: string) => readonly number[],
    context: EdgeContext,
    hostOf: (address: number) => number | undefined,
  ) {
    this.context = context
    this.hostOf = hostOf
    for (const address of outside) context.scopes.set(address, OUTSIDE)
    let tunnels = 0
    this.regions = (network.edges ?? []).map((blueprint) => {
      if (blueprint.place === 'gateways') return new GatewayEdge(blueprint, context)
      const edge = new SpreadEdge(blueprint, context, edgeHosts(blueprint, network), tunnels)
      tunnels += edge.tunnelCount
      return edge
    })
    for (const edge of this.regions)
      for (const { address } of edge.owned) if (edge.owns(address)) this.regionOf.set(address, edge.region)
    for (const blueprint of network.edges ?? []) this.attach(blueprint, addressesOf)
    for (const edge of this.regions)
      for (const gateway of network.edges!.find(({ region }) => region === edge.region)!.gateways)
        this.byGateway.set(gateway, edge)
  }

  /** The workload that has this address is in another state now: services that are reached from outside go by it. */
  setEndpoint(address: number, state: EndpointState): void {
    for (const { servicePorts } of this.regions)
      for (const ports of servicePorts) ports.setState(address, state)
  }

  /** Services, or that of a name alone, are not reached by this address any more. */
  withdraw(address: number, service?: string): void {
    for (const { servicePorts } of this.regions)
      for (const ports of servicePorts) ports.withdraw(address, service)
  }

  /**
   * The address by which a host is seen from another one, and sends to it: where that is not in its region, its own public
   * one, if it has any; else the address given, its private one. What its region's edge translates is in its region.
   */
  facing(near: number, far: number): number {
    const own = this.attached.get(near)
    if (own === undefined || this.hostOf(own.address) !== this.hostOf(near)) return near
    const scope = this.context.scopes.of(far)
    const isElsewhere = scope === OUTSIDE || scope === TRANSLATED || scope === ATTACHED
    return isElsewhere && this.regionOf.get(far) !== own.region ? own.address : near
  }

  /** Whether packets to this address may be translated where regions meet the internet. */
  leadsAcross(address: number): boolean {
    return this.context.scopes.isPublic(address) || this.owns(address)
  }

  /** What a tunnel address of any region stands for; any other address itself. */
  publicOf(address: number): number {
    for (const edge of this.regions) {
      const found = edge instanceof SpreadEdge ? edge.publicOf(address) : undefined
      if (found !== undefined) return found
    }
    return address
  }

  /** Whether an address is translated at the edge of any region. */
  owns(address: number): boolean {
    return this.regions.some((edge) => edge.owns(address))
  }

  /** Where packets to addresses go that no host has. */
  get owned(): readonly OwnedAddress[] {
    return this.regions.flatMap(({ owned }) => owned)
  }

  private attach(
    { region, attached }: EdgeBlueprint,
    addressesOf: (host: string) => readonly number[],
  ): void {
    const { addresses, scopes } = this.context
    for (const { workload, address: text } of attached) {
      const address = addresses.intern(text)
      this.regionOf.set(address, region)
      for (const other of addressesOf(workload))
        if (
          scopes.of(other) === PRIVATE &&
          !this.attached.has(other) &&
          addresses.isIpv6(other) === addresses.isIpv6(address)
        )
          this.attached.set(other, { address, region })
    }
  }

  /** The edge that a gateway is of; undefined where its region has none. */
  of(gateway: string): RegionEdge | undefined {
    return this.byGateway.get(gateway)
  }

  /** What acts behind a host's vswitch, last on the way out. */
  hostStages(host: string): readonly InterfaceStage[] {
    return this.regions.flatMap((edge) => edge.hostStages(host))
  }
}

/** The hosts of a region that can translate: those with a vswitch. */
export function edgeHosts({ region, nat }: EdgeBlueprint, network: NetworkBlueprint): EdgeHost[] {
  const behind = nat?.blocks?.hosts === undefined ? undefined : addressesBehind(network)
  return network.nodes.flatMap((node) =>
    node.kind === 'vswitch' && node.name.startsWith(`${region}/`)
      ? [
          {
            host: node.host,
            vswitch: node.name,
            ...(behind && { inside: behind.get(node.name) ?? new Set<string>() }),
          },
        ]
      : [],
  )
}

/** By vswitch: the addresses of what hangs off it. */
function addressesBehind({ nodes, links }: NetworkBlueprint): Map<string, Set<string>> {
  const behind = new Map<string, Set<string>>()
  const addressesOf = new Map<string, readonly string[]>()
  for (const node of nodes)
    if (node.kind === 'vswitch') behind.set(node.name, new Set())
    else if (node.kind === 'host')
      addressesOf.set(
        node.name,
        node.interfaces.flatMap(({ addresses }) => addresses),
      )
  for (const {
    ends: [one, other],
  } of links)
    for (const [vswitch, host] of [
      [one, other],
      [other, one],
    ] as const)
      for (const address of addressesOf.get(host) ?? []) behind.get(vswitch)?.add(address)
  return behind
}
