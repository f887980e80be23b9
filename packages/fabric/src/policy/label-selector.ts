import type { LabelRequirement, LabelSelector, WorkloadSelector } from './policy-blueprint.ts'

export type Labels = Readonly<Record<string, string>>

/** The label that every namespace carries, with its own name as the value (Kubernetes' well-known labels). */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

/** All requirements hold (kubernetes/apimachinery pkg/labels/selector.go). */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  for (const requirement of selector) if (!holds(requirement, labels)) return false
  return true
}

/** An empty value is a value: the key is there. */
function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const present = Object.hasOwn(labels, key)
  switch (operator) {
    case 'In':
      return present && values.includes(labels[key]!)
    case 'NotIn':
      return !present || !values.includes(labels[key]!)
    case 'Exists':
      return present
    case 'DoesNotExist':
      return !present
  }
}

/** Whether a selector holds for a namespace of this name with these labels. */
export function matchesNamespace(
  namespaces: WorkloadSelector['namespaces'],
  name: string,
  labels: Labels,
): boolean {
  return 'name' in namespaces ? namespaces.name === name : matchesLabels(namespaces.labels, labels)
}

/** The labels of a namespace as selectors see them. */
export const namespaceLabels = (name: string, labels: Labels): Labels => ({
  ...labels,
  [NAMESPACE_NAME_LABEL]: name,
})

/** One text for selectors that say the same in another order. */
export function selectorKey(selector: LabelSelector): string {
  return selector
    .map(({ key, operator, values }) => JSON.stringify([key, operator, ...[...values].sort()]))
    .sort()
    .join()
}

export function workloadSelectorKey({ namespaces, labels }: WorkloadSelector): string {
  const where = 'name' in namespaces ? JSON.stringify(namespaces.name) : `{${selectorKey(namespaces.labels)}}`
  return `${where}/{${selectorKey(labels)}}`
}

/** One text for what is said in a cluster, which means something else in another one. */
export const inCluster = (cluster: string | undefined, text: string): string =>
  cluster === undefined ? text : `${cluster}\n${text}`

/** What was said in a cluster. */
export const withoutCluster = (text: string): string => text.slice(text.indexOf('\n') + 1)

/** One text for equal labels. */
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
