import type { Cluster, ClusterIngress, Pod, Service } from '../../kubernetes/index.ts'
import { hasLabels } from '../../kubernetes/selection.ts'
import type { IngressInput } from '../../schema/ingress.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'

const NAME_LABEL = 'app.kubernetes.io/name'

/** Who serves an ingress: its rules, its pods, and the service in front of them. */
export interface FoundController {
  readonly ingress: ClusterIngress
  readonly pods: readonly Pod[]
  readonly service: Service
}

/** What an entry of `ingress` means; undefined where that was refused. */
export function findController(
  cluster: Cluster,
  input: IngressInput,
  path: Path,
  problems: Problems,
): FoundController | undefined {
  const ingress = ingressOf(cluster, input, path, problems)
  if (ingress === undefined) return undefined
  const workload = input.controller ?? workloadFor(cluster, ingress)
  if (workload === undefined) {
    const told =
      ingress.controller === undefined
        ? 'no IngressClass says who serves it'
        : `no workload has the label ${NAME_LABEL}: ${nameOf(ingress.controller)}`
    problems.refuse(path, `${told}; give "controller", the workload that serves ${ingress.blueprint.name}`)
    return undefined
  }
  const pods = cluster.pods.filter((pod) => pod.workload === workload)
  if (pods.length === 0) {
    const names = cluster.workloads.map(({ id }) => id)
    problems.refuse(
      [...path, 'controller'],
      problems.unknownName('workload', workload, names, 'no workload with pods is called so'),
    )
    return undefined
  }
  const service = serviceOf(cluster, input, pods, path, problems)
  return service && { ingress, pods, service }
}

/** Controllers that can be found without being told, in the order of their ingresses. */
export const findableInputs = (cluster: Cluster): IngressInput[] =>
  cluster.ingresses.flatMap((ingress) => {
    const workload = workloadFor(cluster, ingress)
    const pods = cluster.pods.filter((pod) => pod.workload === workload)
    const isServed = pods.length > 0 && fronts(cluster, pods).length > 0
    return isServed ? [{ class: ingress.className }] : []
  })

function ingressOf(
  { ingresses }: Cluster,
  input: IngressInput,
  path: Path,
  problems: Problems,
): ClusterIngress | undefined {
  const named =
    input.class === undefined ? ingresses : ingresses.filter(({ className }) => className === input.class)
  if (named.length === 1) return named[0]
  const names = [...new Set(ingresses.map(({ className }) => className))]
  if (ingresses.length === 0)
    problems.refuse(path, 'the manifests have no Ingress and no HTTPRoute for it to serve')
  else if (named.length === 0)
    problems.refuse(
      [...path, 'class'],
      problems.unknownName('class', input.class!, names, `expected one of ${list(names, 'or')}`),
    )
  else if (input.class === undefined)
    problems.refuse(path, `there are several classes, ${list(names)}; give "class", the one that it serves`)
  else
    problems.refuse(
      [...path, 'class'],
      `${named.length} gateways are of class ${quote(input.class)}; several of a class are not available yet`,
    )
  return undefined
}

/** `ingress-nginx` of `k8s.io/ingress-nginx`. */
const nameOf = (controller: string): string => controller.slice(controller.lastIndexOf('/') + 1)

function workloadFor({ workloads }: Cluster, { controller }: ClusterIngress): string | undefined {
  if (controller === undefined) return undefined
  const found = workloads.filter(({ template }) => template.labels[NAME_LABEL] === nameOf(controller))
  // beside the controller itself there may be its default backend or a job
  const own = found.filter(({ template }) => template.labels['app.kubernetes.io/component'] === 'controller')
  const [first, ...others] = own.length > 0 ? own : found
  return others.length === 0 ? first?.id : undefined
}

function fronts({ services }: Cluster, pods: readonly Pod[]): Service[] {
  const found = services.filter(
    ({ namespace, selector, isHeadless, ports }) =>
      selector !== undefined &&
      !isHeadless &&
      ports.some(({ protocol }) => protocol === 'TCP') &&
      pods.every((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector)),
  )
  const balancers = found.filter(({ type }) => type === 'LoadBalancer')
  return balancers.length > 0 ? balancers : found
}

function serviceOf(
  cluster: Cluster,
  { service: name }: IngressInput,
  pods: readonly Pod[],
  path: Path,
  problems: Problems,
): Service | undefined {
  if (name !== undefined) {
    const named = cluster.services.find(({ id }) => id === name)
    const names = cluster.services.map(({ id }) => id)
    if (named === undefined)
      problems.refuse(
        [...path, 'service'],
        problems.unknownName('service', name, names, 'no service is called so'),
      )
    return named
  }
  const found = fronts(cluster, pods)
  if (found.length === 1) return found[0]
  const told =
    found.length === 0
      ? `no service selects the pods of ${pods[0]!.workload}`
      : `${list(found.map(({ id }) => id))} select the pods of ${pods[0]!.workload}`
  problems.refuse(path, `${told}; give "service", the one in front of them`)
  return undefined
}
