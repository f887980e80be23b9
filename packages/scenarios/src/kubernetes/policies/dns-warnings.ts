import {
  type LabelSelector,
  matchesLabels,
  type Policy,
  type PolicyPort,
  type PolicyRule,
  type WorkloadSelector,
} from '@weft/fabric'
import { clusterDnsOf, DNS_LABELS, DNS_NAMESPACE, DNS_PORT } from '../cluster-dns.ts'
import type { Cluster, Workload } from '../model/cluster.ts'
import type { Labels } from '../schema/object-meta.ts'

/** What is found about a policy, by its name. */
export interface PolicyRemark {
  readonly policy: string
  readonly message: string
}

type Seen = Pick<Cluster, 'namespaces' | 'pods' | 'services' | 'workloads' | 'policies'>

/** Pods that answer for names, as far as policies see them. */
interface DnsPods {
  readonly labels: Labels
  readonly namespace: string
  readonly namespaceLabels: Labels
}

const NAMED_MAX = 3

/**
 * Workloads that may connect to somebody and look nobody up: policies isolate them for egress, and no rule lets UDP 53 to the
 * cluster's DNS, or to addresses that may be its. One remark for each namespace, about the policy that isolates most of them.
 */
export function dnsWarnings(cluster: Seen): PolicyRemark[] {
  const dns = dnsPodsOf(cluster)
  const blocked = new Map<string, { readonly workload: Workload; readonly isolatedBy: readonly Policy[] }[]>()
  const closing = cluster.policies.filter(({ egress }) => egress !== undefined)
  const labelsOf = new Map(cluster.namespaces.map(({ name, labels }) => [name, labels]))
  for (const workload of cluster.workloads) {
    const { namespace, template } = workload
    if (template.hostNetwork || template.dns.from !== 'cluster') continue
    const own = { labels: template.labels, namespace, namespaceLabels: labelsOf.get(namespace) ?? {} }
    const selecting = closing.filter(({ subject }) => selects(subject, own))
    const isolatedBy = selecting.filter(({ tier }) => tier === 'network')
    const rules = selecting.flatMap(({ egress = [] }) => egress.filter(({ action }) => action === 'accept'))
    // who may connect to nobody has nothing to look up
    if (isolatedBy.length === 0 || rules.length === 0 || rules.some((rule) => mayAllow(rule, dns))) continue
    const known = blocked.get(namespace)
    if (known === undefined) blocked.set(namespace, [{ workload, isolatedBy }])
    else known.push({ workload, isolatedBy })
  }
  return [...blocked].map(([namespace, found]) => {
    const names = [...new Set(found.map(({ workload }) => workload.name))]
    return {
      policy: most(found.flatMap(({ isolatedBy }) => isolatedBy)),
      message: message(namespace, names, dns),
    }
  })
}

/** The cluster's own; where manifests leave them out, those that nearly every cluster has. */
function dnsPodsOf(cluster: Seen): DnsPods {
  const pod = clusterDnsOf(cluster)?.pods[0]
  const labels = pod?.template.labels ?? DNS_LABELS
  const told = cluster.namespaces.find(({ name }) => name === DNS_NAMESPACE)?.labels
  const namespaceLabels = told ?? { 'kubernetes.io/metadata.name': DNS_NAMESPACE }
  return { labels, namespace: DNS_NAMESPACE, namespaceLabels }
}

function selects({ namespaces, labels }: WorkloadSelector, pods: DnsPods): boolean {
  const isThere =
    'name' in namespaces
      ? namespaces.name === pods.namespace
      : matchesLabels(namespaces.labels as LabelSelector, pods.namespaceLabels)
  return isThere && matchesLabels(labels, pods.labels)
}

/** Whoever has an address that rules name, or runs on a node, may answer for names; what pods call their ports is theirs. */
function mayAllow({ peers, ports }: PolicyRule, dns: DnsPods): boolean {
  if (ports !== undefined && !ports.some(isOfDns)) return false
  if (peers === undefined) return true
  return peers.some((peer) =>
    peer.kind === 'workloads'
      ? selects(peer.select, dns)
      : peer.kind === 'addresses' || peer.kind === 'nodes',
  )
}

function isOfDns(port: PolicyPort): boolean {
  if (port.kind === 'named') return port.protocol === undefined || port.protocol === 'UDP'
  return port.protocol === 'UDP' && port.first <= DNS_PORT && DNS_PORT <= port.last
}

function most(policies: readonly Policy[]): string {
  const counts = new Map<string, number>()
  for (const { name } of policies) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}

function message(namespace: string, names: readonly string[], { labels }: DnsPods): string {
  const shown = names.slice(0, NAMED_MAX).join(', ')
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : ''
  const isOne = names.length === 1
  const subject = isOne ? '1 workload' : `${names.length} workloads`
  const who = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return (
    `${subject} of namespace ${namespace} (${shown}${more}) ${isOne ? 'is' : 'are'} isolated for egress, and no rule allows UDP ` +
    `port ${DNS_PORT} to the cluster's DNS (pods ${who.join(',')} in namespace ${DNS_NAMESPACE}): ${isOne ? 'it' : 'they'} cannot look names up`
  )
}
