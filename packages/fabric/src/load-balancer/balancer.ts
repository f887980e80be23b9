import { ConfigError, type RandomStream } from '@weft/core'
import { LeastConnections } from './least-connections.ts'
import { Maglev } from './maglev.ts'
import { RandomChoice } from './random-choice.ts'
import { Rendezvous } from './rendezvous.ts'
import { RoundRobin } from './round-robin.ts'

/** One place in a balancer's list. */
export interface BalancedEndpoint {
  /** Names it from one list to the next. */
  readonly name: string
  /** A whole number, 1 or more; endpoints of one weight share evenly. */
  readonly weight: number
  /** Connections that it has at this balancer already, for whoever counts; absent: those that are known of it. */
  readonly active?: number
}

/** Picks an endpoint for every new connection. Connections that stand are the connection table's business. */
export interface Balancer {
  /** Replaces the list, which has at least one endpoint. What is known of endpoints that stay is kept. */
  install(endpoints: readonly BalancedEndpoint[]): void
  /** The place in the list for a new connection. `key` is a hash of what it is told apart by, any 32 bits. */
  pick(key: number): number
  /** Told that a connection to this place was opened, or has ended, for whoever counts. */
  opened(place: number): void
  closed(place: number): void
  /** The share of new connections that a place gets in the long run: what the steady clock goes by. */
  share(place: number): number
}

export const BALANCER_KINDS = ['random', 'round-robin', 'least-connections', 'maglev', 'rendezvous'] as const

export type BalancerKind = (typeof BALANCER_KINDS)[number]

export interface BalancerOptions {
  readonly kind: BalancerKind
  /** Slots of Maglev's table, a prime. Default 65537. */
  readonly tableSize?: number
}

/** A balancer without endpoints; `stream` is drawn from by `random` alone. */
export function createBalancer({ kind, tableSize }: BalancerOptions, stream: RandomStream): Balancer {
  if (tableSize !== undefined && kind !== 'maglev')
    throw new ConfigError([
      { path: ['tableSize'], message: `stands beside ${kind}; only maglev has a table` },
    ])
  switch (kind) {
    case 'random':
      return new RandomChoice(stream)
    case 'round-robin':
      return new RoundRobin()
    case 'least-connections':
      return new LeastConnections()
    case 'maglev':
      return new Maglev(tableSize)
    case 'rendezvous':
      return new Rendezvous()
  }
}
