import type { Direction } from './compiled-policy.ts'
import { workloadSelectorKey } from './label-selector.ts'
import type { PeerSet } from './peer-set.ts'
import type { WorkloadSelector } from './policy-blueprint.ts'
import type { PolicyEngine } from './policy-engine.ts'
import type { PortSet } from './port-set.ts'

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
 * selector of the rules, which fits no other selector but those that fit everyone there. They bear no address and name no ports.
 */
export function exposureOf(engine: PolicyEngine, workload: string, direction: Direction): Exposure {
  const { sets, groups } = engine.settled()
  const profiles = [
    ...new Set(
      engine.endsOfWorkload(workload).map((end) => engine.identities[direction](engine.identityOf(end))),
    ),
  ]
  const portsFor = (peers: ReadonlySet<PeerSet>): PortSet =>
    engine.identities.imagine(peers, (peer) =>
      profiles.reduce((ports, profile) => sets.union(ports, profile.portMap(peer).accepted), sets.none),
    )
  const everywhere = new Set(groups.selecting(isEverywhere))
  const anywhere = portsFor(everywhere)
  const within = (name: string) =>
    groups.selecting((select) => select.labels.length === 0 && groups.isIn(select, name))
  const namespaces = [...groups.allNamespaces()]
    .map(({ name }) => ({ namespace: name, ports: portsFor(new Set(within(name))) }))
    .filter(({ ports }) => ports !== anywhere)
  const selectors = profiles
    .flatMap(({ rules }) => rules.flatMap(({ rule }) => rule.peers ?? []))
    .flatMap((peer) => (peer.kind === 'workloads' ? [peer.select] : []))
    .filter((select) => !isEverywhere(select) && !isOneNamespace(select))
  const distinct = [...new Map(selectors.map((select) => [workloadSelectorKey(select), select])).values()]
  return {
    anywhere,
    namespaces,
    selectors: distinct
      .map((select) => ({ select, ports: portsFor(new Set([...everywhere, ...fitting(select)])) }))
      .filter(({ ports }) => ports !== anywhere),
  }

  function fitting(select: WorkloadSelector): PeerSet[] {
    const key = workloadSelectorKey(select)
    const own = groups.selecting((other) => workloadSelectorKey(other) === key)
    return 'name' in select.namespaces ? [...own, ...within(select.namespaces.name)] : own
  }
}

const isEverywhere = ({ namespaces, labels }: WorkloadSelector): boolean =>
  labels.length === 0 && !('name' in namespaces) && namespaces.labels.length === 0

const isOneNamespace = ({ namespaces, labels }: WorkloadSelector): boolean =>
  labels.length === 0 && 'name' in namespaces
