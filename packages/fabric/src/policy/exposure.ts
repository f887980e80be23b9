import type { CompiledRule, Direction } from './compiled-policy.ts'
import { matchesNamespace, workloadSelectorKey } from './label-selector.ts'
import type { WorkloadSelector } from './policy-blueprint.ts'
import type { PolicyEngine } from './policy-engine.ts'
import type { PortSet } from './port-set.ts'
import type { SubjectProfile } from './subject-profile.ts'

/** What workloads that are not in the set could do with one that is, as far as its own policies go. */
export interface Exposure {
  /** Ports open to a workload of any namespace and any labels. */
  readonly anywhere: PortSet
  /** Ports open to a workload of any labels in a namespace of the set, where these are others. */
  readonly namespaces: readonly { readonly namespace: string; readonly ports: PortSet }[]
  /** Ports open to a workload that fits a selector which the rules name, where these are others. */
  readonly selectors: readonly { readonly select: WorkloadSelector; readonly ports: PortSet }[]
}

/**
 * Asks the compiled rules about workloads that are not there: in a namespace unheard of, in each namespace, and one for each
 * selector of the rules, which fits no other selector but those that fit everyone there. They bear no address and name no
 * ports. `direction` is the workload's: `ingress` tells who could reach it, `egress` whom it could reach.
 */
export function exposureOf(engine: PolicyEngine, workload: string, direction: Direction): Exposure {
  const { groups, identities, members, sets } = engine.settled()
  const profiles = [
    ...new Set(engine.endsOfWorkload(workload).map((end) => identities[direction][engine.identityOf(end)]!)),
  ]
  const known = new Map<string, PortSet>()
  const portsFor = (fits: (select: WorkloadSelector) => boolean): PortSet =>
    profiles.reduce((ports, profile) => sets.union(ports, acceptedIf(profile, fits, known)), sets.none)
  const anywhere = portsFor(fitsEveryone)
  return {
    anywhere,
    namespaces: [...groups.allNamespaces(members.clusterOfWorkload(workload))]
      .map(({ name, labels }) => ({
        namespace: name,
        ports: portsFor((select) => fitsAllIn(select, name, labels)),
      }))
      .filter(({ ports }) => ports !== anywhere),
    selectors: partialSelectors(profiles)
      .map((select) => ({ select, ports: portsFor((other) => fitsWhoFits(other, select)) }))
      .filter(({ ports }) => ports !== anywhere),
  }
}

/** The ports for somebody who fits some selectors, and nothing else that rules name; `known` remembers by rules. */
function acceptedIf(
  profile: SubjectProfile,
  fits: (select: WorkloadSelector) => boolean,
  known: Map<string, PortSet>,
): PortSet {
  const isPeerOf = ({ rule }: CompiledRule): boolean =>
    rule.peers === undefined || rule.peers.some((peer) => peer.kind === 'workloads' && fits(peer.select))
  const matched = new Set(profile.rules.filter(isPeerOf))
  const key = `${profiled(profile)}/${[...matched].map(({ slot }) => slot)}`
  const ports = known.get(key) ?? profile.portMapIf((rule) => matched.has(rule)).accepted
  known.set(key, ports)
  return ports
}

const profiled = ({ policies }: SubjectProfile): string => policies.map(({ id }) => id).join()

/** Selectors of rules that neither fit everyone nor all of one namespace, each once. */
function partialSelectors(profiles: readonly SubjectProfile[]): WorkloadSelector[] {
  const selectors = profiles
    .flatMap(({ rules }) => rules.flatMap(({ rule }) => rule.peers ?? []))
    .flatMap((peer) => (peer.kind === 'workloads' ? [peer.select] : []))
    .filter((select) => !fitsEveryone(select))
    .filter(({ namespaces, labels }) => labels.length > 0 || !('name' in namespaces))
  return [...new Map(selectors.map((select) => [workloadSelectorKey(select), select])).values()]
}

const fitsEveryone = ({ namespaces, labels }: WorkloadSelector): boolean =>
  labels.length === 0 && !('name' in namespaces) && namespaces.labels.length === 0

const fitsAllIn = (
  { namespaces, labels }: WorkloadSelector,
  name: string,
  namespaceLabels: Readonly<Record<string, string>>,
): boolean => labels.length === 0 && matchesNamespace(namespaces, name, namespaceLabels)

/** Whether whoever fits one selector surely fits the other too. */
function fitsWhoFits(other: WorkloadSelector, { namespaces, labels }: WorkloadSelector): boolean {
  if (fitsEveryone(other)) return true
  const isSamePlace =
    workloadSelectorKey({ namespaces: other.namespaces, labels: [] }) ===
    workloadSelectorKey({ namespaces, labels: [] })
  if (isSamePlace && other.labels.length === 0) return true
  return workloadSelectorKey(other) === workloadSelectorKey({ namespaces, labels })
}
