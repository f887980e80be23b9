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
import { FoundCertificates } from './found-certificates.ts'
import { type Entry, mergedEntries } from './controller-entries.ts'
import { controllerSettings } from './controller-settings.ts'
import { mergedIngress } from './merged-ingress.ts'
import type { IngressInput } from '../../schema/ingress.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { type Path, Problems } from '../problems.ts'

/** A controller, and how it is called. */
export interface CompiledController {
  readonly blueprint: IngressControllerBlueprint
  /** By name. */
  readonly cluster: string
  readonly point: IngressPoint
  /** Whether the scenario speaks of it; else it was found. */
  readonly isStated: boolean
  /** The service in front of it. */
  readonly service: string
  /** Of that service, as the network knows it. */
  readonly ports: readonly number[]
  readonly addresses: readonly string[]
}

/**
 * The ingress controllers of all clusters, and the network with their links as they are said to be. `dateMs`: when the run begins,
 * in milliseconds since 1970 began; undefined where nobody says.
 */
export function compileIngress(
  clusters: readonly CompiledCluster[],
  network: NetworkBlueprint,
  dateMs: number | undefined,
  problems: Problems,
): { readonly network: NetworkBlueprint; readonly controllers: readonly CompiledController[] } {
  if (clusters.length === 0) return { network, controllers: [] }
  const called = new NamedAddresses(network)
  const rates = new Map<string, number>()
  const controllers = clusters.flatMap((cluster) => {
    const path = [...cluster.path, 'ingress']
    const secrets = new FoundCertificates(cluster.cluster.certificates, dateMs, path, problems)
    return controllersOf(cluster, { called, secrets, rates }, problems)
  })
  return { network: rates.size === 0 ? network : withRates(network, rates), controllers }
}

interface Surroundings {
  readonly called: NamedAddresses
  readonly secrets: FoundCertificates
  readonly rates: Map<string, number>
}

/** Those of one cluster; rates of their replicas' links are noted. */
function controllersOf(
  cluster: CompiledCluster,
  { called, secrets, rates }: Surroundings,
  problems: Problems,
): CompiledController[] {
  const { ingress: stated, own } = cluster
  const path = [...cluster.path, 'ingress']
  const entries: readonly Entry[] =
    stated === undefined
      ? foundControllers(own, path, problems).map((found) => ({ input: {}, at: path, found }))
      : mergedEntries(
          stated.map((input, index) => {
            const at = [...path, index]
            return { input, at, found: findController(own, input, at, problems) }
          }),
          problems,
        )
  return entries.flatMap(({ input, at, found: plain }) => {
    const found = plain && amongClusters(plain, cluster)
    // what nobody spoke of is left out where it cannot be modelled
    const doubts = stated === undefined ? new Problems() : problems
    const compiled = found && controllerOf(found, { cluster, secrets }, input, at, doubts)
    if (doubts !== problems && found !== undefined && compiled === undefined)
      problems.warn(
        at,
        `${found.pods[0]!.workload}, the controller of ${mergedIngress(found.ingresses).blueprint.name}, is left out: ${doubts.issues[0]!.message}`,
      )
    if (compiled === undefined) return []
    if (input.rate !== undefined) for (const host of compiled.blueprint.replicas) rates.set(host, input.rate)
    const addresses = called.ofService(compiled.service)
    return [{ ...compiled, cluster: cluster.name, isStated: stated !== undefined, addresses }]
  })
}

/** By the names that they have where there are several clusters, which keep their order. */
const amongClusters = (
  { ingresses, pods, service }: FoundController,
  { own, cluster }: CompiledCluster,
): FoundController => ({
  ingresses: ingresses.map((ingress) => cluster.ingresses[own.ingresses.indexOf(ingress)]!),
  pods: pods.map((pod) => cluster.pods[own.pods.indexOf(pod)]!),
  service: cluster.services[own.services.indexOf(service)]!,
})

function controllerOf(
  { ingresses, pods, service }: FoundController,
  { cluster: { cloud }, secrets }: { readonly cluster: CompiledCluster; readonly secrets: FoundCertificates },
  input: IngressInput,
  path: Path,
  problems: Problems,
): Omit<CompiledController, 'cluster' | 'isStated' | 'addresses'> | undefined {
  const ingress = mergedIngress(ingresses)
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
    const shown = listener.certificates?.map((each) => secrets.shown(ownName(each)))
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
    certificates: [...certificates.keys()].sort().flatMap((name) => {
      const found = secrets.at(name, input.certificates?.renewBefore)
      // what nobody keeps is always valid
      return found === 'always' ? [] : { ...certificates.get(name)!, ...(found !== undefined && { found }) }
    }),
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
