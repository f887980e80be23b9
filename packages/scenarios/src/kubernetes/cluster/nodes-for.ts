import type { ClusterNode, PodTemplate } from '../model/cluster.ts'
import { isAskedFor } from '../node-affinity.ts'
import { tolerates } from '../taints.ts'

/** What a DaemonSet's pods tolerate without saying so. Source: kubernetes/kubernetes pkg/controller/daemon/util/daemonset_util.go. */
const ALWAYS = new Set(
  ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
    (name) => `node.kubernetes.io/${name}`,
  ),
)

/** The nodes that a DaemonSet puts a pod on. */
export function nodesFor(template: PodTemplate, nodes: readonly ClusterNode[]): ClusterNode[] {
  const { nodeName, tolerations, hostNetwork } = template
  const isAlways = (key: string) =>
    ALWAYS.has(key) || (hostNetwork && key === 'node.kubernetes.io/network-unavailable')
  return nodes.filter(
    (node) =>
      (nodeName === undefined || nodeName === node.name) &&
      isAskedFor(template, node) &&
      node.taints.every((taint) => isAlways(taint.key) || tolerations.some((each) => tolerates(each, taint))),
  )
}
