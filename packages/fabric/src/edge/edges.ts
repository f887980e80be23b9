import type { NetworkBlueprint } from '../blueprint/network.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import { OUTSIDE } from './address-scopes.ts'
import type { EdgeContext } from './edge-context.ts'
import { GatewayEdge } from './gateway-edge.ts'
import type { OwnedAddress, RegionEdge } from './region-edge.ts'
import { type EdgeHost, SpreadEdge } from './spread-edge.ts'

/** Where the regions of a network meet the internet. */
export class Edges {
  readonly regions: readonly RegionEdge[]
  private readonly byGateway = new Map<string, RegionEdge>()

  /** `outside` are the addresses of hosts at switches of the tier `internet`. */
  constructor(network: NetworkBlueprint, outside: readonly number[], context: EdgeContext) {
    for (const address of outside) context.scopes.set(address, OUTSIDE)
    let tunnels = 0
    this.regions = (network.edges ?? []).map((blueprint) => {
      if (blueprint.place === 'gateways') return new GatewayEdge(blueprint, context)
      const edge = new SpreadEdge(blueprint, context, hostsOf(blueprint.region, network), tunnels)
      tunnels += edge.tunnelCount
      return edge
    })
    for (const edge of this.regions)
      for (const gateway of network.edges!.find(({ region }) => region === edge.region)!.gateways)
        this.byGateway.set(gateway, edge)
  }

  /** Where packets to addresses go that no host has. */
  get owned(): readonly OwnedAddress[] {
    return this.regions.flatMap(({ owned }) => owned)
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

function hostsOf(region: string, { nodes }: NetworkBlueprint): EdgeHost[] {
  return nodes.flatMap((node) =>
    node.kind === 'vswitch' && node.name.startsWith(`${region}/`)
      ? [{ host: node.host, vswitch: node.name }]
      : [],
  )
}
