import type { LinkedCluster } from '../model/linked-cluster.ts'
import { runningContainers } from '../schema/check-pod-spec.ts'
import type { PodSpecInput } from '../schema/pod-spec.ts'
import { hasLabels } from '../selection.ts'
import type { Path, Report } from './kind.ts'

interface PlacedSpec {
  readonly namespace: string
  readonly spec: PodSpecInput
  /** Where the spec stands in its manifest. */
  readonly path: Path
}

/** What pods name and the cluster has not: nodes, the service of their host names, ports of their probes. */
export function warnOfTemplate(
  { namespace, spec, path }: PlacedSpec,
  cluster: LinkedCluster,
  report: Pick<Report, 'warn'>,
): void {
  warnOfNodes(spec, path, cluster, report)
  warnOfProbes(spec, path, report)
  const { subdomain } = spec
  if (subdomain && cluster.service(`${namespace}/${subdomain}`) === undefined)
    report.warn(
      [...path, 'subdomain'],
      `no service is called ${namespace}/${subdomain}; host names below it have no address`,
    )
}

function warnOfNodes(
  spec: PodSpecInput,
  path: Path,
  { nodes }: LinkedCluster,
  report: Pick<Report, 'warn'>,
): void {
  // where no nodes are given, hosts of a fabric stand for them
  if (nodes.length === 0) return
  if (spec.nodeName && !nodes.some(({ name }) => name === spec.nodeName))
    report.warn([...path, 'nodeName'], `no node is called ${JSON.stringify(spec.nodeName)}`)
  const { nodeSelector = {} } = spec
  if (!nodes.some(({ labels }) => hasLabels(labels, nodeSelector)))
    report.warn([...path, 'nodeSelector'], 'no node has these labels')
}

function warnOfProbes(spec: PodSpecInput, path: Path, report: Pick<Report, 'warn'>): void {
  for (const { container, path: own } of runningContainers(spec, path)) {
    const { httpGet, tcpSocket } = container.readinessProbe ?? {}
    const port = httpGet?.port ?? tcpSocket?.port
    const isKnown = (container.ports ?? []).some(({ name }) => name === port)
    if (typeof port !== 'string' || isKnown) continue
    const handler = httpGet === undefined ? 'tcpSocket' : 'httpGet'
    report.warn(
      [...own, 'readinessProbe', handler, 'port'],
      `the container ${JSON.stringify(container.name)} has no port called ${JSON.stringify(port)}; the probe never succeeds`,
    )
  }
}
