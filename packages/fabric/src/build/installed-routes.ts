import type { AddressTable } from '../model/address-table.ts'
import { dropDecision } from '../model/decision.ts'
import type { Routes } from '../model/forwarding-table.ts'
import type { Ledger } from '../model/ledger.ts'
import type { OwnedAddress } from '../routing/destinations.ts'
import { computeRoutes } from '../routing/routes.ts'
import { LinkState, type Topology } from '../routing/topology.ts'
import type { AddressHolders } from './address-holders.ts'

export interface InstalledRoutesContext {
  readonly topology: Topology
  readonly ledger: Ledger
  readonly addresses: AddressTable
  readonly holders: AddressHolders
  /** Addresses that no host has, and the nodes that take packets to them. */
  readonly owned: readonly OwnedAddress[]
  /** Hands routes to every component at once. */
  readonly install: (routes: Routes) => void
}

/** The routes that components have, and those that they have while everything is up. */
export class InstalledRoutes {
  readonly #context: InstalledRoutesContext
  #current!: Routes
  /** What routes were computed for. */
  readonly #statesOf = new WeakMap<Routes, LinkState>()
  /** Undefined until asked for where they are not as they were. */
  #ofAll: Routes | undefined

  constructor(context: InstalledRoutesContext) {
    this.#context = context
  }

  /** What was installed last. */
  get current(): Routes {
    return this.#current
  }

  /** Computes routes for this state of nodes and links, and installs them. */
  installFor(state: LinkState): void {
    const { topology, ledger, addresses, holders, owned } = this.#context
    const drops = {
      noRoute: dropDecision(ledger.reason('no-route')),
      noSourceAddress: dropDecision(ledger.reason('no-source-address')),
    }
    const routes = computeRoutes(topology, state, holders, addresses.size, drops, owned)
    this.#statesOf.set(routes, state.copy())
    this.install(routes)
  }

  install(routes: Routes): void {
    this.#current = routes
    this.#context.install(routes)
  }

  installForAll(): void {
    this.installFor(new LinkState(this.#context.topology))
    this.#ofAll = this.#current
  }

  /** Hosts have other addresses than before: computes the routes anew for the state that they were for. */
  renew(): void {
    this.#ofAll = undefined
    this.installFor(this.#statesOf.get(this.#current)!)
  }

  /** Answers with the routes of everything up, and puts those back that were installed. */
  withEverythingUp<Answer>(ask: () => Answer): Answer {
    const before = this.#current
    const all = this.#ofAll
    const isComplete = all?.classOf.length === this.#context.addresses.size
    if (before === all && isComplete) return ask()
    if (isComplete) this.install(all!)
    else this.installForAll()
    try {
      return ask()
    } finally {
      this.install(before)
    }
  }
}
