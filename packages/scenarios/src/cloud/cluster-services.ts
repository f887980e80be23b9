import { SECOND } from '@weft/core'
import {
  AddressPool,
  type BalancerKind,
  type Prefix,
  PROTOCOL_NUMBERS,
  type ServiceBlueprint,
  type ServiceEndpointBlueprint,
  type ServicePortBlueprint,
} from '@weft/fabric'
import type { Cluster, ManualEndpoint, Pod, Service, ServicePort } from '../kubernetes/index.ts'
import { allocateNodePorts, NODE_PORTS } from './node-ports.ts'
import { hasLabels } from '../kubernetes/selection.ts'

/** Where a pod is, once it has been placed. */
export interface PodPlace {
  readonly host: string
  readonly addresses: readonly string[]
}

export interface ServiceOptions {
  /** Where services get addresses from that have none: one prefix of each family at most. */
  readonly prefixes: readonly Prefix[]
  readonly balancerOf: (service: Service) => BalancerKind
  readonly placeOf: (pod: Pod) => PodPlace
  /** Names of hosts by names of nodes. */
  readonly hostOfNode: ReadonlyMap<string, string>
}

export type ClusterServices =
  | { readonly ok: true; readonly services: readonly ServiceBlueprint[] }
  | { readonly ok: false; readonly message: string }

/**
 * The cluster's services as hosts balance them: those that have an address of their own. Clients in the cluster reach a
 * service by any of its addresses, under its internal traffic policy by those of the cluster.
 */
export function clusterServices(cluster: Cluster, options: ServiceOptions): ClusterServices {
  const called = cluster.services.filter(({ type, isHeadless }) => type !== 'ExternalName' && !isHeadless)
  const stated = called.flatMap(addressesOf)
  const pools = options.prefixes.map((prefix) => new AddressPool(prefix, stated))
  const nodePorts = allocateNodePorts(called)
  if (nodePorts === undefined) {
    const message = `services want more node ports than there are from ${NODE_PORTS[0]} to ${NODE_PORTS[1]}`
    return { ok: false, message }
  }
  const services: ServiceBlueprint[] = []
  for (const service of called) {
    const from = service.clusterIps.length > 0 ? [] : poolsFor(service, pools)
    const own = from.map((pool) => pool.take())
    const empty = from[own.indexOf(undefined)]
    if (empty !== undefined) {
      const message = `${empty.prefix.text} has no address left for service ${service.id}; give a shorter prefix`
      return { ok: false, message }
    }
    const clusterIps = [...(own as string[]), ...service.clusterIps]
    services.push({
      name: service.id,
      addresses: [...(own as string[]), ...addressesOf(service)],
      ...externalOf(service),
      ports: service.ports.map((port) => {
        const nodePort = nodePorts.get(port)
        const ported = inFamiliesOf(clusterIps, portOf(service, port, cluster.pods, options))
        return nodePort === undefined ? ported : { ...ported, nodePort }
      }),
      balancer: { kind: options.balancerOf(service) },
      policy: service.internalTrafficPolicy === 'Local' ? 'local' : 'cluster',
      ...(service.publishNotReadyAddresses && { publishesNotReady: true }),
      ...(service.externalTrafficPolicy === 'Local' && { externalPolicy: 'local' as const }),
      ...(service.sessionAffinity === 'ClientIP' && { affinityPs: service.affinityTimeoutSeconds * SECOND }),
    })
  }
  return { ok: true, services }
}

/** Pools of the families that a service has: one of each where it takes both; a service of a single stack that names no family has the first. */
export function poolsFor(
  { ipFamilies, ipFamilyPolicy }: Service,
  pools: readonly AddressPool[],
): readonly AddressPool[] {
  if (ipFamilyPolicy !== 'SingleStack') return pools
  const wanted =
    ipFamilies[0] === 'IPv6' ? 'ipv6' : ipFamilies[0] === 'IPv4' ? 'ipv4' : pools[0]?.prefix.family
  return pools.filter(({ prefix }) => prefix.family === wanted)
}

/** kube-proxy takes these under the external traffic policy from everybody, and the internal one for cluster IPs alone. */
function externalOf({ clusterIps, externalIps, loadBalancerIps }: Service): {
  readonly externalAddresses?: readonly string[]
} {
  const externalAddresses = [...externalIps, ...loadBalancerIps].filter((each) => !clusterIps.includes(each))
  return externalAddresses.length === 0 ? {} : { externalAddresses }
}

const addressesOf = ({ clusterIps, externalIps, loadBalancerIps }: Service): string[] => [
  ...new Set([...clusterIps, ...externalIps, ...loadBalancerIps]),
]

function portOf(
  service: Service,
  port: ServicePort,
  pods: readonly Pod[],
  options: ServiceOptions,
): ServicePortBlueprint {
  const { selector, namespace, publishNotReadyAddresses } = service
  const endpoints =
    selector === undefined
      ? service.endpoints.flatMap((each) => manualEndpoint(each, port, options))
      : pods
          .filter((pod) => pod.namespace === namespace && hasLabels(pod.labels, selector))
          .flatMap((pod) => podEndpoints(pod, port, publishNotReadyAddresses, options))
  return { protocol: PROTOCOL_NUMBERS[port.protocol], port: port.port, endpoints }
}

/** A service has no endpoints of a family that it has not, at node ports either. */
function inFamiliesOf(
  clusterIps: readonly string[],
  { endpoints, ...port }: ServicePortBlueprint,
): ServicePortBlueprint {
  const isIpv6 = new Set(clusterIps.map((each) => each.includes(':')))
  return { ...port, endpoints: endpoints.filter(({ address }) => isIpv6.has(address.includes(':'))) }
}

/** One for each address of the pod; none where it has no port of the name that the service asks for. */
function podEndpoints(
  pod: Pod,
  { targetPort, protocol }: ServicePort,
  publishesNotReady: boolean,
  { placeOf }: ServiceOptions,
): ServiceEndpointBlueprint[] {
  const named = pod.template.ports.find((each) => each.name === targetPort && each.protocol === protocol)
  const port = typeof targetPort === 'number' ? targetPort : named?.port
  if (port === undefined) return []
  const { host, addresses } = placeOf(pod)
  // a pod that is being deleted and still runs passes its probe until it says otherwise
  const serving = pod.isReady || (pod.isTerminating && pod.phase === 'Running')
  return addresses.map((address) => ({
    name: `${pod.id}:${port}`,
    node: host,
    address,
    port,
    ready: pod.isReady || publishesNotReady,
    serving,
    terminating: pod.isTerminating,
  }))
}

function manualEndpoint(
  endpoint: ManualEndpoint,
  { name, protocol }: ServicePort,
  { hostOfNode }: ServiceOptions,
): ServiceEndpointBlueprint[] {
  const port = endpoint.ports.find((each) => each.protocol === protocol && each.name === name)
  if (port === undefined) return []
  const { address, nodeName, zone, ready, serving, terminating } = endpoint
  const node = nodeName === undefined ? undefined : hostOfNode.get(nodeName)
  return [
    {
      name: `${address}:${port.port}`,
      ...(node !== undefined && { node }),
      ...(zone !== undefined && { zone }),
      address,
      port: port.port,
      ready,
      serving,
      terminating,
    },
  ]
}
