import { matchesLabels, type PolicyPort, type WorkloadSelector } from '@weft/fabric'
import type { ContainerPort } from '../model/cluster.ts'
import type { Remark } from './network-policy.ts'
import type { PlacedPolicy, PlacedRule } from './placed-policy.ts'
import { type Seen, type Target, Targets } from './targets.ts'

/** Targets of clusters; one with many policies is looked through once. */
const targetsOf = new WeakMap<Seen, Targets>()

function targets(cluster: Seen): Targets {
  const known = targetsOf.get(cluster) ?? new Targets(cluster)
  targetsOf.set(cluster, known)
  return known
}

/** What a policy names and the cluster does not have: pods, namespaces, nodes, names of ports. */
export function policyWarnings(policy: PlacedPolicy, cluster: Seen): Remark[] {
  const remarks: Remark[] = []
  const subjects = targets(cluster).selected(policy.subject)
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
    if (part.kind === 'workloads' && targets(cluster).selected(part.select).length === 0)
      return [{ path, message: `${whatIsMissing(part.select, cluster)}: this peer matches nothing` }]
    const isNoNode =
      part.kind === 'nodes' && !cluster.nodes.some(({ labels }) => matchesLabels(part.labels, labels))
    return isNoNode ? [{ path, message: 'no node has these labels: this peer matches nothing' }] : []
  })
}

/** Ports of what the rule leads to; of everything where it has no peers. */
function egressPortRemarks(rule: PlacedRule, cluster: Seen): Remark[] {
  if (!(rule.ports ?? []).some(({ part }) => part.kind === 'named')) return []
  if (rule.peers === undefined) return portRemarks(rule, targets(cluster).all(), 'in the cluster')
  const found = rule.peers.flatMap(({ part }) => {
    if (part.kind === 'workloads') return targets(cluster).selected(part.select)
    // addresses may be those of pods, whose ports have names
    return part.kind === 'addresses' ? targets(cluster).all() : []
  })
  return found.length === 0 ? [] : portRemarks(rule, found, 'that it leads to')
}

function portRemarks({ ports = [] }: PlacedRule, found: readonly Target[], which: string): Remark[] {
  return ports.flatMap(({ path, part }) =>
    part.kind === 'named' && !found.some((target) => target.ports.some((port) => isMeant(part, port)))
      ? [{ path, message: portMessage(part, which) }]
      : [],
  )
}

const isMeant = ({ name, protocol }: PolicyPort & { kind: 'named' }, port: ContainerPort): boolean =>
  port.name === name && (protocol === undefined || port.protocol === protocol)

const portMessage = ({ name, protocol }: PolicyPort & { kind: 'named' }, which: string) =>
  `no pod ${which} has a ${protocol === undefined ? '' : `${protocol} `}port named ${JSON.stringify(name)}: it matches nothing`

function whatIsMissing({ namespaces, labels }: WorkloadSelector, cluster: Seen): string {
  const names = targets(cluster).namesOf(namespaces)
  if (names.length === 0) return 'no namespace has these labels'
  const isEmpty = names.every((name) => targets(cluster).in(name).length === 0)
  const where = names.length === 1 ? `namespace ${names[0]}` : 'these namespaces'
  // they are no targets
  const isOnNodes = cluster.pods.some(
    (pod) => names.includes(pod.namespace) && matchesLabels(labels, pod.labels),
  )
  if (isOnNodes) return `of ${where}, pods on their nodes' network alone have these labels`
  return isEmpty
    ? `${where} ${names.length === 1 ? 'has' : 'have'} no pods`
    : `no pod in ${where} has these labels`
}
