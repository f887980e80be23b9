import type { ConntrackOptions } from '../conntrack/conntrack-options.ts'
import type { ServiceBlueprint } from '../load-balancer/service-blueprint.ts'
import type { NatOptions } from '../nat/nat-options.ts'
import type { NatPoolOptions } from '../nat/nat-pool.ts'
import type { PortBlockOptions } from '../nat/port-blocks.ts'

/** Where a region's public addresses are translated: at its gateways, which share one state, or at every host for itself. */
export const EDGE_PLACES = ['gateways', 'hosts'] as const

export type EdgePlace = (typeof EDGE_PLACES)[number]

/** Where a region meets the internet. */
export interface EdgeBlueprint {
  readonly region: string
  /** Names of its gateways. */
  readonly gateways: readonly string[]
  readonly place: EdgePlace
  /** Absent: only what has a public address of its own reaches the internet. */
  readonly nat?: EdgeNatBlueprint
  /** What is reached from the internet by an address that stands for several endpoints; `addresses` are the public ones alone. */
  readonly services: readonly PublicServiceBlueprint[]
  /** Services that clients inside reach by way of the gateways, where those translate; absent: hosts balance for their own. */
  readonly inside?: InsideServicesBlueprint
  /** Public addresses that a workload has to itself, on its own interface; of several with one address, whichever started last has it. */
  readonly attached: readonly AttachedBlueprint[]
  /** Public prefixes of the region's own: an address of these that nothing has is nobody's. */
  readonly prefixes?: readonly string[]
  /** Addresses of these that nothing has, and that somebody may send to all the same. */
  readonly unassigned?: readonly string[]
  /** Of the table of connections that are translated: one at the gateways, or one at each host. */
  readonly conntrack?: ConntrackOptions
  /** Most clients that each place remembers for services with `affinityPs`: 1 to 2^24. Default 65,536. */
  readonly affinityCapacity?: number
}

export interface PublicServiceBlueprint extends ServiceBlueprint {
  /** Prefixes of clients that are let in; absent: everybody is. */
  readonly sources?: readonly string[]
}

/** A load balancer in the middle, for clients of the region itself. */
export interface InsideServicesBlueprint {
  /** By addresses that nobody on the internet reaches. */
  readonly services: readonly ServiceBlueprint[]
  /** Private addresses that stand for clients, so that answers come back the same way; one of each IP version at least. */
  readonly addresses: readonly string[]
}

export interface AttachedBlueprint {
  /** Name of the host or workload, which has the address among those of its interface. */
  readonly workload: string
  readonly address: string
}

export interface EdgeNatBlueprint
  extends Omit<NatOptions, 'pool' | 'blocks' | 'lifetime' | 'timeoutsPs' | 'refreshesInbound'> {
  readonly pool: Omit<NatPoolOptions, 'addresses'> & { readonly addresses: readonly string[] }
  /**
   * Ports go to inside addresses in blocks. `hosts` are addresses as text, in the order of the blocks that they have for good:
   * where hosts translate, each looks at those of its own workloads.
   */
  readonly blocks?: Omit<PortBlockOptions, 'hosts'> & { readonly hosts?: readonly string[] }
  /** Consecutive ports that go to one host where hosts translate: 1 to 65536. Default 64. */
  readonly shareSize?: number
}
