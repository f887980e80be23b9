import type { Conntrack } from '../conntrack/conntrack.ts'
import type { Nat } from '../nat/nat.ts'

/** A mapping that a connection uses, and towards whom. */
interface Hold {
  readonly nat: Nat
  readonly mapping: number
  readonly remote: number
  readonly remotePort: number
}

/** Which mappings each connection of a table holds: let go of at the instant at which it ends, however late that is seen. */
export class MappingHolds {
  readonly #conntrack: Conntrack
  /** By row; a connection between two inside endpoints has two. */
  readonly #holds: (Hold | readonly [Hold, Hold] | undefined)[] = []

  constructor(conntrack: Conntrack) {
    this.#conntrack = conntrack
  }

  /** The mappings that a new connection uses. */
  hold(row: number, first: Hold, second?: Hold): void {
    this.#holds[row] = second === undefined ? first : [first, second]
    for (const { nat, mapping, remote, remotePort } of second === undefined ? [first] : [first, second])
      nat.retain(mapping, remote, remotePort)
  }

  /** The connection in this row has ended. */
  ended(row: number): void {
    const held = this.#holds[row]
    if (held === undefined) return
    this.#holds[row] = undefined
    const { table, clock } = this.#conntrack.entries
    const atPs = Math.min(table.expiryOf(row), clock.now)
    for (const { nat, mapping, remote, remotePort } of 'nat' in held ? [held] : held)
      nat.release(mapping, remote, remotePort, atPs)
  }
}
