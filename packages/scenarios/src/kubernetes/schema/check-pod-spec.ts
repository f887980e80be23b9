import type { Path, Report } from '../kinds/kind.ts'
import type { ContainerInput, PodSpecInput, ReadinessProbeInput } from './pod-spec.ts'

/** A container with its path. */
export interface PlacedContainer {
  readonly container: ContainerInput
  readonly path: Path
}

/** Those that run beside each other: containers, and init containers that stay as sidecars. */
export function runningContainers(
  { containers, initContainers = [] }: PodSpecInput,
  path: Path,
): PlacedContainer[] {
  const placed = (list: readonly ContainerInput[], key: string) =>
    list.map((container, index) => ({ container, path: [...path, key, index] }))
  const sidecars = placed(initContainers, 'initContainers').filter(
    ({ container }) => container.restartPolicy === 'Always',
  )
  return [...sidecars, ...placed(containers, 'containers')]
}

/** What one field of a pod says about another. `path` leads to its spec. */
export function checkPodSpec(spec: PodSpecInput, path: Path, report: Report): void {
  checkContainerNames(spec, path, report)
  const containers = runningContainers(spec, path)
  for (const each of containers) {
    checkPortNames(each, report)
    if (each.container.readinessProbe !== undefined)
      checkProbe(each.container.readinessProbe, [...each.path, 'readinessProbe'], report)
  }
  checkHostPorts(spec, containers, report)
  checkNamesAcross(containers, report)
  if (spec.dnsPolicy === 'None' && (spec.dnsConfig?.nameservers ?? []).length === 0)
    report.refuse([...path, 'dnsPolicy'], 'None needs nameservers in dnsConfig')
}

function checkContainerNames(
  { containers, initContainers = [] }: PodSpecInput,
  path: Path,
  report: Report,
): void {
  const seen = new Set<string>()
  for (const [key, list] of Object.entries({ initContainers, containers })) {
    for (const [index, { name }] of list.entries()) {
      if (seen.has(name))
        report.refuse(
          [...path, key, index, 'name'],
          `another container is called ${JSON.stringify(name)} too`,
        )
      seen.add(name)
    }
  }
}

function checkPortNames({ container, path }: PlacedContainer, report: Report): void {
  const seen = new Set<string>()
  for (const [index, { name = '' }] of (container.ports ?? []).entries()) {
    if (name !== '' && seen.has(name))
      report.refuse([...path, 'ports', index, 'name'], `another port is called ${JSON.stringify(name)} too`)
    seen.add(name)
  }
}

/** The API server lets two containers use one name; which of them a service means is then not said. */
function checkNamesAcross(containers: readonly PlacedContainer[], report: Report): void {
  const seen = new Map<string, PlacedContainer>()
  for (const each of containers) {
    for (const [index, { name = '', protocol = 'TCP' }] of (each.container.ports ?? []).entries()) {
      if (name === '') continue
      const other = seen.get(`${protocol} ${name}`)
      if (other !== undefined && other !== each) {
        const message = `the container ${JSON.stringify(other.container.name)} has a port ${JSON.stringify(name)} too; the name stands for that one`
        report.warn([...each.path, 'ports', index, 'name'], message)
      } else seen.set(`${protocol} ${name}`, each)
    }
  }
}

const HANDLERS = ['httpGet', 'tcpSocket', 'grpc', 'exec'] as const

function checkProbe(probe: ReadinessProbeInput, path: Path, report: Report): void {
  const given = HANDLERS.filter((handler) => probe[handler] !== undefined)
  if (given.length === 1 || Object.hasOwn(probe, 'guestAgentPing')) return
  const got = given.length === 0 ? 'has none' : `has ${given.join(' and ')}`
  report.refuse(path, `a probe has one of ${HANDLERS.join(', ')}; this one ${got}`)
}

function checkHostPorts(
  { hostNetwork }: PodSpecInput,
  containers: readonly PlacedContainer[],
  report: Report,
): void {
  const seen = new Set<string>()
  for (const { container, path } of containers) {
    for (const [index, port] of (container.ports ?? []).entries()) {
      const { hostPort = 0, containerPort, protocol = 'TCP', hostIP = '' } = port
      if (hostPort === 0) continue
      const place = [...path, 'ports', index, 'hostPort']
      const key = `${protocol} ${hostIP} ${hostPort}`
      if (seen.has(key)) report.refuse(place, `${hostPort} is the host port of another port too`)
      seen.add(key)
      if (hostNetwork === true && hostPort !== containerPort)
        report.refuse(
          place,
          `on the host's network the host port is the container port, ${containerPort}; got ${hostPort}`,
        )
    }
  }
}
