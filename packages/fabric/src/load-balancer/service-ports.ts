import type { AddressTable } from '../model/address-table.ts'
import type { ServiceBlueprint, ServicePortBlueprint } from './service-blueprint.ts'
import { type ServiceEndpoint, usableEndpoints, type WithoutEndpoint } from './service-endpoint.ts'

/** No service. */
export const NO_SERVICE = -1

/** One port of a service at one of its addresses. */
export interface ServicePort {
  readonly service: ServiceBlueprint
  readonly protocol: number
  readonly port: number
  /** Of the address's own IP version. */
  readonly endpoints: readonly (ServiceEndpoint & { readonly address: number; readonly port: number })[]
}

/** Services by what clients call: address, protocol and port. */
export class ServicePorts {
  readonly ports: ServicePort[] = []
  readonly #byAddress = new Map<number, Map<number, number>>()

  /** Addresses are interned in `addresses`. */
  constructor(services: readonly ServiceBlueprint[], addresses: AddressTable) {
    for (const service of services) {
      for (const address of service.addresses) {
        const id = addresses.intern(address)
        for (const port of service.ports) this.#add(id, service, port, addresses)
      }
    }
  }

  /** The index of the port, or NO_SERVICE. Addresses by id. */
  find(address: number, protocol: number, port: number): number {
    return this.#byAddress.get(address)?.get(keyOf(protocol, port)) ?? NO_SERVICE
  }

  #add(
    address: number,
    service: ServiceBlueprint,
    port: ServicePortBlueprint,
    addresses: AddressTable,
  ): void {
    const isIpv6 = addresses.isIpv6(address)
    const endpoints = port.endpoints
      .map((endpoint) => ({ ...endpoint, address: addresses.intern(endpoint.address) }))
      .filter((endpoint) => addresses.isIpv6(endpoint.address) === isIpv6)
    const index = this.ports.push({ service, protocol: port.protocol, port: port.port, endpoints }) - 1
    const known = this.#byAddress.get(address)
    const key = keyOf(port.protocol, port.port)
    if (known === undefined) this.#byAddress.set(address, new Map([[key, index]]))
    else known.set(key, index)
  }
}

const keyOf = (protocol: number, port: number): number => (protocol << 16) | port

/** Places in a port's list that clients of a host may go to. */
export function endpointsFor(
  { service, endpoints }: ServicePort,
  host: string,
): { readonly places: readonly number[]; readonly without?: WithoutEndpoint } {
  const { indices, without } = usableEndpoints(endpoints, service.policy, host)
  return without === undefined ? { places: indices } : { places: [], without }
}
