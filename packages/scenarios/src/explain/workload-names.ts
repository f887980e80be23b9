import type { CompiledCluster } from '../compile/kubernetes.ts'

/**
 * Whose packets the packets of a pod or a workload are: a pod's own, or those of the host whose network it uses. A workload, such
 * as a Deployment, stands for its pods, which policies do not tell apart, and the first of them for all.
 */
export function workloadNames(clusters: readonly CompiledCluster[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { cluster, cloud } of clusters) {
    const hostOf = (pod: string) => cloud.hostNetwork.get(pod) ?? pod
    for (const { id } of cluster.pods) names.set(id, hostOf(id))
    for (const workload of cluster.workloads) {
      const first = cluster.pods.find((pod) => pod.workload === workload.id)
      if (first !== undefined) names.set(workload.id, hostOf(first.id))
    }
  }
  return names
}
