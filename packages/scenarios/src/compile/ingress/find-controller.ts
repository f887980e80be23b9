import type { Cluster, ClusterIngress, Pod, Service } from '../../kubernetes/index.ts'
import type { IngressInput } from '../../schema/ingress.ts'
import { list, type Path, Problems, quote } from '../problems.ts'
import {
  type ControllerWorkload,
  controllerWorkload,
  frontsOf,
  lastPartOf,
  NAME_LABEL,
  podsOf,
  portsOf,
} from './controller-workload.ts'

/** Who serves which ingresses: their rules, its pods, and the service in front of them. */
export interface FoundController {
  /** One at least. */
  readonly ingresses: readonly ClusterIngress[]
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
  const ingresses = ingressesOf(cluster, input, path, problems)
  if (ingresses === undefined) return undefined
  const [first] = ingresses as [ClusterIngress]
  const workload = input.controller ?? controllerWorkload(cluster, first)?.workload
  if (workload === undefined) {
    const told = `${whyNone(first)}; give "controller", the workload that serves ${first.blueprint.name}`
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
  return service && { ingresses, pods, service }
}

/** Controllers that are found without being told, in the order of their ingresses; what is missing is warned of. */
export function foundControllers(cluster: Cluster, path: Path, problems: Problems): FoundController[] {
  const found: FoundController[] = []
  for (const { ingress, known } of candidatesOf(cluster)) {
    const { name } = ingress.blueprint
    if (known === undefined) {
      if (!isEmpty(ingress))
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
    const index = found.findIndex((each) => each.pods[0]!.workload === workload)
    const others = found[index]?.ingresses ?? []
    if (isGuess && !others.every((each) => isAlike(each, ingress)))
      doubts.refuse(
        path,
        `it serves ${others[0]!.blueprint.name}, and nothing says that it serves this as well`,
      )
    if (service === undefined || doubts.issues.length > 0) {
      const why = doubts.issues[0]?.message ?? 'it has no pods'
      problems.warn(path, `${workload}, the controller of ${name}, is left out: ${why}`)
      continue
    }
    if (isGuess)
      problems.warn(
        path,
        `${workload} is taken for the controller of ${name}, as it is behind ${service.id}, the only load balancer with its ports; ${hintFor(ingress)}`,
      )
    if (index < 0) found.push({ ingresses: [ingress], pods, service })
    else found[index] = { ...found[index]!, ingresses: inOrder(cluster, [...others, ingress]) }
  }
  const placeOf = ({ ingresses: [first] }: FoundController) => cluster.ingresses.indexOf(first!)
  return found.sort((a, b) => placeOf(a) - placeOf(b))
}

interface Candidate {
  readonly ingress: ClusterIngress
  readonly known: ControllerWorkload | undefined
}

/** Those that labels lead to first: what is behind the only load balancer may be known by them. */
function candidatesOf(cluster: Cluster): readonly Candidate[] {
  const all = cluster.ingresses.map((ingress) => ({ ingress, known: controllerWorkload(cluster, ingress) }))
  const isGuess = ({ known }: Candidate) => known?.isGuess === true
  return [...all.filter((each) => !isGuess(each)), ...all.filter(isGuess)]
}

const inOrder = ({ ingresses }: Cluster, some: readonly ClusterIngress[]) =>
  ingresses.filter((each) => some.includes(each))

const isEmpty = ({ blueprint }: ClusterIngress): boolean =>
  blueprint.listeners.every(({ requests }) => requests.rules.length === 0 && requests.otherwise === undefined)

/** Whether both are said to be served by controllers of one kind. */
const isAlike = (a: ClusterIngress, b: ClusterIngress): boolean =>
  a.kind === b.kind && (a.kind === 'Gateway' ? a.className === b.className : a.controller === b.controller)

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

/** Those that an entry means: of one class, or all that its controller serves; undefined where that was refused. */
function ingressesOf(
  cluster: Cluster,
  input: IngressInput,
  path: Path,
  problems: Problems,
): readonly ClusterIngress[] | undefined {
  const { ingresses } = cluster
  const named =
    input.class === undefined ? ingresses : ingresses.filter(({ className }) => className === input.class)
  if (named.length === 1) return named
  const names = [...new Set(ingresses.map(({ className }) => className))]
  if (ingresses.length === 0)
    problems.refuse(path, 'the manifests have no Ingress and no HTTPRoute for it to serve')
  else if (named.length === 0)
    problems.refuse(
      [...path, 'class'],
      problems.unknownName('class', input.class!, names, `expected one of ${list(names, 'or')}`),
    )
  else {
    const served = servedBy(cluster, input, named)
    if (served.length > 0) return served
    if (input.class === undefined)
      problems.refuse(path, `there are several classes, ${list(names)}; give "class", the one that it serves`)
    else {
      const message = `${named.length} gateways are of class ${quote(input.class)}; give "controller", the workload that serves them`
      problems.refuse([...path, 'class'], message)
    }
  }
  return undefined
}

/** Of several: whoever is said to serve a class serves all of it; else those that the same workload is found for. */
function servedBy(
  cluster: Cluster,
  { class: className, controller }: IngressInput,
  named: readonly ClusterIngress[],
): readonly ClusterIngress[] {
  if (className !== undefined && controller !== undefined) return named
  const found = named.map((ingress) => controllerWorkload(cluster, ingress))
  if (controller !== undefined)
    return named.filter((_, index) => found[index]?.workload === controller && !found[index].isGuess)
  const [first] = found
  const isOne = found.every(
    (each, index) =>
      each !== undefined &&
      each.workload === first?.workload &&
      (!each.isGuess || named.every((other) => isAlike(other, named[index]!))),
  )
  return isOne ? named : []
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
