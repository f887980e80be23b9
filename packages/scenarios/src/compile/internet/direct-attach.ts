import type { AttachedBlueprint, HostBlueprint, NetworkBlueprint } from '@weft/fabric'
import type { DirectAttachInput } from '../../schema/internet.ts'
import type { CompiledCluster } from '../clusters/kubernetes.ts'
import { regionOf } from '../traffic/pairs.ts'
import { isSuccessor } from '../../life/successors.ts'
import { withSuccessorsOf } from '../../life/successor-senders.ts'
import { list, type Path, type Problems, quote } from '../problems.ts'
import type { AddressOwners } from './address-owners.ts'
import { canonicalOf, isPublic } from './public-addresses.ts'

/** A workload with an address to itself; of what takes its place later, each has the address while it is the one that runs. */
export interface AttachedWorkload extends AttachedBlueprint {
  readonly region: string
  readonly isPublic: boolean
  /** In the scenario's list. */
  readonly index: number
}

/** Pods and hosts by the names that people give them. */
class Attachable {
  readonly #hosts: ReadonlySet<string>
  readonly #clusters: readonly CompiledCluster[]

  constructor(network: NetworkBlueprint, clusters: readonly CompiledCluster[]) {
    this.#hosts = new Set(network.nodes.flatMap(({ kind, name }) => (kind === 'host' ? [name] : [])))
    this.#clusters = clusters
  }

  /** Nodes of a network: a pod's own, a workload's pods', a host's; `full` names of clusters may be left out. */
  find(name: string): readonly { readonly node: string; readonly region: string }[] {
    const exact = this.#exactly(name)
    if (exact.length > 0) return exact
    const within = this.#clusters.map((cluster) => this.#exactly(`${cluster.name}/${name}`))
    const found = within.filter((each) => each.length > 0)
    return found.length === 1 ? found[0]! : []
  }

  *names(): Generator<string> {
    for (const { cluster } of this.#clusters) {
      for (const { id } of cluster.workloads) yield id
      for (const { id } of cluster.pods) yield id
    }
    yield* this.#hosts
  }

  #exactly(name: string): { node: string; region: string }[] {
    const pods = this.#clusters.flatMap(({ cluster, region }) =>
      cluster.pods
        .filter(({ id, workload }) => id === name || workload === name)
        .map(({ id }) => ({ node: id, region })),
    )
    if (pods.length > 0) return pods.filter(({ node }) => this.#hosts.has(node))
    return this.#hosts.has(name) && !isSuccessor(name) ? [{ node: name, region: regionOf(name) }] : []
  }
}

/** Which workload has which address to itself; refuses what stands for several, and addresses that are taken. */
export function compileDirectAttach(
  inputs: DirectAttachInput,
  network: NetworkBlueprint,
  clusters: readonly CompiledCluster[],
  owners: AddressOwners,
  problems: Problems,
): readonly AttachedWorkload[] {
  if (inputs.length === 0) return []
  const attachable = new Attachable(network, clusters)
  const attached: AttachedWorkload[] = []
  inputs.forEach(({ workload, address: text }, index) => {
    const path = ['directAttach', index]
    const found = attachable.find(workload)
    const address = canonicalOf(text)
    if (found.length === 0) refuseUnknown(workload, [...path, 'workload'], attachable, problems)
    else if (found.length > 1) {
      const pods = list(found.slice(0, 3).map(({ node }) => node))
      const more = found.length > 3 ? ` and ${found.length - 3} more` : ''
      problems.refuse(
        [...path, 'workload'],
        `${quote(workload)} stands for ${pods}${more}; an attached address is one workload's alone: name one pod, or balance by a service`,
      )
    }
    if (address === undefined)
      problems.refuse([...path, 'address'], `got ${quote(text)}, expected an IPv4 or IPv6 address`)
    const owner = address === undefined ? undefined : owners.of(address)
    if (owner !== undefined)
      problems.refuse(
        [...path, 'address'],
        `${quote(text)} is ${owner} already; an attached address is one workload's alone`,
      )
    if (found.length !== 1 || address === undefined || owner !== undefined) return
    const [{ node, region }] = found as [{ node: string; region: string }]
    owners.claim(address, `${node}'s`)
    for (const holder of withSuccessorsOf([node], network))
      attached.push({ workload: holder, region, address, isPublic: isPublic(address), index })
  })
  return attached
}

function refuseUnknown(workload: string, path: Path, attachable: Attachable, problems: Problems): void {
  if (isSuccessor(workload)) {
    const first = workload.replace(/#\d+$/, '')
    const message = `${quote(workload)} takes another pod's place; name ${quote(first)}, and the address goes along`
    problems.refuse(path, message)
    return
  }
  const expected = 'expected a pod, or what has one pod, as namespace/name, or a host'
  problems.refuse(path, problems.unknownName('workload', workload, attachable.names(), expected))
}

/**
 * The network, with workloads that have these addresses too, on their first interface and before their policies; what takes a
 * pod's place has them on its interface alone, as policies mean it when it is there.
 */
export function withAttached(
  network: NetworkBlueprint,
  attached: readonly AttachedBlueprint[],
): NetworkBlueprint {
  if (attached.length === 0) return network
  const more = new Map<string, string[]>()
  for (const { workload, address } of attached) more.set(workload, [...(more.get(workload) ?? []), address])
  const nodes = network.nodes.map((node) => {
    const own = more.get(node.name)
    return node.kind === 'host' && own !== undefined ? withAddresses(node, own) : node
  })
  const { interfaces } = network
  if (interfaces === undefined) return { ...network, nodes }
  const workloads = interfaces.policies.workloads.map((workload) => {
    const own = isSuccessor(workload.name) ? undefined : more.get(workload.name)
    return own === undefined ? workload : { ...workload, addresses: [...workload.addresses, ...own] }
  })
  return { ...network, nodes, interfaces: { ...interfaces, policies: { ...interfaces.policies, workloads } } }
}

function withAddresses(node: HostBlueprint, addresses: readonly string[]): HostBlueprint {
  const [first, ...others] = node.interfaces
  return { ...node, interfaces: [{ ...first!, addresses: [...first!.addresses, ...addresses] }, ...others] }
}
