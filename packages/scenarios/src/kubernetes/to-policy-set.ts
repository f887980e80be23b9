import type { Policy, PolicySet, PolicyWorkload } from '@weft/fabric'
import { byKey } from './cluster/order.ts'
import type { Cluster, Pod, PodTemplate, Workload } from './model/cluster.ts'

export interface PolicySetOptions {
  /**
   * `workload`: a controller stands for its pods, as `namespace/name`, and pods that differ from the others in their
   * labels for themselves. `pod`: every pod by itself. Default `workload`.
   */
  readonly per?: 'workload' | 'pod'
  /** The cluster's name, where the set is to be one of several; nodes have it before theirs. */
  readonly cluster?: string | undefined
  /** Addresses of a pod, and its node as the set names it, where it has none of its own. */
  readonly place?: (pod: Pod) => { readonly addresses?: readonly string[]; readonly node?: string }
}

/** Everything that verdicts of policies follow from. */
export function toPolicySet(
  cluster: Cluster,
  { per = 'workload', place = () => ({}), cluster: own }: PolicySetOptions = {},
): PolicySet {
  const nodeNamed = (name: string) => policyNodeName(name, own)
  const among = own === undefined ? {} : { cluster: own }
  const placed = (pod: Pod): Placed => {
    const { addresses = [], node } = place(pod)
    return {
      pod,
      addresses: pod.addresses.length > 0 ? pod.addresses : addresses,
      node: pod.nodeName === undefined ? node : nodeNamed(pod.nodeName),
    }
  }
  const pods = cluster.pods.map(placed)
  const workloads =
    per === 'pod' ? pods.map((each) => policyWorkload(each.pod.id, [each])) : perWorkload(cluster, pods)
  return {
    namespaces: cluster.namespaces.map(({ name, labels }) => ({ ...among, name, labels })),
    workloads: workloads.sort(byKey(({ name }) => name)).map((workload) => ({ ...among, ...workload })),
    nodes: cluster.nodes.map(({ name, labels, addresses }) => ({
      ...among,
      name: nodeNamed(name),
      labels,
      addresses,
    })),
    policies: cluster.policies.map((policy) => ({ ...among, ...policy })),
  }
}

/** The name of a cluster's node among those of others. */
export const policyNodeName = (node: string, cluster: string | undefined): string =>
  cluster === undefined ? node : `${cluster}/${node}`

interface Placed {
  readonly pod: Pod
  readonly addresses: readonly string[]
  readonly node: string | undefined
}

function perWorkload(cluster: Cluster, pods: readonly Placed[]): PolicyWorkload[] {
  const ignored = labelsOfTheirOwn(cluster)
  const byWorkload = new Map<string, Placed[]>()
  for (const each of pods) {
    const known = byWorkload.get(each.pod.workload)
    if (known === undefined) byWorkload.set(each.pod.workload, [each])
    else known.push(each)
  }
  return cluster.workloads.flatMap((workload) => {
    const own = byWorkload.get(workload.id) ?? []
    const alike = own.filter(({ pod }) => isAlike(pod, workload, ignored))
    const others = own.filter(({ pod }) => !isAlike(pod, workload, ignored))
    return [
      ...(alike.length > 0 ? [policyWorkload(workload.id, alike)] : []),
      ...others.map((each) => policyWorkload(each.pod.id, [each])),
    ]
  })
}

/** Labels that controllers give each pod of its own. */
const OWN_LABELS = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
  'vm.kubevirt.io/name',
]

/** Those that no policy asks for: they tell no pods apart. */
function labelsOfTheirOwn({ policies }: Cluster): ReadonlySet<string> {
  const asked = new Set(policies.flatMap(keysOf))
  return new Set(OWN_LABELS.filter((key) => !asked.has(key)))
}

/** Keys of labels of workloads that a policy asks for. */
function keysOf({ subject, ingress = [], egress = [] }: Policy): string[] {
  const peers = [...ingress, ...egress].flatMap((rule) => rule.peers ?? [])
  const selectors = [subject, ...peers.flatMap((peer) => (peer.kind === 'workloads' ? [peer.select] : []))]
  return selectors.flatMap(({ labels }) => labels.map(({ key }) => key))
}

/** Whether policies see a pod as they see its workload's template. */
function isAlike({ labels, template }: Pod, workload: Workload, ignored: ReadonlySet<string>): boolean {
  if (workload.kind === 'Pod') return true
  return (
    template.hostNetwork === workload.template.hostNetwork &&
    sharedLabels(labels, ignored) ===
      sharedLabels({ ...workload.template.labels, ...addedBy(workload.kind) }, ignored) &&
    portsOf(template) === portsOf(workload.template)
  )
}

/** Labels that a controller gives all of its pods. */
const addedBy = (kind: string): Readonly<Record<string, string>> =>
  kind.startsWith('VirtualMachine') ? { 'kubevirt.io': 'virt-launcher' } : {}

function sharedLabels(labels: Readonly<Record<string, string>>, ignored: ReadonlySet<string>): string {
  const keys = Object.keys(labels).filter((key) => !ignored.has(key))
  return JSON.stringify(keys.sort().map((key) => [key, labels[key]]))
}

const portsOf = ({ ports }: PodTemplate): string => JSON.stringify(ports)

/** One or more pods that policies cannot tell apart, but for their addresses. */
function policyWorkload(name: string, pods: readonly Placed[]): PolicyWorkload {
  const { namespace, template, labels } = pods[0]!.pod
  const nodes = new Set(pods.map(({ node }) => node))
  const [node] = nodes
  return {
    name,
    namespace,
    labels: pods.length === 1 ? labels : commonLabels(pods.map(({ pod }) => pod.labels)),
    ports: template.ports.map(({ name, protocol, port }) => ({
      ...(name === undefined ? {} : { name }),
      protocol,
      port,
    })),
    addresses: pods.flatMap(({ addresses }) => addresses),
    ...(nodes.size === 1 && node !== undefined ? { node } : {}),
    hostNetwork: template.hostNetwork,
  }
}

function commonLabels(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = all
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) => others.every((each) => each[key] === value)),
  )
}
