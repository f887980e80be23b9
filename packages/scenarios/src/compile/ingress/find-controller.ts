import type { Cluster, ClusterIngress, Pod, Service } from '../../kubernetes/index.ts'
import type { IngressInput } from '../../schema/ingress.ts'
import { list, type Path, Problems, quote } from '../problems.ts'
import {
  controllerWorkload,
  frontsOf,
  lastPartOf,
  NAME_LABEL,
  podsOf,
  portsOf,
} from './controller-workload.ts'

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
  const workload = input.controller ?? controllerWorkload(cluster, ingress)?.workload
  if (workload === undefined) {
    const told = `${whyNone(ingress)}; give "controller", the workload that serves ${ingress.blueprint.name}`
    problems.refuse(path, told)
    return undefined
  }
  const pods = podsOf(cluster, workload)
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

/** Controllers that are found without being told, in the order of their ingresses; what is missing is warned of. */
export function foundControllers(cluster: Cluster, path: Path, problems: Problems): FoundController[] {
  const found: FoundController[] = []
  for (const ingress of cluster.ingresses) {
    const { name } = ingress.blueprint
    const isEmpty = ingress.blueprint.listeners.every(
      ({ requests }) => requests.rules.length === 0 && requests.otherwise === undefined,
    )
    const known = controllerWorkload(cluster, ingress)
    if (known === undefined) {
      if (!isEmpty)
        problems.warn(
          path,
          `no controller found for ${name}, so that nobody serves its hosts: ${whyNone(ingress)}; ${hintFor(ingress)}`,
        )
      continue
    }
    const { workload, isGuess } = known
    const doubts = new Problems()
    const pods = podsOf(cluster, workload)
    const service = pods.length === 0 ? undefined : serviceOf(cluster, {}, pods, path, doubts)
    const other = found.find((each) => each.pods[0]!.workload === workload)
    if (other !== undefined) doubts.refuse(path, `it serves ${other.ingress.blueprint.name} already`)
    if (service === undefined || other !== undefined) {
      const why = doubts.issues[0]?.message ?? 'it has no pods'
      problems.warn(path, `${workload}, the controller of ${name}, is left out: ${why}`)
      continue
    }
    if (isGuess)
      problems.warn(
        path,
        `${workload} is taken for the controller of ${name}, as it is behind ${service.id}, the only load balancer with its ports; ${hintFor(ingress)}`,
      )
    found.push({ ingress, pods, service })
  }
  return found
}

const hintFor = ({ className }: ClusterIngress): string =>
  `a scenario says who it is by kubernetes: [{ ingress: [{ ${className === '' ? '' : `class: ${className}, `}controller: namespace/workload }] }]`

function whyNone(ingress: ClusterIngress): string {
  const { kind, controller } = ingress
  const label =
    kind === 'Gateway'
      ? 'no workload or service has the labels of its gateway'
      : controller === undefined
        ? 'no IngressClass says who serves it'
        : `no workload has the label ${NAME_LABEL}: ${lastPartOf(controller)}`
  const ports = portsOf(ingress)
  return `${label}, and no load balancer is the only one with ${ports.length > 1 ? 'ports' : 'port'} ${ports.join(', ')}`
}

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
  const found = frontsOf(cluster, pods)
  if (found.length === 1) return found[0]
  const told =
    found.length === 0
      ? `no service selects the pods of ${pods[0]!.workload}`
      : `${list(found.map(({ id }) => id))} select the pods of ${pods[0]!.workload}`
  problems.refuse(path, `${told}; give "service", the one in front of them`)
  return undefined
}
