import type { Pod } from '../model/cluster.ts'
import type { LinkedCluster } from '../model/linked-cluster.ts'
import { hasLabels } from '../selection.ts'
import type { Report } from './kind.ts'
import type { ServiceManifest } from './service.ts'

/** What a service names and the cluster has not. */
export function warnOfService(
  { namespace, name, data }: ServiceManifest,
  cluster: LinkedCluster,
  report: Pick<Report, 'warn'>,
): void {
  const service = cluster.service(`${namespace}/${name}`)!
  warnOfSharedPorts(service.id, data.spec.ports ?? [], cluster, report)
  for (const clusterIp of service.clusterIps) {
    const other = cluster.servicesOn(clusterIp).find(({ id }) => id !== service.id)
    if (other !== undefined)
      report.warn(['spec', 'clusterIP'], `the service ${other.id} has the cluster IP ${clusterIp} too`)
  }
  if (service.type === 'ExternalName') return
  if (service.selector === undefined) {
    if (service.endpoints.length === 0)
      report.warn(
        ['spec'],
        'it has no selector, and no Endpoints or EndpointSlice gives it endpoints by hand',
      )
    return
  }
  const { selector } = service
  const pods = cluster.podsIn(namespace).filter(({ labels }) => hasLabels(labels, selector))
  if (pods.length === 0) {
    const isScaledDown = cluster
      .workloadsIn(namespace)
      .some(({ template }) => hasLabels(template.labels, selector))
    const hint = isScaledDown ? 'its workload has no replicas' : 'its connections are refused'
    report.warn(['spec', 'selector'], `no pod of namespace ${namespace} has these labels; ${hint}`)
    return
  }
  for (const [index, port] of service.ports.entries()) {
    const message = portWarning(port.targetPort, port.protocol, pods)
    const key = data.spec.ports?.[index]?.targetPort === undefined ? 'port' : 'targetPort'
    if (message !== undefined) report.warn(['spec', 'ports', index, key], message)
  }
}

/** Pods may listen on ports that they do not declare; where some are declared, another is more often a slip. */
function portWarning(target: number | string, protocol: string, pods: readonly Pod[]): string | undefined {
  const declares = (pod: Pod) =>
    pod.template.ports.some(
      (each) => each.protocol === protocol && (each.name === target || each.port === target),
    )
  const without = pods.filter((pod) => !declares(pod))
  const [first] = without
  if (first === undefined) return undefined
  const who = without.length === 1 ? first.id : `${first.id} and ${without.length - 1} more`
  if (typeof target === 'string')
    return `no container port of ${who} is called ${JSON.stringify(target)} over ${protocol}; the service does not reach it there`
  if (first.template.ports.length === 0) return undefined
  return `no container of ${who} declares port ${target} over ${protocol}`
}

type PortInput = { readonly nodePort?: number | undefined; readonly protocol?: string | undefined }

/** Of two services with one node port, the API server refuses the later one. */
function warnOfSharedPorts(
  id: string,
  ports: readonly PortInput[],
  cluster: LinkedCluster,
  report: Pick<Report, 'warn'>,
): void {
  for (const [index, { nodePort = 0, protocol = 'TCP' }] of ports.entries()) {
    if (nodePort === 0) continue
    const other = cluster
      .servicesAt(nodePort)
      .find(
        (each) =>
          each.id !== id &&
          each.ports.some((port) => port.nodePort === nodePort && port.protocol === protocol),
      )
    if (other !== undefined)
      report.warn(
        ['spec', 'ports', index, 'nodePort'],
        `the service ${other.id} has the nodePort ${nodePort} too`,
      )
  }
}
