import type { ClusterNode, PodTemplate, Toleration } from '../model/cluster.ts'
import { hasLabels } from '../selection.ts'

/** What a DaemonSet's pods tolerate without saying so. Source: kubernetes/kubernetes pkg/controller/daemon/util/daemonset_util.go. */
const ALWAYS = new Set(
  ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
    (name) => `node.kubernetes.io/${name}`,
  ),
)

/** The nodes that a DaemonSet puts a pod on. */
export function nodesFor(template: PodTemplate, nodes: readonly ClusterNode[]): ClusterNode[] {
  const { nodeName, nodeSelector, tolerations, hostNetwork } = template
  const isAlways = (key: string) =>
    ALWAYS.has(key) || (hostNetwork && key === 'node.kubernetes.io/network-unavailable')
  return nodes.filter(
    ({ name, labels, taints }) =>
      (nodeName === undefined || nodeName === name) &&
      hasLabels(labels, nodeSelector) &&
      taints.every((taint) => isAlways(taint.key) || tolerations.some((each) => tolerates(each, taint))),
  )
}

/** Source: the Kubernetes API's Toleration.ToleratesTaint. */
function tolerates(
  { key, operator, value, effect }: Toleration,
  taint: ClusterNode['taints'][number],
): boolean {
  if (effect !== undefined && effect !== taint.effect) return false
  if (key === undefined) return operator === 'Exists'
  if (key !== taint.key) return false
  if (operator === 'Exists') return true
  if (operator === 'Equal') return value === taint.value
  const [own, other] = [Number(value), Number(taint.value)]
  return operator === 'Lt' ? other < own : other > own
}
