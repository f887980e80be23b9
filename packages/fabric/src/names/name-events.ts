import { ConfigError, type EventHandler, type Simulation } from '@weft/core'
import type { EventBlueprint } from '../blueprint/blueprint.ts'
import type { Network } from '../build/network.ts'
import { addressesOf } from './addresses-of.ts'
import type { DomainEventBlueprint, NameEventBlueprint, RecordsEventBlueprint } from './names-blueprint.ts'

/** A clock as events of names see it. */
export interface NameEventTarget {
  readonly network: Pick<Network, 'sim' | 'names' | 'interfaces' | 'know' | 'withdraw'>
  /** Where services lead, or who may connect, is not as it was. */
  onLifeChanged?(): void
  /** Names do not stand for what they did. */
  onRecordsChanged?(): void
}

const isOfNames = (event: EventBlueprint): event is NameEventBlueprint =>
  event.action === 'change-records' || event.action === 'withdraw' || event.action === 'set-domain'

const isOfRecords = (event: NameEventBlueprint): event is RecordsEventBlueprint =>
  event.action === 'change-records'

const isOfDomains = (event: NameEventBlueprint): event is DomainEventBlueprint =>
  event.action === 'set-domain'

/** What happens to names, and to addresses of services, while a network runs. */
export class NameEvents implements EventHandler {
  readonly name = 'name events'
  /** In order of time; those of one instant as they were given. */
  readonly changes: readonly NameEventBlueprint[]
  readonly #clock: NameEventTarget
  readonly #sim: Simulation

  /** Of the events, those of names alone. Throws ConfigError where the network knows no names, or none of those services. */
  constructor(clock: NameEventTarget, events: readonly EventBlueprint[]) {
    this.#clock = clock
    this.#sim = clock.network.sim
    this.changes = events.filter(isOfNames).sort((a, b) => a.atPs - b.atPs)
    // nothing is registered where nothing can happen: the order of handlers is part of a run's digest
    if (this.changes.length === 0) return
    if (clock.network.names === undefined && this.changes.some(isOfRecords))
      throw new ConfigError([
        { path: ['events'], message: '"change-records" needs a network with names; this one has none' },
      ])
    if (clock.network.interfaces === undefined && this.changes.some(isOfDomains))
      throw new ConfigError([
        { path: ['events'], message: '"set-domain" needs a network with policies; this one has none' },
      ])
    clock.network.know(this.changes.filter(isOfRecords).flatMap(({ put }) => addressesOf(put)))
    const handler = this.#sim.register(this)
    for (const [index, { atPs }] of this.changes.entries()) this.#sim.schedule(atPs, handler, 0, index)
  }

  onEvent(_: number, index: number): void {
    const change = this.changes[index]!
    const { network } = this.#clock
    if (isOfRecords(change)) {
      network.names!.change(change)
      this.#clock.onRecordsChanged?.()
      return
    }
    if (isOfDomains(change)) network.interfaces!.policy.setDomainAddresses(change.target, change.addresses)
    else network.withdraw(change.target, change.service)
    this.#clock.onLifeChanged?.()
  }
}
