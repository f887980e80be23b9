import type { ClusterNode } from './cluster.ts'

export const HOSTNAME_LABEL = 'kubernetes.io/hostname'

/** What is known of a node by its name alone. */
export const plainNode = (name: string): ClusterNode => ({
  name,
  labels: { [HOSTNAME_LABEL]: name },
  addresses: [],
  podCidrs: [],
  isReady: true,
  isNameOnly: true,
  taints: [],
})
