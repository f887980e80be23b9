import type { ClusterNode, NodeRequirement, PodTemplate } from './model/cluster.ts'
import type { AffinityInput } from './schema/node-affinity.ts'
import { HOSTNAME_LABEL } from './model/plain-node.ts'
import { hasLabels } from './selection.ts'

/** The key of requirements about a node's name. */
const NAME = 'metadata.name'

type Node = Pick<ClusterNode, 'name' | 'labels' | 'isNameOnly'>

/** Alternatives, of each of which all must hold; absent: a pod asks for nothing. */
export function nodeTermsOf(affinity: AffinityInput | undefined): Pick<PodTemplate, 'nodeTerms'> {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return {}
  return {
    nodeTerms: required.nodeSelectorTerms.map(({ matchExpressions = [], matchFields = [] }) =>
      [...matchExpressions, ...matchFields].map(({ key, operator, values = [] }) => ({
        key,
        operator,
        values,
      })),
    ),
  }
}

/**
 * Whether a node has what pods of a template ask for by `nodeSelector` and node affinity. Source: kubernetes/component-helpers
 * scheduling/corev1/nodeaffinity; a term without requirements matches nothing. A node of which the name alone is known has
 * what affinity asks for.
 */
export const isAskedFor = (
  { nodeSelector, nodeTerms }: Pick<PodTemplate, 'nodeSelector' | 'nodeTerms'>,
  node: Node,
): boolean =>
  hasLabels(node.labels, nodeSelector) &&
  (nodeTerms?.some((term) => term.length > 0 && term.every((each) => holds(each, node))) ?? true)

/** Than a node's name. */
const asksForMore = (key: string): boolean => key !== NAME && key !== HOSTNAME_LABEL

/** Whether pods ask for labels that nodes have of which the name alone is not known. */
export const asksForLabels = ({ nodeTerms = [] }: Pick<PodTemplate, 'nodeTerms'>): boolean =>
  nodeTerms.some((term) => term.some(({ key }) => asksForMore(key)))

function holds({ key, operator, values }: NodeRequirement, { name, labels, isNameOnly }: Node): boolean {
  if (isNameOnly === true && asksForMore(key)) return true
  const value = key === NAME ? name : Object.hasOwn(labels, key) ? labels[key] : undefined
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  if (operator === 'NotIn') return value === undefined || !values.includes(value)
  if (value === undefined) return false
  if (operator === 'In') return values.includes(value)
  const [own, bound] = [value, values[0] ?? ''].map((each) =>
    /^-?\d+$/.test(each) ? Number(each) : Number.NaN,
  )
  return operator === 'Gt' ? own! > bound! : own! < bound!
}
