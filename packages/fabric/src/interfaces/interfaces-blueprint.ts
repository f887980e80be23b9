import type { ConntrackOptions } from '../conntrack/conntrack-options.ts'
import type { ServiceBlueprint } from '../load-balancer/service-blueprint.ts'
import type { PolicySet } from '../policy/policy-blueprint.ts'

export type WhenDenied = 'drop' | 'reject'

/** What acts at the interfaces of workloads, behind every vswitch alike. */
export interface InterfacesBlueprint {
  readonly policies: PolicySet
  /** What has an address and is none of the network's hosts; absent: none. */
  readonly services?: readonly ServiceBlueprint[]
  /** Which hosts are nodes of which cluster, where there are several. */
  readonly clusters?: readonly ClusterBlueprint[]
  /** What becomes of what policies deny: lost without a word, or the sender is told. Default `drop`. */
  readonly whenDenied?: WhenDenied
  /** Of the table that each vswitch keeps; absent: as Linux has it. */
  readonly conntrack?: ConntrackOptions
  /** Of the tables of some hosts, by names of nodes, in place of that. */
  readonly conntrackOf?: readonly { readonly hosts: readonly string[]; readonly options: ConntrackOptions }[]
  /**
   * Most clients that some hosts remember for services with `affinityPs`, by names of nodes; others 65,536. At hosts that translate
   * for their region, the edge's number counts.
   */
  readonly affinityOf?: readonly { readonly hosts: readonly string[]; readonly capacity: number }[]
  /** Workloads that do not run at the start, by name; absent: all run. */
  readonly stopped?: readonly string[]
  /** From a change of an endpoint until hosts balance by it. Default 0. */
  readonly endpointDelayPs?: number
}

/** A cluster among others: policies and services that name it are its own. */
export interface ClusterBlueprint {
  readonly name: string
  /** Names of nodes. */
  readonly hosts: readonly string[]
  /** Absent: as everywhere. */
  readonly whenDenied?: WhenDenied
}
