import type { Simulation } from '@weft/core'
import { Conntrack } from '../conntrack/conntrack.ts'
import { resolveConntrackOptions } from '../conntrack/conntrack-options.ts'
import type { AddressTable } from '../model/address-table.ts'
import type { InterfaceStage } from '../model/interface-stage.ts'
import type { Ledger } from '../model/ledger.ts'
import type { PacketTable } from '../model/packet-table.ts'
import { PolicyEngine } from '../policy/policy-engine.ts'
import { FirewallStage, type InterfacesMode, OPENING } from './firewall-stage.ts'
import type { InterfacesBlueprint } from './interfaces-blueprint.ts'

export interface InterfacesContext {
  readonly sim: Simulation
  readonly packets: PacketTable
  readonly ledger: Ledger
  readonly addresses: AddressTable
}

/** The engines behind the interfaces of a network's workloads: one for policies, a connection table for each vswitch. */
export class WorkloadInterfaces {
  readonly policy: PolicyEngine
  /** By vswitch. */
  readonly conntracks = new Map<string, Conntrack>()
  readonly mode: InterfacesMode = { packets: OPENING }
  readonly #context: InterfacesContext
  readonly #blueprint: InterfacesBlueprint

  constructor(blueprint: InterfacesBlueprint, context: InterfacesContext) {
    this.#context = context
    this.#blueprint = blueprint
    this.policy = new PolicyEngine(blueprint.policies, { addresses: context.addresses })
  }

  /** What acts at the interfaces of a vswitch, in the order in which a packet that leaves a workload meets it. */
  stagesOf(vswitch: string): readonly InterfaceStage[] {
    const { packets, ledger, sim } = this.#context
    const options = resolveConntrackOptions(this.#blueprint.conntrack ?? {})
    const conntrack = new Conntrack(sim, options)
    this.conntracks.set(vswitch, conntrack)
    const { tracksWindows } = options
    const { policy, mode } = this
    return [new FirewallStage({ packets, ledger, policy, conntrack, tracksWindows, mode })]
  }
}
