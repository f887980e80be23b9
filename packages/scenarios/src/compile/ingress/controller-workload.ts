import type { Cluster, ClusterIngress, Pod, Service, Workload } from '../../kubernetes/index.ts'
import { hasLabels } from '../../kubernetes/selection.ts'

export const NAME_LABEL = 'app.kubernetes.io/name'
const COMPONENT_LABEL = 'app.kubernetes.io/component'
/** On what is made for a Gateway (GEP-1762), in its namespace. */
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name'
/** On what Envoy Gateway makes for one, in a namespace of its own. */
const ENVOY_NAME_LABEL = 'gateway.envoyproxy.io/owning-gateway-name'
const ENVOY_NAMESPACE_LABEL = 'gateway.envoyproxy.io/owning-gateway-namespace'

/** Words of controllers' names that tell no two of them apart. */
const COMMON = new Set(['controller', 'ingress', 'ingress-controller', 'gateway-controller', 'k8s'])

/** Who serves an ingress. */
export interface ControllerWorkload {
  readonly workload: string
  /** No label says so: it is behind the only load balancer that there could be. */
  readonly isGuess: boolean
}

/** The workload that serves an ingress, by labels, else by the load balancer in front; undefined where neither leaves one. */
export function controllerWorkload(
  cluster: Cluster,
  ingress: ClusterIngress,
): ControllerWorkload | undefined {
  const labelled = [ofGateway(cluster, ingress), ofName(cluster, ingress), ofWords(cluster, ingress)]
  const found = labelled.map(single).find((each) => each !== undefined)
  if (found !== undefined) return { workload: found, isGuess: false }
  const guess = single(behindBalancers(cluster, ingress))
  return guess === undefined ? undefined : { workload: guess, isGuess: true }
}

/** Services that lead to all of these pods, those of load balancers alone where there are any. */
export function frontsOf({ services }: Cluster, pods: readonly Pod[]): Service[] {
  const found = services.filter(
    (service) =>
      service.ports.some(({ protocol }) => protocol === 'TCP') && pods.every((pod) => selects(service, pod)),
  )
  const balancers = found.filter(({ type }) => type === 'LoadBalancer')
  return balancers.length > 0 ? balancers : found
}

export const podsOf = ({ pods }: Cluster, workload: string): readonly Pod[] =>
  pods.filter((pod) => pod.workload === workload)

/** Ports at which an ingress takes requests. */
export const portsOf = ({ blueprint: { listeners } }: ClusterIngress): readonly number[] =>
  [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b)

const selects = ({ namespace, selector, isHeadless }: Service, pod: Pod): boolean =>
  selector !== undefined && !isHeadless && pod.namespace === namespace && hasLabels(pod.labels, selector)

function single(workloads: readonly Workload[]): string | undefined {
  // beside the controller itself there may be its default backend or a job
  const own = workloads.filter(({ template }) => template.labels[COMPONENT_LABEL] === 'controller')
  const [first, ...others] = own.length > 0 ? own : workloads
  return others.length === 0 ? first?.id : undefined
}

/** By the labels of what an implementation makes for a Gateway: the proxies themselves, or the service in front of them. */
function ofGateway(cluster: Cluster, { kind, blueprint }: ClusterIngress): readonly Workload[] {
  if (kind !== 'Gateway') return []
  const [namespace, name] = blueprint.name.slice('Gateway '.length).split('/') as [string, string]
  const isFor = (labels: Readonly<Record<string, string>>, own: string): boolean =>
    (labels[GATEWAY_LABEL] === name && own === namespace) ||
    (labels[ENVOY_NAME_LABEL] === name && labels[ENVOY_NAMESPACE_LABEL] === namespace)
  const fronts = cluster.services.filter((service) => isFor(service.labels, service.namespace))
  return cluster.workloads.filter(
    ({ id, namespace: own, template }) =>
      isFor(template.labels, own) ||
      fronts.some((front) => podsOf(cluster, id).some((pod) => selects(front, pod))),
  )
}

/** By the name that the class gives its controller: `ingress-nginx` of `k8s.io/ingress-nginx`. */
function ofName({ workloads }: Cluster, { controller }: ClusterIngress): readonly Workload[] {
  if (controller === undefined) return []
  const name = lastPartOf(controller)
  return workloads.filter(({ template }) => template.labels[NAME_LABEL] === name)
}

export const lastPartOf = (controller: string): string => controller.slice(controller.lastIndexOf('/') + 1)

/** By other words of the class: `traefik` of `traefik.io/ingress-controller`; of those, what is called from outside. */
function ofWords(cluster: Cluster, { className, controller = '' }: ClusterIngress): readonly Workload[] {
  const [domain = '', ...path] = controller.split('/')
  const words = new Set([className, domain.split('.')[0]!, ...path].filter((word) => !COMMON.has(word)))
  return cluster.workloads.filter(({ id, template }) => {
    const label = template.labels[NAME_LABEL]
    if (label === undefined || !words.has(label)) return false
    const pods = podsOf(cluster, id)
    return pods.length > 0 && frontsOf(cluster, pods).some(({ type }) => type !== 'ClusterIP')
  })
}

/** Behind load balancers that have all ports of the ingress, and are no backend of any. */
function behindBalancers(cluster: Cluster, ingress: ClusterIngress): readonly Workload[] {
  const backends = new Set(cluster.ingresses.flatMap((each) => each.backends.map(({ service }) => service)))
  const ports = portsOf(ingress)
  const balancers = cluster.services.filter(
    ({ id, type, ports: own }) =>
      type === 'LoadBalancer' &&
      !backends.has(id) &&
      ports.every((port) => own.some((each) => each.protocol === 'TCP' && each.port === port)),
  )
  return balancers.length === 1
    ? cluster.workloads.filter(({ id }) => podsOf(cluster, id).some((pod) => selects(balancers[0]!, pod)))
    : []
}
