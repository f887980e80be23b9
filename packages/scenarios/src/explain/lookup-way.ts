import type { CompiledCluster } from '../compile/clusters/kubernetes.ts'
import { clusterDnsOf, DNS_PORT, dnsAddressesOf } from '../kubernetes/cluster-dns.ts'
import { type Endpoint, type Explanation, explainOneWay } from './explain.ts'
import type { NetworkAt } from './network-at.ts'

/** A question on its way from a pod to its cluster's DNS, by the decisions that any packet meets. */
export interface LookupWay
  extends Pick<Explanation, 'verdict' | 'reason' | 'at' | 'delivered' | 'service' | 'rule'> {
  /** The service that is asked. */
  readonly server: string
  readonly address: string
  readonly protocol: 'udp'
  readonly port: typeof DNS_PORT
}

/**
 * Undefined where manifests do not tell what answers for the cluster's names, or not at an address of a family that the
 * client has.
 */
export function lookupWay(
  at: NetworkAt,
  clients: readonly Endpoint[],
  { cluster, cloud }: CompiledCluster,
  atPs: number,
): LookupWay | undefined {
  const id = clusterDnsOf(cluster)?.service.id
  const isOfFamily = (client: Endpoint, address: string) =>
    client.address.includes(':') === address.includes(':')
  const address = dnsAddressesOf(cluster, cloud)?.find((each) =>
    clients.some((client) => isOfFamily(client, each)),
  )
  const client = clients.find((each) => address !== undefined && isOfFamily(each, address))
  if (id === undefined || address === undefined || client === undefined) return undefined
  const asked = { protocol: 'udp', port: DNS_PORT } as const
  const question = { ...asked, from: client, to: { host: id, address }, atPs }
  const { verdict, reason, at: where, delivered, service, rule } = explainOneWay(at, question).explanation
  return { server: id, address, ...asked, verdict, reason, at: where, delivered, service, rule }
}
