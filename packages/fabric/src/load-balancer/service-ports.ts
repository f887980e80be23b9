import type { AddressTable } from '../model/address-table.ts'
import { conditionsOf, type EndpointState } from './endpoint-state.ts'
import type { ServiceBlueprint, ServiceEndpointBlueprint, ServicePortBlueprint } from './service-blueprint.ts'
import {
  type ServiceEndpoint,
  type TrafficPolicy,
  usableEndpoints,
  type WithoutEndpoint,
} from './service-endpoint.ts'

/** No service. */
export const NO_SERVICE = -1

/** An endpoint by its address's id. */
export type PortEndpoint = ServiceEndpoint & { readonly address: number; readonly port: number }

/** One port of a service at one of its addresses. */
export interface ServicePort {
  readonly service: ServiceBlueprint
  readonly protocol: number
  readonly port: number
  readonly policy: TrafficPolicy
  /** The server that leads a client on stands for it. */
  readonly isMasked: boolean
  /** Of the address's own IP version, in an order that stays; their conditions are those of now. */
  readonly endpoints: readonly PortEndpoint[]
  /** Rises whenever an endpoint's conditions change. */
  readonly version: number
  /** Its address is not in service any more. */
  readonly isWithdrawn: boolean
}

/** A service at servers' own addresses of one IP version: indices of its ports. */
export interface NodePort {
  /** For clients from elsewhere, and for those of the server. */
  readonly outside: number
  readonly inside: number
}

interface OwnPort extends ServicePort {
  endpoints: PortEndpoint[]
  version: number
  isWithdrawn: boolean
}

/** Services by what clients call: address, protocol and port. */
export class ServicePorts {
  readonly #ports: OwnPort[] = []
  readonly #all: Places = new Map()
  /** Of clusters that have services of their own. */
  readonly #ofCluster = new Map<string, Places>()
  /** By cluster, then by IP version, protocol and port. */
  readonly #nodePorts = new Map<string | undefined, Map<string, NodePort>>()
  /** Where an address is an endpoint: ports, and places in their lists. */
  readonly #byEndpoint = new Map<number, { readonly port: OwnPort; readonly place: number }[]>()

  readonly #addresses: AddressTable

  /** Addresses are interned in `addresses`. */
  constructor(services: readonly ServiceBlueprint[], addresses: AddressTable) {
    this.#addresses = addresses
    for (const { cluster } of services) if (cluster !== undefined) this.#ofCluster.set(cluster, new Map())
    for (const service of services) {
      for (const address of service.addresses) {
        const id = addresses.intern(address)
        for (const port of service.ports) this.#add(id, service, port, addresses)
      }
      for (const port of service.ports) this.#addNodePort(service, port, addresses)
    }
  }

  /** Some service is for clients of node ports that keep their address. */
  keepsClients = false
  /** Some service's own address is one where servers stand for clients. */
  hasMasked = false

  get ports(): readonly ServicePort[] {
    return this.#ports
  }

  /** Whether servers take any service at their own addresses. */
  get hasNodePorts(): boolean {
    return this.#nodePorts.size > 0
  }

  /** The index of the port that clients of a cluster call, or those of any; or NO_SERVICE. Addresses by id. */
  find(address: number, protocol: number, port: number, cluster?: string): number {
    const seen = cluster === undefined ? this.#all : this.#ofCluster.get(cluster)
    return seen?.get(address)?.get(keyOf(protocol, port)) ?? NO_SERVICE
  }

  /** An address that its clients call, by id; of a service that hosts have at node ports alone that of an endpoint, if it has one. */
  calledAt({ service, endpoints }: ServicePort): number | undefined {
    const [address] = service.addresses
    return address === undefined ? endpoints[0]?.address : this.#addresses.intern(address)
  }

  /** What the server of a cluster, or of the only one, has at this port of an address of its own; undefined: nothing. */
  findNodePort(address: number, protocol: number, port: number, cluster?: string): NodePort | undefined {
    return this.#nodePorts.get(cluster)?.get(nodePortKey(this.#addresses.isIpv6(address), protocol, port))
  }

  /** What the blueprint, or the last `setState`, says of an endpoint's workload; undefined where the address is none. */
  conditionsAt(address: number): ServiceEndpoint | undefined {
    const [first] = this.#byEndpoint.get(address) ?? []
    return first?.port.endpoints[first.place]
  }

  /** The workload that has this address is in another state now: new connections go by it. */
  setState(address: number, state: EndpointState): void {
    for (const { port, place } of this.#byEndpoint.get(address) ?? []) {
      const conditions = conditionsOf(state, port.service.publishesNotReady ?? false)
      port.endpoints[place] = { ...port.endpoints[place]!, ...conditions }
      port.version++
    }
  }

  /** Services, or that of a name alone, are not reached by this address any more, whatever becomes of their endpoints. */
  withdraw(address: number, service?: string): void {
    for (const seen of [this.#all, ...this.#ofCluster.values()])
      for (const index of seen.get(address)?.values() ?? []) {
        const port = this.#ports[index]!
        if (service !== undefined && port.service.name !== service) continue
        port.isWithdrawn = true
        port.version++
      }
  }

  #add(
    address: number,
    service: ServiceBlueprint,
    { protocol, port, endpoints: given }: ServicePortBlueprint,
    addresses: AddressTable,
  ): void {
    const endpoints = endpointsOf(given, addresses, addresses.isIpv6(address))
    const isExternal = service.externalAddresses?.some((each) => addresses.intern(each) === address) === true
    const isMasked = isExternal && service.externalPolicy !== 'local'
    if (isMasked) this.hasMasked = true
    const policy = isExternal ? 'cluster' : service.policy
    const index = this.#enter({ service, protocol, port, policy, isMasked, endpoints, ...NEW })
    const key = keyOf(protocol, port)
    const own = service.cluster === undefined ? undefined : this.#ofCluster.get(service.cluster)
    for (const seen of own === undefined ? [this.#all] : [this.#all, own]) {
      const known = seen.get(address)
      if (known === undefined) seen.set(address, new Map([[key, index]]))
      else known.set(key, index)
    }
  }

  #addNodePort(
    service: ServiceBlueprint,
    { protocol, nodePort, endpoints: given }: ServicePortBlueprint,
    addresses: AddressTable,
  ): void {
    if (nodePort === undefined) return
    const known = this.#nodePorts.get(service.cluster) ?? new Map<string, NodePort>()
    this.#nodePorts.set(service.cluster, known)
    const keepsClients = service.externalPolicy === 'local'
    if (keepsClients) this.keepsClients = true
    for (const isIpv6 of [false, true]) {
      const endpoints = () => endpointsOf(given, addresses, isIpv6)
      const common = { service, protocol, port: nodePort, isMasked: !keepsClients, ...NEW }
      const inside = this.#enter({ ...common, policy: 'cluster', endpoints: endpoints() })
      const outside = keepsClients
        ? this.#enter({ ...common, policy: 'local', endpoints: endpoints() })
        : inside
      known.set(nodePortKey(isIpv6, protocol, nodePort), { outside, inside })
    }
  }

  #enter(port: OwnPort): number {
    port.endpoints.forEach((endpoint, place) => {
      const places = this.#byEndpoint.get(endpoint.address)
      if (places === undefined) this.#byEndpoint.set(endpoint.address, [{ port, place }])
      else places.push({ port, place })
    })
    return this.#ports.push(port) - 1
  }
}

function endpointsOf(
  given: readonly ServiceEndpointBlueprint[],
  addresses: AddressTable,
  isIpv6: boolean,
): PortEndpoint[] {
  return given
    .map((endpoint) => ({ ...endpoint, address: addresses.intern(endpoint.address) }))
    .filter((endpoint) => addresses.isIpv6(endpoint.address) === isIpv6)
}

const NEW = { version: 0, isWithdrawn: false }

/** Indices by address, then by protocol and port. */
type Places = Map<number, Map<number, number>>

const nodePortKey = (isIpv6: boolean, protocol: number, port: number): string =>
  `${isIpv6 ? 6 : 4}/${protocol}/${port}`

const keyOf = (protocol: number, port: number): number => (protocol << 16) | port

/** Places in a port's list that clients of a host may go to. */
export function endpointsFor(
  { policy, endpoints, isWithdrawn }: ServicePort,
  host: string,
): { readonly places: readonly number[]; readonly without?: WithoutEndpoint } {
  if (isWithdrawn) return { places: [], without: 'service-no-endpoint' }
  const { indices, without } = usableEndpoints(endpoints, policy, host)
  return without === undefined ? { places: indices } : { places: [], without }
}
