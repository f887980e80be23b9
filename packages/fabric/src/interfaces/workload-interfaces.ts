import type { Simulation } from '@weft/core'
import { resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import { Conntrack } from '../conntrack/conntrack.ts'
import { ServicePorts } from '../load-balancer/service-ports.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketTable } from '../model/packet-table.ts'
import { PolicyEngine } from '../policy/policy-engine.ts'
import { ConnectionStage } from './connection-stage.ts'
import type { InterfacesBlueprint } from './interfaces-blueprint.ts'
import type { InterfacesMode } from './mode.ts'
import { ServiceTranslation } from './service-translation.ts'

export interface InterfacesContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly mode: InterfacesMode
}

/** The engines behind the interfaces of a network's workloads: one for policies; for each host, connections and balancers. */
export class WorkloadInterfaces {
  readonly policy: PolicyEngine
  readonly services: ServicePorts
  /** By host. */
  readonly conntracks = new Map<string, Conntrack>()
  /** By host, where there are several. */
  readonly #clusterOf: ReadonlyMap<string, string>
  readonly #context: InterfacesContext
  readonly #blueprint: InterfacesBlueprint

  constructor(blueprint: InterfacesBlueprint, context: InterfacesContext) {
    const { addresses } = context
    this.#context = context
    this.#blueprint = blueprint
    this.#clusterOf = new Map(
      blueprint.clusters?.flatMap(({ name, hosts }) => hosts.map((host) => [host, name] as const)),
    )
    this.policy = new PolicyEngine(blueprint.policies, { addresses })
    this.services = new ServicePorts(blueprint.services ?? [], addresses)
  }

  /** The cluster that a host is a node of; undefined where there are not several. */
  clusterOf(host: string): string | undefined {
    return this.#clusterOf.get(host)
  }

  /** What acts at the interfaces in a host, in the order in which a packet that leaves a workload meets it. */
  stagesOf(host: string): readonly InterfaceStage[] {
    const { packets, ledger, sim, mode } = this.#context
    const options = resolveConntrackOptions(this.#blueprint.conntrack ?? {})
    const conntrack = new Conntrack(sim, options)
    this.conntracks.set(host, conntrack)
    const { policy } = this
    const { tracksWindows } = options
    const parts = { packets, ledger, policy, conntrack, tracksWindows, mode }
    if (this.services.ports.length === 0) return [new ConnectionStage(parts)]
    const cluster = this.clusterOf(host)
    const context = { clock: sim, random: (name: string) => sim.random(name), cluster }
    const services = new ServiceTranslation(host, packets, this.services, mode, context)
    return [new ConnectionStage({ ...parts, services })]
  }
}
