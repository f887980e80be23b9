import type { ClusterNode, Pod, Workload } from '../model/cluster.ts'
import type { ClusterDraft, DraftPod, DraftWorkload, ObservedPod } from '../model/draft.ts'
import { plainNode } from '../model/plain-node.ts'
import { nodesFor } from './nodes-for.ts'
import { byKey } from './order.ts'
import { Owners } from './owners.ts'

interface Built {
  readonly workloads: Workload[]
  readonly pods: Pod[]
}

/** A workload with the pods of it that have manifests, and the controllers below it. */
interface Root {
  readonly draft: DraftWorkload
  readonly below: DraftWorkload[]
  readonly printed: DraftPod[]
}

/** Topmost controllers and lone pods as workloads, each with its pods. */
export function buildWorkloads(draft: ClusterDraft): Built {
  const owners = new Owners(draft)
  const roots = new Map<DraftWorkload, Root>()
  for (const each of draft.workloads) {
    const root = owners.rootOf(each)
    const known = roots.get(root) ?? { draft: root, below: [], printed: [] }
    roots.set(root, known)
    if (root !== each) known.below.push(each)
  }
  const alone: DraftPod[] = []
  for (const pod of draft.pods) {
    const owner = owners.ofPod(pod)
    if (owner === undefined) alone.push(pod)
    else roots.get(owner)!.printed.push(pod)
  }
  const idOf = idsOf([...roots.keys(), ...alone.filter(isLive)].map(({ manifest }) => manifest))
  const nodes = nodesOf(draft)
  const built = [
    ...[...roots.values()].map((root) => ofRoot(root, idOf(root.draft.manifest), nodes)),
    ...alone.filter(isLive).map((pod) => ofLonePod(pod, idOf(pod.manifest))),
  ]
  return {
    workloads: built.map(({ workload }) => workload).sort(byKey(({ id }) => id)),
    pods: built.flatMap(({ pods }) => pods).sort(byKey((pod) => pod.id)),
  }
}

/** Those that manifests describe; where none does, the hosts that there are. */
function nodesOf({ nodes, hosts }: ClusterDraft): ClusterNode[] {
  return nodes.length > 0 ? [...nodes].sort(byKey((node) => node.name)) : hosts.map(plainNode)
}

/** Completed pods have left the network, and their addresses may be others' by now. */
const isLive = ({ phase }: ObservedPod): boolean => phase !== 'Succeeded' && phase !== 'Failed'

type Named = { readonly kind: string; readonly namespace: string; readonly name: string }

/** `namespace/name`; with the kind between where two kinds share a name. */
function idsOf(manifests: readonly Named[]): (manifest: Named) => string {
  const counts = new Map<string, number>()
  const plain = ({ namespace, name }: Named) => `${namespace}/${name}`
  for (const each of manifests) counts.set(plain(each), (counts.get(plain(each)) ?? 0) + 1)
  return (each) =>
    counts.get(plain(each)) === 1 ? plain(each) : `${each.namespace}/${each.kind.toLowerCase()}/${each.name}`
}

type BuiltOne = { readonly workload: Workload; readonly pods: readonly Pod[] }

function ofLonePod(pod: DraftPod, id: string): BuiltOne {
  const { namespace, name, kind } = pod.manifest
  const { template } = pod
  return {
    workload: { id, namespace, name, kind, replicas: 1, perNode: false, template, podNames: [name] },
    pods: [printedPod(pod, id)],
  }
}

function ofRoot(root: Root, id: string, nodes: readonly ClusterNode[]): BuiltOne {
  const { draft, printed } = root
  const { namespace, name, kind } = draft.manifest
  // what was printed is what runs: nothing is made up beside it
  const pods =
    printed.length > 0 ? printed.filter(isLive).map((pod) => printedPod(pod, id)) : madeUp(root, id, nodes)
  const workload: Workload = {
    id,
    namespace,
    name,
    kind,
    replicas: draft.replicas === 'perNode' ? pods.length : draft.replicas,
    perNode: draft.replicas === 'perNode',
    template: draft.template,
    ...(draft.update !== undefined && { update: draft.update }),
    podNames: pods.map((pod) => pod.name),
    ...(kind === 'VirtualMachine' && pods.length === 0 && { idlePod: madeUpPod(draft, draft, 0, id) }),
  }
  return { workload, pods }
}

function printedPod(pod: DraftPod, workload: string): Pod {
  const { manifest, template, phase, isReady, addresses } = pod
  const { namespace, name, labels, isTerminating } = manifest
  const { nodeName, hostname = name, subdomain } = template
  return {
    id: `${namespace}/${name}`,
    namespace,
    name,
    workload,
    labels,
    template,
    hostname,
    ...(subdomain === undefined ? {} : { subdomain }),
    ...(nodeName === undefined ? {} : { nodeName }),
    addresses,
    phase: phase as Pod['phase'],
    isReady: isReady && !isTerminating,
    isTerminating,
    isDeclared: true,
  }
}

/** Pods as the controller would make them. */
function madeUp({ draft, below }: Root, workload: string, nodes: readonly ClusterNode[]): Pod[] {
  // a machine's instance, where it was printed, knows more than the machine
  const instance = [...below, draft].find(({ observed }) => observed !== undefined)
  if (instance !== undefined) {
    const { observed } = instance
    return isLive(observed!) ? [madeUpPod(draft, instance, 0, workload, observed)] : []
  }
  if (draft.replicas !== 'perNode')
    return Array.from({ length: draft.replicas }, (_, index) => madeUpPod(draft, draft, index, workload))
  if (nodes.length === 0) return [madeUpPod(draft, draft, 0, workload)]
  return nodesFor(draft.template, nodes).map(({ name }, index) =>
    madeUpPod(draft, draft, index, workload, { ...RUNNING, nodeName: name }),
  )
}

const RUNNING: ObservedPod = { phase: 'Running', isReady: true, addresses: [] }

function madeUpPod(
  { manifest, subdomain: service }: DraftWorkload,
  { template, podName, podLabels, manifest: own }: DraftWorkload,
  index: number,
  workload: string,
  observed: ObservedPod = RUNNING,
): Pod {
  const { namespace, isTerminating } = manifest
  const name = podName(index)
  const nodeName = observed.nodeName ?? template.nodeName
  const subdomain = template.subdomain ?? service
  return {
    id: `${namespace}/${name}`,
    namespace,
    name,
    workload,
    labels: { ...template.labels, ...podLabels?.(index) },
    template,
    hostname: template.hostname ?? name,
    ...(subdomain === undefined ? {} : { subdomain }),
    ...(nodeName === undefined ? {} : { nodeName }),
    addresses: observed.addresses,
    phase: observed.phase as Pod['phase'],
    isReady: observed.isReady && !own.isTerminating,
    isTerminating: isTerminating || own.isTerminating,
    isDeclared: false,
  }
}
