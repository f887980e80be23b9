import type { ClusterNode, NodeRequirement, PodTemplate } from './model/cluster.ts'
import type { AffinityInput } from './schema/node-affinity.ts'
import { HOSTNAME_LABEL } from './model/plain-node.ts'

/** The key of requirements about a node's name. */
const NAME = 'metadata.name'

/** What Weft models is Linux, and manifests in their thousands ask for it. */
const LINUX: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'linux',
  'beta.kubernetes.io/os': 'linux',
}

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
 * whatever other labels are asked for.
 */
export const isAskedFor = (
  { nodeSelector, nodeTerms }: Pick<PodTemplate, 'nodeSelector' | 'nodeTerms'>,
  node: Node,
): boolean =>
  Object.entries(nodeSelector).every(([key, value]) =>
    holds({ key, operator: 'In', values: [value] }, node),
  ) &&
  (nodeTerms?.some((term) => term.length > 0 && term.every((each) => holds(each, node))) ?? true)

/** Than a node's name. */
const asksForMore = (key: string): boolean => key !== NAME && key !== HOSTNAME_LABEL

const asksForLinux = ({ key, operator, values }: NodeRequirement): boolean =>
  operator === 'In' && Object.hasOwn(LINUX, key) && values.includes(LINUX[key]!)

/** Whether pods ask for labels that nodes may lack of which the name alone is known. */
export function asksForLabels({
  nodeSelector,
  nodeTerms = [],
}: Pick<PodTemplate, 'nodeSelector' | 'nodeTerms'>): boolean {
  const selected = Object.entries(nodeSelector).map(
    ([key, value]): NodeRequirement => ({ key, operator: 'In', values: [value] }),
  )
  return [...selected, ...nodeTerms.flat()].some((each) => asksForMore(each.key) && !asksForLinux(each))
}

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
