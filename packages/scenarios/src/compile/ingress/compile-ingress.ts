import {
  formatHost,
  type HostCertificate,
  type IngressControllerBlueprint,
  IngressPoint,
  type ManagedCertificate,
  type NetworkBlueprint,
} from '@weft/fabric'
import { NamedAddresses } from '../dns/named-addresses.ts'
import { findController, type FoundController, foundControllers } from './find-controller.ts'
import { controllerSettings } from './controller-settings.ts'
import type { KubernetesInput } from '../../schema/kubernetes.ts'
import type { IngressInput } from '../../schema/ingress.ts'
import type { CompiledCluster } from '../kubernetes.ts'
import { type Path, Problems } from '../problems.ts'

/** A controller, and how it is called. */
export interface CompiledController {
  readonly blueprint: IngressControllerBlueprint
  readonly point: IngressPoint
  /** Whether the scenario speaks of it; else it was found. */
  readonly isStated: boolean
  /** The service in front of it. */
  readonly service: string
  /** Of that service, as the network knows it. */
  readonly ports: readonly number[]
  readonly addresses: readonly string[]
}

/** A controller that is meant, and what the scenario says of it. */
interface Entry {
  readonly input: IngressInput
  readonly at: Path
  readonly found: FoundController | undefined
}

/** The ingress controllers of all clusters, and the network with their links as they are said to be. */
export function compileIngress(
  inputs: KubernetesInput,
  clusters: readonly CompiledCluster[],
  network: NetworkBlueprint,
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly controllers: readonly CompiledController[] } {
  const given = inputs.findIndex(({ ingress }) => ingress !== undefined)
  if (clusters.length > 1) {
    if (given >= 0)
      problems.refuse(
        ['kubernetes', given, 'ingress'],
        'ingress controllers are not available yet where there are several clusters',
      )
    return { network, controllers: [] }
  }
  const [cluster] = clusters
  if (cluster === undefined) return { network, controllers: [] }
  const path = ['kubernetes', 0, 'ingress']
  const stated = inputs[0]?.ingress
  const entries: readonly Entry[] =
    stated === undefined
      ? foundControllers(cluster.cluster, path, problems).map((found) => ({ input: {}, at: path, found }))
      : stated.map((input, index) => {
          const at = [...path, index]
          return { input, at, found: findController(cluster.cluster, input, at, problems) }
        })
  const controllers: CompiledController[] = []
  const called = new NamedAddresses(network)
  const rates = new Map<string, number>()
  for (const { input, at, found } of entries) {
    // what nobody spoke of is left out where it cannot be modelled
    const doubts = stated === undefined ? new Problems() : problems
    const compiled = found && controllerOf(found, cluster, input, at, doubts)
    if (doubts !== problems && found !== undefined && compiled === undefined)
      problems.warn(
        at,
        `${found.pods[0]!.workload}, the controller of ${found.ingress.blueprint.name}, is left out: ${doubts.issues[0]!.message}`,
      )
    if (compiled === undefined) continue
    const addresses = called.ofService(compiled.service)
    controllers.push({ ...compiled, isStated: stated !== undefined, addresses })
    if (input.rate !== undefined) for (const host of compiled.blueprint.replicas) rates.set(host, input.rate)
  }
  return { network: rates.size === 0 ? network : withRates(network, rates), controllers }
}

function controllerOf(
  { ingress, pods, service }: FoundController,
  { cloud }: CompiledCluster,
  input: IngressInput,
  path: Path,
  problems: Problems,
): Omit<CompiledController, 'isStated' | 'addresses'> | undefined {
  const settings = controllerSettings(input, path, problems)
  const before = problems.issues.length
  const onHosts = pods.filter(({ id }) => cloud.hostNetwork.has(id))
  if (onHosts.length > 0)
    problems.refuse(path, `${onHosts[0]!.id} is on its host's network; replicas there are not available yet`)
  const backends = ingress.backends.flatMap(({ name, service: called, port }) => {
    const found = cloud.services.find((each) => each.name === called)
    const [address] = found?.addresses ?? []
    if (address === undefined)
      problems.refuse(
        path,
        `backend ${name} has no address of its own (headless or ExternalName); such backends are not available yet`,
      )
    return address === undefined ? [] : [{ name, address, port }]
  })
  if (settings === undefined || problems.issues.length > before) return undefined
  const certificates = new Map<string, ManagedCertificate>()
  const listeners = ingress.blueprint.listeners.map((listener) => {
    const shown = listener.certificates?.map((each) => ownName(each))
    for (const { certificate, host } of shown ?? []) {
      const hosts = certificates.get(certificate)?.hosts ?? []
      certificates.set(certificate, { name: certificate, hosts: [...new Set([...hosts, formatHost(host)])] })
    }
    return { ...listener, ...(shown !== undefined && { certificates: shown }) }
  })
  const point = { name: ingress.blueprint.name, listeners }
  const blueprint: IngressControllerBlueprint = {
    name: pods[0]!.workload,
    replicas: pods.map(({ id }) => id),
    point,
    backends,
    ...settings,
    certificates: [...certificates.keys()].sort().map((name) => certificates.get(name)!),
  }
  const ports = service.ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port)
  return { blueprint, point: new IngressPoint(point), service: service.id, ports }
}

/** What names no secret gets a certificate of its own for each host. */
const ownName = ({ host, certificate }: HostCertificate): HostCertificate =>
  certificate.includes('/') ? { host, certificate } : { host, certificate: formatHost(host) }

function withRates(network: NetworkBlueprint, rates: ReadonlyMap<string, number>): NetworkBlueprint {
  const links = network.links.map((link) => {
    const rateBps = link.ends.map((end) => rates.get(end)).find((rate) => rate !== undefined)
    return rateBps === undefined ? link : { ...link, rateBps }
  })
  return { ...network, links }
}
