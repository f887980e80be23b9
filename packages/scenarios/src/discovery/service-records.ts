import { LABEL_OCTETS_MAX, type Records, reverseName } from '@weft/fabric'
import type { Service, ServicePort } from '../kubernetes/index.ts'
import type { NamedEndpoint } from './endpoints.ts'
import { mergeRecords } from './merge-records.ts'

/** Everything that the cluster's DNS says because of one service. */
export interface ServiceRecords {
  /** At and below `<service>.<namespace>.svc.<zone>`. */
  readonly forward: readonly Records[]
  /** PTR records; other services may have some of the same name. */
  readonly reverse: readonly Records[]
}

export interface RecordOptions {
  readonly zone: string
  readonly ttlPs: number
}

/** What SRV weights of one priority add up to, as CoreDNS shares it out. */
const WEIGHT_SUM = 100

/** A service with addresses of its own (specification §2.3), or one that is another name (§2.5). */
export function calledRecords(
  service: Service,
  clusterIps: readonly string[],
  options: RecordOptions,
): ServiceRecords {
  const { zone, ttlPs } = options
  const name = serviceName(service, zone)
  if (service.externalName !== undefined)
    return { forward: [{ name, type: 'CNAME', ttlPs, values: [service.externalName] }], reverse: [] }
  if (clusterIps.length === 0) return { forward: [], reverse: [] }
  const offers = service.ports.flatMap((port) =>
    offered(port, [{ port: port.port, target: name }], name, ttlPs),
  )
  return {
    forward: mergeRecords([...addressRecords(name, clusterIps, ttlPs), ...offers]),
    reverse: mergeRecords(clusterIps.map((address) => pointer(address, name, ttlPs))),
  }
}

/** A service without an address (§2.4): what stands for it are its endpoints. */
export function headlessRecords(
  service: Service,
  endpoints: readonly NamedEndpoint[],
  { zone, ttlPs }: RecordOptions,
): ServiceRecords {
  const name = serviceName(service, zone)
  const nameOf = ({ hostname }: NamedEndpoint) => `${hostname}.${name}`
  const offers = service.ports.flatMap((port) => {
    const targets = endpoints.flatMap((endpoint) => {
      const number = endpoint.portOf.get(port)
      return number === undefined ? [] : [{ port: number, target: nameOf(endpoint) }]
    })
    return offered(port, targets, name, ttlPs)
  })
  return {
    forward: mergeRecords([
      ...endpoints.flatMap(({ address }) => addressRecords(name, [address], ttlPs)),
      ...endpoints.flatMap((endpoint) => addressRecords(nameOf(endpoint), [endpoint.address], ttlPs)),
      ...offers,
    ]),
    reverse: mergeRecords(endpoints.map((endpoint) => pointer(endpoint.address, nameOf(endpoint), ttlPs))),
  }
}

/** `<service>.<namespace>.svc.<zone>`. */
export const serviceName = ({ name, namespace }: Pick<Service, 'name' | 'namespace'>, zone: string): string =>
  `${name}.${namespace}.svc.${zone}`

/** Addresses of both families, each under its type. */
export function addressRecords(name: string, addresses: readonly string[], ttlPs: number): Records[] {
  const v6 = addresses.filter((each) => each.includes(':'))
  const v4 = addresses.filter((each) => !each.includes(':'))
  return [
    ...(v4.length > 0 ? [{ name, type: 'A' as const, ttlPs, values: v4 }] : []),
    ...(v6.length > 0 ? [{ name, type: 'AAAA' as const, ttlPs, values: v6 }] : []),
  ]
}

const pointer = (address: string, target: string, ttlPs: number): Records => ({
  name: reverseName(address),
  type: 'PTR',
  ttlPs,
  values: [target],
})

/** SRV records of a port; one without a name has none, and one whose name leaves no room for the underscore. */
function offered(
  { name: port, protocol }: ServicePort,
  targets: readonly { readonly port: number; readonly target: string }[],
  service: string,
  ttlPs: number,
): Records[] {
  if (port === undefined || port.length >= LABEL_OCTETS_MAX || targets.length === 0) return []
  // an endpoint with two addresses is one target
  const each = [...new Map(targets.map((target) => [`${target.port} ${target.target}`, target])).values()]
  const weight = Math.floor(WEIGHT_SUM / each.length)
  const values = each.map((target) => ({ priority: 0, weight, ...target }))
  return [{ name: `_${port}._${protocol.toLowerCase()}.${service}`, type: 'SRV', ttlPs, values }]
}
