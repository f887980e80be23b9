import type { Simulation } from '@weft/core'
import { type ConntrackOptions, resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import { Conntrack } from '../conntrack/conntrack.ts'
import { affinityTable } from '../load-balancer/affinity-tables.ts'
import type { ClientAffinity } from '../load-balancer/client-affinity.ts'
import { ServicePorts } from '../load-balancer/service-ports.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { InterfaceStage, OwnCalls } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketTable } from '../model/packet-table.ts'
import type { Policy } from '../policy/policy-blueprint.ts'
import { PolicyEngine } from '../policy/policy-engine.ts'
import { ConnectionTable } from '../pools/connection-table.ts'
import type { Pools } from '../pools/pools.ts'
import { ConnectionStage } from './connection-stage.ts'
import { cutDatagramsTo, isStillAllowed } from './cut-connections.ts'
import type { InterfacesBlueprint, WhenDenied } from './interfaces-blueprint.ts'
import type { ServerAddresses } from './masquerade.ts'
import type { InterfacesMode } from './mode.ts'
import { NodePortCalls } from './own-calls.ts'
import { ServiceTranslation } from './service-translation.ts'

export interface InterfacesContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly mode: InterfacesMode
  /** A host as its own virtual switch knows it. */
  readonly serverOf: (host: string) => ServerAddresses
  /** Where tables are entered. */
  readonly pools: Pools
}

/** The engines behind the interfaces of a network's workloads: one for policies; for each host, connections and balancers. */
export class WorkloadInterfaces {
  readonly policy: PolicyEngine
  readonly services: ServicePorts
  /** By host. */
  readonly conntracks = new Map<string, Conntrack>()
  /** By host, of those with a switch. */
  readonly #ownCalls = new Map<string, NodePortCalls>()
  /** By host, where there are several. */
  readonly #clusterOf: ReadonlyMap<string, string>
  readonly #conntrackOf: ReadonlyMap<string, ConntrackOptions>
  readonly #policies: Set<string>
  readonly #context: InterfacesContext
  readonly #blueprint: InterfacesBlueprint

  constructor(blueprint: InterfacesBlueprint, context: InterfacesContext) {
    const { addresses } = context
    this.#context = context
    this.#blueprint = blueprint
    this.#clusterOf = new Map(
      blueprint.clusters?.flatMap(({ name, hosts }) => hosts.map((host) => [host, name] as const)),
    )
    this.#conntrackOf = new Map(
      blueprint.conntrackOf?.flatMap(({ hosts, options }) => hosts.map((host) => [host, options] as const)),
    )
    this.policy = new PolicyEngine(blueprint.policies, { addresses })
    this.#policies = new Set(blueprint.policies.policies.map(({ name }) => name))
    this.services = new ServicePorts(blueprint.services ?? [], addresses)
  }

  /** The cluster that a host is a node of; undefined where there are not several. */
  clusterOf(host: string): string | undefined {
    return this.#clusterOf.get(host)
  }

  /** What acts at the interfaces in a host, in the order in which a packet that leaves a workload meets it. */
  stagesOf(host: string): readonly InterfaceStage[] {
    const { packets, ledger, sim, mode, pools } = this.#context
    const options = resolveConntrackOptions(this.#conntrackOf.get(host) ?? this.#blueprint.conntrack ?? {})
    const conntrack = new Conntrack(sim, options)
    this.conntracks.set(host, conntrack)
    pools.enter(new ConnectionTable(host, conntrack))
    const { policy } = this
    const { tracksWindows } = options
    const cluster = this.clusterOf(host)
    const whenDenied = this.#whenDeniedIn(cluster)
    const server = this.#context.serverOf(host)
    const parts = { packets, ledger, policy, conntrack, tracksWindows, mode, whenDenied, server }
    if (this.services.ports.length === 0) return [new ConnectionStage(parts)]
    const affinity = this.#affinityAt(host)
    const context = { random: (name: string) => sim.random(name), cluster, affinity }
    const services = new ServiceTranslation(host, packets, this.services, mode, context)
    this.#ownCalls.set(host, new NodePortCalls({ ...parts, services }))
    return [new ConnectionStage({ ...parts, services })]
  }

  /** Where several clusters are, a host balances the services of its own alone. */
  #affinityAt(host: string): ClientAffinity | undefined {
    const { services = [], affinityOf } = this.#blueprint
    const cluster = this.clusterOf(host)
    const own = cluster === undefined ? services : services.filter((each) => each.cluster === cluster)
    const capacity = affinityOf?.find(({ hosts }) => hosts.includes(host))?.capacity
    return affinityTable(host, own, capacity, this.#context)
  }

  /** What this host sends to itself, as its own switch knows it; undefined where it has no node ports. Asked of when all are made. */
  ownCallsOf(host: string): OwnCalls | undefined {
    if (!this.services.hasNodePorts) return undefined
    return { goesBySwitch: (packet) => this.#ownCalls.get(host)?.goesBySwitch(packet) === true }
  }

  #whenDeniedIn(cluster: string | undefined): WhenDenied {
    const { clusters, whenDenied = 'drop' } = this.#blueprint
    return clusters?.find(({ name }) => name === cluster)?.whenDenied ?? whenDenied
  }

  hasPolicy(name: string): boolean {
    return this.#policies.has(name)
  }

  /** Adds a policy, or replaces that of its name. Throws a ConfigError if something is wrong with it. */
  applyPolicy(policy: Policy): void {
    if (this.hasPolicy(policy.name)) this.policy.removePolicy(policy.name)
    this.policy.addPolicy(policy)
    this.#policies.add(policy.name)
  }

  deletePolicy(name: string): void {
    this.policy.removePolicy(name)
    this.#policies.delete(name)
  }

  /**
   * Blocks every connection that policies do not allow any more, and unblocks those that they allow again; of how many that
   * changed, at both ends together.
   */
  blockDenied(hostOf: (address: number) => number | undefined): number {
    let changed = 0
    for (const conntrack of this.conntracks.values())
      changed += conntrack.block((row) => isStillAllowed(row, conntrack, this.policy, hostOf))
    return changed
  }

  /** Forgets datagrams' connections that a service had led to an address which is no endpoint any more. */
  cutDatagramsTo(address: number): void {
    for (const conntrack of this.conntracks.values()) cutDatagramsTo(address, conntrack)
  }
}
