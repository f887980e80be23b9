import { buildCluster } from './cluster/build-cluster.ts'
import { byKey } from './cluster/order.ts'
import { type ManifestTexts, manifestFilesOf } from './manifest-texts.ts'
import type { Cluster } from './model/cluster.ts'
import { ClusterDraft } from './model/draft.ts'
import { linkedCluster } from './model/linked-cluster.ts'
import { dnsWarnings } from './policies/dns-warnings.ts'
import { inOrder, ManifestError, type ManifestIssue } from './read/manifest-error.ts'
import { Findings, type ReadManifest } from './read/findings.ts'
import { type ManifestFile, readFile } from './read/read-file.ts'

export interface ManifestOptions {
  /** Of manifests that name none. Default `default`. */
  readonly namespace?: string
  /** What stands for nodes where no manifest tells of any: a DaemonSet has a pod on each. Default: it has one. */
  readonly hosts?: readonly string[]
}

/**
 * Reads Kubernetes manifests as `kubectl` would, whatever the order of files and documents: files, or texts by the names of
 * files. Throws a ManifestError that lists everything wrong with all of them.
 */
export function readManifests(
  given: readonly ManifestFile[] | ManifestTexts,
  { namespace = 'default', hosts = [] }: ManifestOptions = {},
): Cluster {
  const files = Array.isArray(given)
    ? (given as readonly ManifestFile[])
    : manifestFilesOf(given as ManifestTexts)
  const findings = new Findings(namespace)
  for (const file of files) readFile(file, findings)
  const read = inCanonicalOrder(findings.manifests)
  const refusals = [...findings.refusals, ...duplicates(read)]
  if (refusals.length > 0) throw new ManifestError(refusals)
  const draft = new ClusterDraft()
  draft.hosts = hosts
  for (const { kind, manifest } of read) kind.add(manifest, draft)
  checkPodCount(draft, read)
  const cluster: Cluster = {
    ...buildCluster(draft, namespacesUsed(read)),
    ignored: [...findings.ignored.values()].sort(byKey(({ apiVersion, kind }) => `${kind} ${apiVersion}`)),
    warnings: [],
  }
  return { ...cluster, warnings: inOrder([...findings.warnings, ...linkWarnings(read, cluster)]) }
}

/** Beyond this, a number was mistyped, and the pods of it would not fit into memory. */
const PODS_MAX = 500_000

function checkPodCount({ workloads, nodes, pods }: ClusterDraft, read: readonly ReadManifest[]): void {
  let count = pods.length
  for (const { manifest, replicas } of workloads) {
    count += replicas === 'perNode' ? nodes.length : replicas
    if (count <= PODS_MAX) continue
    const { locate } = read.find((each) => each.manifest === manifest)!
    const message = `with its pods there are more than ${PODS_MAX.toLocaleString('en-US')}, the most that Weft takes`
    throw new ManifestError([locate(['spec', 'replicas'], message)])
  }
}

const identity = ({ manifest: { kind, namespace, name } }: ReadManifest) => `${kind}\0${namespace}\0${name}`

/** By kind, namespace, name and group; of two that share them, by their places. */
const inCanonicalOrder = (manifests: readonly ReadManifest[]) => {
  const order = byKey<ReadManifest>((each) => `${identity(each)}\0${each.kind.apiVersions[0]}`)
  const place = byKey<ReadManifest>(({ manifest }) => manifest.place.file)
  return [...manifests].sort(
    (a, b) =>
      order(a, b) ||
      place(a, b) ||
      a.manifest.place.line - b.manifest.place.line ||
      a.manifest.place.column - b.manifest.place.column,
  )
}

function namespacesUsed(read: readonly ReadManifest[]): Set<string> {
  return new Set(read.map(({ manifest }) => manifest.namespace).filter((name) => name !== ''))
}

/** kubectl would let the last one win, which nobody can want of files that are read together. */
function duplicates(sorted: readonly ReadManifest[]): ManifestIssue[] {
  const issues: ManifestIssue[] = []
  for (const [index, each] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before === undefined || before.kind !== each.kind || identity(before) !== identity(each)) continue
    const { file, line, column } = before.manifest.place
    const message = `it stands at ${file}:${line}:${column} already; remove one (kubectl apply would take the last)`
    issues.push(each.locate([], message))
  }
  return issues
}

function linkWarnings(read: readonly ReadManifest[], cluster: Cluster): ManifestIssue[] {
  const warnings: ManifestIssue[] = []
  const linked = linkedCluster(cluster)
  for (const { kind, manifest, locate } of read)
    kind.link?.(manifest, linked, { warn: (path, message) => warnings.push(locate(path, message)) })
  for (const { policy, message } of dnsWarnings(cluster)) {
    const [kind, id] = policy.split(' ')
    const of = read.find(
      ({ manifest }) => manifest.kind === kind && `${manifest.namespace}/${manifest.name}` === id,
    )!
    warnings.push(of.locate([], message))
  }
  return warnings
}
