import {
  AddressPool,
  attachWorkloads,
  type BalancerKind,
  type HostBlueprint,
  type InterfacesBlueprint,
  type NetworkBlueprint,
  type PlacedWorkload,
  type Prefix,
  type ServiceBlueprint,
  type WhenDenied,
} from '@weft/fabric'
import type { Cluster, Pod, Service } from '../kubernetes/index.ts'
import { policyNodeName, toPolicySet } from '../kubernetes/to-policy-set.ts'
import type { Successor } from '../life/successors.ts'
import { clusterServices } from './cluster-services.ts'
import { hasNodePorts } from './node-ports.ts'
import { type NodeOnHost, nodesOnHosts } from './nodes.ts'
import { type PlacementOptions, placePods } from './place-pods.ts'

export interface CloudOptions extends PlacementOptions {
  /** Its name among several clusters; absent: it is the only one. */
  readonly name?: string | undefined
  /** Hosts of the network that are its nodes; absent: all. */
  readonly hosts?: readonly string[]
  /** Which of them its nodes are, by name, where that is said. */
  readonly hostOfNode?: Readonly<Record<string, string>> | undefined
  /** Where pods get addresses from that have none: at most one prefix of each family, and one at least. */
  readonly workloadPrefixes: readonly Prefix[]
  /** Where services get addresses from that have none. */
  readonly servicePrefixes: readonly Prefix[]
  /** Pods that take the place of others in the course of a run; placed when those have their places. */
  readonly successors?: readonly Successor[]
  /** How hosts choose endpoints of a service. */
  readonly balancerOf: (service: Service) => BalancerKind
  /** Whether every node has a virtual switch, and not those alone that carry pods. */
  readonly everyServer?: boolean
  /** What becomes of what policies deny; absent: lost without a word. */
  readonly whenDenied?: WhenDenied | undefined
}

/** A network with a cluster's pods on its hosts. */
export interface CloudNetwork {
  readonly ok: true
  readonly network: NetworkBlueprint
  readonly nodes: readonly NodeOnHost[]
  /** Pods that have an interface of their own, by id. */
  readonly pods: readonly PlacedWorkload[]
  /** Pods on their host's network: the host, by pod. */
  readonly hostNetwork: ReadonlyMap<string, string>
  readonly services: readonly ServiceBlueprint[]
}

export interface CloudRefused {
  readonly ok: false
  /** Every reason. */
  readonly messages: readonly string[]
}

/** Reasons beyond so many are counted, not listed. */
const REASONS_MAX = 10

/**
 * Puts a cluster's pods on the hosts of a network, each with an address and a firewall at its interface, beside the clusters
 * that it carries already. Addresses that manifests state are kept, those of nodes too; hosts of the network have theirs
 * already.
 */
export function cloudNetwork(
  first: Cluster,
  network: NetworkBlueprint,
  options: CloudOptions,
): CloudNetwork | CloudRefused {
  const hosts = options.hosts ?? hostsOf(network)
  const matched = nodesOnHosts(first, hosts, options.hostOfNode)
  if (!matched.ok) return { ok: false, messages: [matched.message] }
  const { nodes } = matched
  const pods = first.pods.map((pod) => (options.pinned?.has(pod.id) ? unbound(pod) : pod))
  const placed = placeAll(pods, options.successors ?? [], nodes, options)
  if (placed.messages.length > 0) return { ok: false, messages: placed.messages }
  const { hostOf } = placed
  const cluster = { ...first, pods: placed.pods }
  const addressed = withNodeAddresses(network, nodes)
  const own = cluster.pods.filter(({ template }) => !template.hostNetwork)
  const addresses = addressPods(own, addressed, options.workloadPrefixes)
  if (!addresses.ok) return { ok: false, messages: [addresses.message] }
  const attached = own.map(({ id }) => ({
    name: id,
    host: hostOf.get(id)!,
    addresses: addresses.of.get(id)!,
  }))
  // node ports are at every node, whether it carries pods or not
  const servers =
    options.everyServer || cluster.services.some(hasNodePorts) ? nodes.map(({ host }) => host) : []
  const parts = attachWorkloads(addressed, attached, virtualLinksOf(addressed, new Set(hosts)), servers)
  const nodeOf = new Map(nodes.map(({ host, node }) => [host, node.name]))
  const hostNetwork = new Map(
    cluster.pods.filter(({ template }) => template.hostNetwork).map(({ id }) => [id, hostOf.get(id)!]),
  )
  const addressesOf = addressesByHost(addressed)
  const placeOf = ({ id, template }: Pod) => {
    const host = hostOf.get(id)!
    return { host, addresses: template.hostNetwork ? addressesOf.get(host)! : addresses.of.get(id)! }
  }
  const set = toPolicySet(cluster, {
    per: 'pod',
    cluster: options.name,
    place: (pod) => {
      const { host, addresses } = placeOf(pod)
      return { addresses, node: policyNodeName(nodeOf.get(host)!, options.name) }
    },
  })
  const found = clusterServices(cluster, {
    prefixes: options.servicePrefixes,
    balancerOf: options.balancerOf,
    placeOf,
    hostOfNode: new Map(nodes.map(({ host, node }) => [node.name, host])),
  })
  if (!found.ok) return { ok: false, messages: [found.message] }
  const { services } = found
  const denial = options.whenDenied === undefined ? {} : { whenDenied: options.whenDenied }
  const among = options.name === undefined ? {} : { cluster: options.name }
  const policyNodes = nodes.map(({ host, node: { name, labels } }) => ({
    ...among,
    name: policyNodeName(name, options.name),
    labels,
    addresses: addressesOf.get(host)!,
  }))
  const interfaces = besides(network.interfaces, {
    policies: { ...set, nodes: policyNodes },
    services: services.map((service) => ({ ...among, ...service })),
    ...(options.name === undefined ? denial : { clusters: [{ name: options.name, hosts, ...denial }] }),
  })
  return {
    ok: true,
    network: { ...network, ...parts, interfaces },
    nodes,
    pods: attached,
    hostNetwork,
    services,
  }
}

interface PlacedPods {
  readonly pods: readonly Pod[]
  readonly hostOf: ReadonlyMap<string, string>
  /** Why some fit nowhere. */
  readonly messages: readonly string[]
}

const unbound = ({ nodeName: _, ...pod }: Pod): Pod => pod

/** Successors find all others in their places, and go where their events say. */
function placeAll(
  pods: readonly Pod[],
  successors: readonly Successor[],
  nodes: readonly NodeOnHost[],
  options: PlacementOptions,
): PlacedPods {
  const { hostOf, unplaced } = placePods(pods, nodes, options)
  if (unplaced.length > 0 || successors.length === 0) return { pods, hostOf, messages: reasonsOf(unplaced) }
  const nodeOf = new Map(nodes.map(({ host, node }) => [host, node.name]))
  const bound = pods.map((pod) => ({ ...pod, nodeName: nodeOf.get(hostOf.get(pod.id)!)! }))
  const sent = successors.map(({ pod, to }) =>
    to === undefined ? pod : { ...pod, nodeName: nodeOf.get(to) ?? to },
  )
  const all = placePods([...bound, ...sent], nodes, options)
  return { pods: [...pods, ...sent], hostOf: all.hostOf, messages: reasonsOf(all.unplaced) }
}

const hostsOf = ({ nodes }: NetworkBlueprint): string[] =>
  nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : []))

/** What acts at interfaces with another cluster's beside it. */
function besides(before: InterfacesBlueprint | undefined, added: InterfacesBlueprint): InterfacesBlueprint {
  if (before === undefined) return added
  const { namespaces, workloads, nodes, policies } = before.policies
  return {
    ...before,
    policies: {
      ...before.policies,
      namespaces: [...namespaces, ...added.policies.namespaces],
      workloads: [...workloads, ...added.policies.workloads],
      nodes: [...nodes, ...added.policies.nodes],
      policies: [...policies, ...added.policies.policies],
    },
    services: [...(before.services ?? []), ...(added.services ?? [])],
    clusters: [...(before.clusters ?? []), ...(added.clusters ?? [])],
  }
}

function reasonsOf(unplaced: readonly { readonly pod: Pod; readonly reason: string }[]): string[] {
  const reasons = unplaced
    .slice(0, REASONS_MAX)
    .map(({ pod, reason }) => `pod ${pod.id} fits nowhere: ${reason}`)
  const left = unplaced.length - reasons.length
  return left > 0 ? [...reasons, `and ${left} more pods`] : reasons
}

/** Hosts bear the addresses that their nodes state. */
function withNodeAddresses(network: NetworkBlueprint, nodes: readonly NodeOnHost[]): NetworkBlueprint {
  const stated = new Map(nodes.map(({ host, node }) => [host, node.addresses]))
  return {
    ...network,
    nodes: network.nodes.map((node) => {
      const addresses = stated.get(node.name) ?? []
      if (node.kind !== 'host' || addresses.length === 0) return node
      const [first, ...others] = node.interfaces
      return { ...node, interfaces: [{ ...first!, addresses }, ...others] }
    }),
  }
}

type PodAddresses =
  | { readonly ok: true; readonly of: ReadonlyMap<string, readonly string[]> }
  | { readonly ok: false; readonly message: string }

function addressPods(
  pods: readonly Pod[],
  { nodes, interfaces }: NetworkBlueprint,
  prefixes: readonly Prefix[],
): PodAddresses {
  const used = nodes.flatMap((node) =>
    node.kind === 'host' ? node.interfaces.flatMap(({ addresses }) => addresses) : [],
  )
  const ofOthers = (interfaces?.policies.workloads ?? []).filter(({ hostNetwork }) => !hostNetwork)
  const taken = new Map(ofOthers.flatMap(({ name, addresses }) => addresses.map((each) => [each, name])))
  const stated = new Map<string, string>()
  for (const { id, addresses } of pods) {
    for (const address of addresses) {
      const other = stated.get(address) ?? taken.get(address)
      if (other !== undefined)
        return { ok: false, message: `pods ${other} and ${id} both have address ${address}` }
      stated.set(address, id)
    }
  }
  const pools = prefixes.map((prefix) => new AddressPool(prefix, [...used, ...stated.keys()]))
  const of = new Map<string, readonly string[]>()
  for (const { id, addresses } of pods) {
    if (addresses.length > 0) {
      of.set(id, addresses)
      continue
    }
    const own = pools.map((pool) => pool.take())
    const empty = pools[own.indexOf(undefined)]
    if (empty !== undefined)
      return {
        ok: false,
        message: `${empty.prefix.text} has no address left for pod ${id}; give a shorter prefix`,
      }
    of.set(id, own as string[])
  }
  return { ok: true, of }
}

function addressesByHost({ nodes }: NetworkBlueprint): Map<string, readonly string[]> {
  return new Map(
    nodes
      .filter((node): node is HostBlueprint => node.kind === 'host')
      .map(({ name, interfaces }) => [name, interfaces.flatMap(({ addresses }) => addresses)]),
  )
}

/** As hosts' links are, without their length: what a server's bus adds is not known. */
/** Virtual links of servers among these hosts, as their own links are. */
export function virtualLinksOf({ links }: NetworkBlueprint, hosts: ReadonlySet<string>) {
  const { framing, queues, ends } = links.find(({ ends }) => ends.some((end) => hosts.has(end)))!
  return { delayPs: 0, framing, queue: queues[hosts.has(ends[0]) ? 0 : 1] }
}
