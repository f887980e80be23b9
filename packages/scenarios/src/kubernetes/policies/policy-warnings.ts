import { matchesLabels, type PolicyPort, type WorkloadSelector } from '@weft/fabric'
import type { Cluster, ContainerPort } from '../model/cluster.ts'
import type { Labels } from '../schema/object-meta.ts'
import type { Remark } from './network-policy.ts'
import type { PlacedPolicy, PlacedRule } from './placed-policy.ts'

/** A pod, or a workload that has none yet, as policies look at it. */
interface Target {
  readonly labels: Labels
  readonly ports: readonly ContainerPort[]
}

type Targets = ReadonlyMap<string, readonly Target[]>

type Seen = Pick<Cluster, 'namespaces' | 'nodes' | 'pods' | 'workloads'>

/** Targets by namespace; a cluster with many policies is looked through once. */
const targetsOf = new WeakMap<Seen, Targets>()

/** What a policy names and the cluster does not have: pods, namespaces, nodes, names of ports. */
export function policyWarnings(policy: PlacedPolicy, cluster: Seen): Remark[] {
  const remarks: Remark[] = []
  const subjects = selected(policy.subject, cluster)
  if (subjects.length === 0)
    remarks.push({
      path: policy.subjectPath,
      message: `${whatIsMissing(policy.subject, cluster)}: the policy does nothing`,
    })
  for (const rule of policy.ingress ?? []) {
    remarks.push(...peerRemarks(rule, cluster))
    // without subjects it has been said already
    if (subjects.length > 0) remarks.push(...portRemarks(rule, subjects, 'that the policy selects'))
  }
  for (const rule of policy.egress ?? []) {
    remarks.push(...peerRemarks(rule, cluster))
    remarks.push(...egressPortRemarks(rule, cluster))
  }
  return remarks
}

function peerRemarks({ peers = [] }: PlacedRule, cluster: Seen): Remark[] {
  return peers.flatMap(({ path, part }) => {
    if (part.kind === 'workloads' && selected(part.select, cluster).length === 0)
      return [{ path, message: `${whatIsMissing(part.select, cluster)}: this peer matches nothing` }]
    const isNoNode =
      part.kind === 'nodes' && !cluster.nodes.some(({ labels }) => matchesLabels(part.labels, labels))
    return isNoNode ? [{ path, message: 'no node has these labels: this peer matches nothing' }] : []
  })
}

/** Ports of what the rule leads to; of everything where it has no peers. */
function egressPortRemarks(rule: PlacedRule, cluster: Seen): Remark[] {
  if (rule.peers === undefined)
    return portRemarks(rule, [...targets(cluster).values()].flat(), 'in the cluster')
  const found = rule.peers.flatMap(({ part }) => {
    if (part.kind === 'workloads') return selected(part.select, cluster)
    // addresses may be those of pods, whose ports have names
    return part.kind === 'addresses' ? [...targets(cluster).values()].flat() : []
  })
  return found.length === 0 ? [] : portRemarks(rule, found, 'that it leads to')
}

function portRemarks({ ports = [] }: PlacedRule, found: readonly Target[], which: string): Remark[] {
  return ports.flatMap(({ path, part }) =>
    part.kind === 'named' && !found.some((target) => target.ports.some((port) => isMeant(part, port)))
      ? [{ path: path, message: portMessage(part, which) }]
      : [],
  )
}

const isMeant = ({ name, protocol }: PolicyPort & { kind: 'named' }, port: ContainerPort): boolean =>
  port.name === name && (protocol === undefined || port.protocol === protocol)

const portMessage = ({ name, protocol }: PolicyPort & { kind: 'named' }, which: string) =>
  `no pod ${which} has a ${protocol === undefined ? '' : `${protocol} `}port named ${JSON.stringify(name)}: it matches nothing`

function selected({ namespaces, labels }: WorkloadSelector, cluster: Seen): Target[] {
  return selectedNamespaces(namespaces, cluster).flatMap((name) =>
    (targets(cluster).get(name) ?? []).filter((target) => matchesLabels(labels, target.labels)),
  )
}

function selectedNamespaces(namespaces: WorkloadSelector['namespaces'], cluster: Seen): string[] {
  if ('name' in namespaces) return [namespaces.name]
  const matching = cluster.namespaces.filter(({ labels }) => matchesLabels(namespaces.labels, labels))
  return matching.map(({ name }) => name)
}

function whatIsMissing({ namespaces }: WorkloadSelector, cluster: Seen): string {
  const names = selectedNamespaces(namespaces, cluster)
  if (names.length === 0) return 'no namespace has these labels'
  const isEmpty = names.every((name) => !targets(cluster).has(name))
  const where = names.length === 1 ? `namespace ${names[0]}` : 'these namespaces'
  return isEmpty
    ? `${where} ${names.length === 1 ? 'has' : 'have'} no pods`
    : `no pod in ${where} has these labels`
}

/** Pods with addresses of their own: no policy selects those on their node's network. */
function targets(cluster: Seen): Targets {
  const known = targetsOf.get(cluster)
  if (known !== undefined) return known
  const byNamespace = new Map<string, Target[]>()
  const add = (namespace: string, labels: Labels, ports: readonly ContainerPort[]) => {
    const list = byNamespace.get(namespace)
    if (list === undefined) byNamespace.set(namespace, [{ labels, ports }])
    else list.push({ labels, ports })
  }
  for (const { namespace, labels, template } of cluster.pods)
    if (!template.hostNetwork) add(namespace, labels, template.ports)
  for (const { namespace, template, podNames } of cluster.workloads)
    if (podNames.length === 0 && !template.hostNetwork) add(namespace, template.labels, template.ports)
  targetsOf.set(cluster, byNamespace)
  return byNamespace
}
