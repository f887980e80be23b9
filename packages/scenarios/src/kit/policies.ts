import { InvariantError } from '@weft/core'
import type { PolicyProtocol } from '@weft/fabric'
import fc from 'fast-check'
import { type Document, parseAllDocuments, stringify } from 'yaml'
import { type AllowedPorts, allowOf } from '../connectivity/allowed-ports.ts'
import { compareReach } from '../connectivity/compare-reach.ts'
import type { Connectivity } from '../connectivity/connectivity.ts'
import { type Cluster, type ManifestTexts, readManifests } from '../kubernetes/index.ts'

/** Manifests that differ from the given ones in one thing. */
export interface ChangedManifests {
  readonly manifests: ManifestTexts
  /** What was done to them: `without spec.ingress[0] of NetworkPolicy shop/cart in policies.yaml`. */
  readonly change: string
}

/** A rule that lets something through, in a document of a file. */
interface AllowRule {
  readonly file: string
  readonly document: number
  /** Of a list of objects, its place in it. */
  readonly item: number | undefined
  readonly direction: (typeof DIRECTIONS)[number]
  readonly index: number
  /** As messages call the policy. */
  readonly name: string
}

const DIRECTIONS = ['ingress', 'egress'] as const
const ADMINS = ['ClusterNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']

/**
 * The manifests without one of the rules by which their network policies let something through; its policy stays, and isolates
 * as it did. Throws a ManifestError for what is wrong in them, an InvariantError where they have no such rule.
 */
export function ruleRemoved(manifests: ManifestTexts): fc.Arbitrary<ChangedManifests> {
  readManifests(manifests)
  const rules = Object.entries(manifests).flatMap(([file, text]) => allowRules(file, documentsIn(text)))
  if (rules.length === 0)
    throw new InvariantError('no network policy in these manifests lets anything through')
  return fc.constantFrom(...rules).map((rule) => ({
    manifests: { ...manifests, [rule.file]: without(rule, manifests[rule.file]!) },
    change: `without spec.${rule.direction}[${rule.index}] of ${rule.name} in ${rule.file}`,
  }))
}

const POLICY_FILE = 'any-policy.json'
const LABELS_OF_NOBODY = { 'weft.example/nobody': 'true' }

/**
 * The manifests and one NetworkPolicy more, whatever a team may write: over the namespaces, labels and ports of the manifests
 * themselves. What holds with every one of them is out of its reach, as the rules of administrators are.
 */
export function policyAdded(manifests: ManifestTexts): fc.Arbitrary<ChangedManifests> {
  const cluster = readManifests(manifests)
  const namespaces = [...new Set(cluster.workloads.map(({ namespace }) => namespace))]
  if (namespaces.length === 0)
    throw new InvariantError('these manifests have no workload that a policy could be about')
  const selector = selectorsOf(cluster)
  const rules = (peers: 'from' | 'to') =>
    fc.option(fc.array(ruleOf(peers, cluster, selector), { maxLength: 2 }), { nil: undefined })
  return fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      podSelector: selector,
      ingress: rules('from'),
      egress: rules('to'),
      policyTypes: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
    })
    .map(({ namespace, ...spec }) => {
      const policy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'any', namespace },
        spec,
      }
      const text = JSON.stringify(policy, null, 2)
      return { manifests: { ...manifests, [POLICY_FILE]: text }, change: `with ${JSON.stringify(policy)}` }
    })
}

/** A connection between two workloads, and whether it may be opened. */
export interface AnyConnection {
  readonly from: string
  readonly to: string
  readonly protocol: PolicyProtocol
  readonly port: number
}

/** Connections between workloads of `who`, on ports where something changes, and beside them. */
export function anyConnection(who: Connectivity): fc.Arbitrary<AnyConnection> {
  const [one, ...others] = who.workloads
  if (one === undefined) throw new InvariantError('there is no workload that could connect')
  const ports = new Set([1, 80, 443, 65_535])
  for (const from of who.classes)
    for (const to of who.classes)
      for (const { ports: ranges } of allowOf(who.ports(from, to)))
        for (const [first, last] of ranges)
          for (const port of [first - 1, first, last, last + 1])
            if (port > 0 && port < 65_536) ports.add(port)
  const workload = fc.constantFrom(one, ...others)
  return fc.record({
    from: workload,
    to: workload,
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
    port: fc.constantFrom(...ports),
  })
}

/** Throws where anything may connect that could not before: workloads with each other, or with addresses outside. */
export function assertNothingOpens(before: Connectivity, after: Connectivity): void {
  const { between, outside } = compareReach(before, after)
  for (const { from, to, ...ports } of between) tellMore(ports, `${from[0]} to ${to[0]}`)
  for (const { direction, workloads, prefixes, ...ports } of outside) {
    const [inside, beyond] = [workloads[0]!, prefixes[0]!]
    tellMore(ports, direction === 'toOutside' ? `${inside} to ${beyond}` : `${beyond} to ${inside}`)
  }
}

/** Throws where anything may not connect any more that could before. */
export const assertNothingCloses = (before: Connectivity, after: Connectivity): void =>
  assertNothingOpens(after, before)

function tellMore(
  { before, after }: { readonly before: readonly AllowedPorts[]; readonly after: readonly AllowedPorts[] },
  ends: string,
): void {
  for (const { protocol, ports } of after) {
    const known = before.find((each) => each.protocol === protocol)?.ports ?? []
    for (const [first, last] of ports) {
      const isKnown = known.some(([start, end]) => start <= first && last <= end)
      if (!isKnown)
        throw new InvariantError(
          `${ends} differs: ${protocol} ${first === last ? first : `${first}-${last}`} of one is not in the other`,
        )
    }
  }
}

const documentsIn = (text: string): Document[] => parseAllDocuments(text, { merge: true }) as Document[]

/** A policy as manifests have it, as far as rules are concerned. */
interface PolicyObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: {
    policyTypes?: string[] | null
    ingress?: { readonly action?: string }[] | null
    egress?: { readonly action?: string }[] | null
  } | null
}

function allowRules(file: string, documents: readonly Document[]): AllowRule[] {
  return documents.flatMap((each, document): AllowRule[] => {
    const data = each.toJS() as PolicyObject | { readonly items?: PolicyObject[] } | null
    if (data === null) return []
    if (!('items' in data) || !Array.isArray(data.items))
      return rulesIn(data as PolicyObject).map((rule) => ({ file, document, item: undefined, ...rule }))
    return data.items.flatMap((object, item) =>
      rulesIn(object).map((rule) => ({ file, document, item, ...rule })),
    )
  })
}

function rulesIn({ kind, metadata, spec }: PolicyObject): Pick<AllowRule, 'direction' | 'index' | 'name'>[] {
  const isAdmin = ADMINS.includes(kind)
  if (kind !== 'NetworkPolicy' && !isAdmin) return []
  const name = `${kind} ${isAdmin ? '' : `${metadata.namespace ?? 'default'}/`}${metadata.name}`
  return DIRECTIONS.flatMap((direction) =>
    (spec?.[direction] ?? []).flatMap(({ action }, index) =>
      !isAdmin || action === 'Accept' || action === 'Allow' ? [{ direction, index, name }] : [],
    ),
  )
}

function without({ document, item, direction, index }: AllowRule, text: string): string {
  const documents = documentsIn(text)
  const data = documents[document]!.toJS()
  const object = (item === undefined ? data : data.items[item]) as PolicyObject
  if (object.kind === 'NetworkPolicy') keepTypes(object.spec!)
  object.spec![direction]!.splice(index, 1)
  // JSON is YAML, and stays what it is
  const isJson = /^\s*\{/.test(text) && documents.length === 1
  if (isJson) return JSON.stringify(data, null, 2)
  return documents.map((each, i) => (i === document ? stringify(data) : stringify(each.toJS()))).join('---\n')
}

/** Policy types follow from rules where they are not stated: stated, they stay when rules go. */
function keepTypes(spec: NonNullable<PolicyObject['spec']>): void {
  if ((spec.policyTypes ?? []).length > 0) return
  spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

type Selector = { readonly matchLabels?: Readonly<Record<string, string>> }

/** All pods, those with a label of some pod, or nobody. */
function selectorsOf({ workloads }: Cluster): fc.Arbitrary<Selector> {
  const seen = new Map<string, Readonly<Record<string, string>>>()
  // as people write them: what controllers add is of single pods
  for (const { template } of workloads)
    for (const [key, value] of Object.entries(template.labels)) seen.set(`${key}=${value}`, { [key]: value })
  return fc.constantFrom<Selector>(
    {},
    { matchLabels: LABELS_OF_NOBODY },
    ...[...seen.values()].map((matchLabels) => ({ matchLabels })),
  )
}

function ruleOf(peers: 'from' | 'to', cluster: Cluster, selector: fc.Arbitrary<Selector>) {
  const namespaces = cluster.namespaces.map(({ name }) => ({ 'kubernetes.io/metadata.name': name }))
  const namespaceSelector = fc.constantFrom<Selector>(
    {},
    ...namespaces.map((matchLabels) => ({ matchLabels })),
  )
  const peer = fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record({ podSelector: selector, namespaceSelector }),
    fc.constantFrom(
      { ipBlock: { cidr: '0.0.0.0/0' } },
      { ipBlock: { cidr: '::/0' } },
      { ipBlock: { cidr: '10.0.0.0/8' } },
    ),
  )
  const numbers = new Set([
    80,
    ...cluster.workloads.flatMap(({ template }) => template.ports.map(({ port }) => port)),
  ])
  const port = fc.record({
    protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'),
    port: fc.constantFrom(...numbers),
  })
  const few = <Item>(item: fc.Arbitrary<Item>) =>
    fc.option(fc.array(item, { minLength: 1, maxLength: 2 }), { nil: undefined })
  return fc.record({ [peers]: few(peer), ports: few(port) })
}
