import type { Pod } from '../kubernetes/index.ts'
import { CLUSTER_ZONE } from './cluster-names.ts'

/** What stands in a pod's `/etc/resolv.conf`. */
export interface ResolvConf {
  /** Addresses, asked in this order. */
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  /** 0 to 15. */
  readonly ndots: number
}

export interface ResolvConfOptions {
  /** The cluster's domain. Default `cluster.local`. */
  readonly zone?: string
  /** Addresses of the cluster's DNS. */
  readonly clusterDns: readonly string[]
  /** What the pod's node has itself. Default: nothing. */
  readonly node?: Pick<ResolvConf, 'nameservers' | 'search'>
}

/** More are left out (kubernetes/kubernetes pkg/apis/core/validation). */
const NAMESERVERS_MAX = 3
const SEARCHES_MAX = 32

/**
 * Whom a pod asks for names, and which search paths it has. Pods in the cluster's DNS have its paths first, then their
 * node's, then their own (kubernetes/kubernetes pkg/kubelet/network/dns/dns.go).
 */
export function podResolvConf(
  { namespace, template: { dns } }: Pick<Pod, 'namespace' | 'template'>,
  { zone = CLUSTER_ZONE, clusterDns, node = { nameservers: [], search: [] } }: ResolvConfOptions,
): ResolvConf {
  const paths = [`${namespace}.svc.${zone}`, `svc.${zone}`, zone, ...node.search]
  const given = {
    cluster: { nameservers: clusterDns, search: paths },
    node,
    none: { nameservers: [], search: [] },
  }[dns.from]
  return {
    nameservers: eachOnce([...given.nameservers, ...dns.nameservers]).slice(0, NAMESERVERS_MAX),
    search: eachOnce([...given.search, ...dns.searches]).slice(0, SEARCHES_MAX),
    ndots: dns.ndots,
  }
}

const eachOnce = (given: readonly string[]): string[] => [...new Set(given)]
