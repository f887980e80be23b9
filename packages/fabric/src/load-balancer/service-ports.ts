import type { AddressTable } from '../model/address-table.ts'
import { conditionsOf, type EndpointState } from './endpoint-state.ts'
import type { ServiceBlueprint, ServicePortBlueprint } from './service-blueprint.ts'
import { type ServiceEndpoint, usableEndpoints, type WithoutEndpoint } from './service-endpoint.ts'

/** No service. */
export const NO_SERVICE = -1

/** An endpoint by its address's id. */
export type PortEndpoint = ServiceEndpoint & { readonly address: number; readonly port: number }

/** One port of a service at one of its addresses. */
export interface ServicePort {
  readonly service: ServiceBlueprint
  readonly protocol: number
  readonly port: number
  /** Of the address's own IP version, in an order that stays; their conditions are those of now. */
  readonly endpoints: readonly PortEndpoint[]
  /** Rises whenever an endpoint's conditions change. */
  readonly version: number
}

interface OwnPort extends ServicePort {
  endpoints: PortEndpoint[]
  version: number
}

/** Services by what clients call: address, protocol and port. */
export class ServicePorts {
  readonly #ports: OwnPort[] = []
  readonly #all: Places = new Map()
  /** Of clusters that have services of their own. */
  readonly #ofCluster = new Map<string, Places>()
  /** Where an address is an endpoint: ports, and places in their lists. */
  readonly #byEndpoint = new Map<number, { readonly port: OwnPort; readonly place: number }[]>()

  /** Addresses are interned in `addresses`. */
  constructor(services: readonly ServiceBlueprint[], addresses: AddressTable) {
    for (const { cluster } of services) if (cluster !== undefined) this.#ofCluster.set(cluster, new Map())
    for (const service of services) {
      for (const address of service.addresses) {
        const id = addresses.intern(address)
        for (const port of service.ports) this.#add(id, service, port, addresses)
      }
    }
  }

  get ports(): readonly ServicePort[] {
    return this.#ports
  }

  /** The index of the port that clients of a cluster call, or those of any; or NO_SERVICE. Addresses by id. */
  find(address: number, protocol: number, port: number, cluster?: string): number {
    const seen = cluster === undefined ? this.#all : this.#ofCluster.get(cluster)
    return seen?.get(address)?.get(keyOf(protocol, port)) ?? NO_SERVICE
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

  #add(
    address: number,
    service: ServiceBlueprint,
    { protocol, port, endpoints: given }: ServicePortBlueprint,
    addresses: AddressTable,
  ): void {
    const isIpv6 = addresses.isIpv6(address)
    const endpoints = given
      .map((endpoint) => ({ ...endpoint, address: addresses.intern(endpoint.address) }))
      .filter((endpoint) => addresses.isIpv6(endpoint.address) === isIpv6)
    const entry: OwnPort = { service, protocol, port, endpoints, version: 0 }
    const index = this.#ports.push(entry) - 1
    endpoints.forEach((endpoint, place) => {
      const places = this.#byEndpoint.get(endpoint.address)
      if (places === undefined) this.#byEndpoint.set(endpoint.address, [{ port: entry, place }])
      else places.push({ port: entry, place })
    })
    const key = keyOf(protocol, port)
    const own = service.cluster === undefined ? undefined : this.#ofCluster.get(service.cluster)
    for (const seen of own === undefined ? [this.#all] : [this.#all, own]) {
      const known = seen.get(address)
      if (known === undefined) seen.set(address, new Map([[key, index]]))
      else known.set(key, index)
    }
  }
}

/** Indices by address, then by protocol and port. */
type Places = Map<number, Map<number, number>>

const keyOf = (protocol: number, port: number): number => (protocol << 16) | port

/** Places in a port's list that clients of a host may go to. */
export function endpointsFor(
  { service, endpoints }: ServicePort,
  host: string,
): { readonly places: readonly number[]; readonly without?: WithoutEndpoint } {
  const { indices, without } = usableEndpoints(endpoints, service.policy, host)
  return without === undefined ? { places: indices } : { places: [], without }
}
