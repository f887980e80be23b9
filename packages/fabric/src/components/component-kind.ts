import type { Simulation } from '@weft/core'
import type { EcmpBlueprint, NodeBlueprint } from '../blueprint/network.ts'
import type { BorderStage } from '../model/border-stage.ts'
import type { Node } from '../model/component.ts'
import type { Routes } from '../model/forwarding-table.ts'
import type { Ledger } from '../model/ledger.ts'
import type { Pools } from '../pools/pools.ts'
import type { PacketTable } from '../model/packet-table.ts'
import type { InterfaceStage, OwnCalls } from '../model/interface-stage.ts'
import type { Selector } from '../model/selector.ts'

/** What a component may build on. */
export interface ComponentContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  /** Where a component enters the pools that it has. */
  readonly pools: Pools
  /** The ids of the host's addresses in this context's network, consecutive, in order of its interfaces. */
  addressesOf(host: string): { readonly first: number; readonly count: number }
  selector(name: string, ecmp: EcmpBlueprint): Selector
  /** By port of a node: the index of the host there, or -1 where another kind of node is. */
  hostsAt(node: string): Int32Array
  /** By node index: a `WorkloadState`. */
  readonly workloadStates: Uint8Array
  nodeIndex(node: string): number
  /** What acts on packets where they leave workloads and enter them, of the vswitch in this host; in order of leaving. */
  stagesOf(host: string): readonly InterfaceStage[]
  /** Of a server with a vswitch; undefined where it reaches itself without that, whatever it calls. */
  ownCallsOf(host: string): OwnCalls | undefined
  /** By port of a node: 1 where it leads to a switch of the internet. */
  internetAt(node: string): Uint8Array
  /** What acts on packets that cross the border of a region at this gateway; undefined where nothing does. */
  borderOf(gateway: string): BorderStage | undefined
}

/** One family of components: how its blueprint becomes a node, and how routing reaches it. */
export interface ComponentKind<Blueprint extends NodeBlueprint, Component extends Node> {
  readonly kind: Blueprint['kind']
  /**
   * What decisions may depend on. `routes`: on what routing installed and on nothing else. A packet from another node is
   * decided by its destination's class, by the address itself where the class hangs off this node; a packet of the node's
   * own by its source address; and nothing is rewritten but the TTL. Then traffic of many pairs can be followed at once.
   * `routes-once-let-in`: as `routes` for probes that are ANSWERING, which were let through, but for where they come from: so
   * that a connection is judged once, and what it sends then follows routes.
   * Absent: on anything in the packet and on state, so that it is followed pair by pair.
   */
  readonly decidesBy?: 'routes' | 'routes-once-let-in'
  create(blueprint: Blueprint, context: ComponentContext): Component
  /** Takes over new forwarding state; `index` is the node's in the topology. */
  install(component: Component, routes: Routes, index: number): void
}
