import type { ClusterNode, Toleration } from './model/cluster.ts'

/** Whether a toleration lets a pod on nodes that have a taint. Source: the Kubernetes API's Toleration.ToleratesTaint. */
export function tolerates(
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
