import { type RowOwner, StateTable } from '../state-table/state-table.ts'
import { NO_ROW } from '../state-table/expiry-lists.ts'
import { NO_KEY } from '../state-table/tuple-index.ts'

const HELD = 0

/** Who gets a port back when it has been held down for its time. */
export type PortHeir = (protocol: number, external: number, remote: number, remotePort: number) => void

/**
 * External ports that nobody has and nobody gets yet (RFC 6888 REQ-8): what is late for the one who had it must not reach the
 * next one. Its clock is the instant of what happens next, which may lie behind that of the network: ports are freed when their
 * mappings expire, however late that is seen.
 */
export class HeldPorts implements RowOwner {
  private readonly clock: { now: number }
  private readonly table: StateTable
  private readonly inherit: PortHeir

  constructor(nowPs: number, capacity: number, holdDownPs: number, inherit: PortHeir) {
    this.clock = { now: nowPs }
    this.inherit = inherit
    this.table = new StateTable(this.clock, { capacity, timeoutsPs: [holdDownPs], owner: this })
  }

  get size(): number {
    return this.table.size
  }

  /** Gives back all ports whose time is over at this instant, which must not lie before those of earlier calls. */
  advance(nowPs: number): void {
    this.clock.now = nowPs
    this.table.expire()
  }

  /** Holds a port from this instant on; false where there is no room. */
  hold(atPs: number, protocol: number, external: number, remote: number, remotePort: number): boolean {
    this.advance(atPs)
    const row = this.table.insert(HELD)
    if (row === NO_ROW) return false
    this.table.setTuple(row, 0, external, remote, remotePort, protocol)
    return true
  }

  isHeld(protocol: number, external: number, remote: number, remotePort: number): boolean {
    return this.table.find(external, remote, remotePort, protocol) !== NO_KEY
  }

  forEach(visit: (protocol: number, external: number) => void): void {
    this.table.forEach((row) => void visit(this.table.wordOf(row, 3), this.table.wordOf(row, 0)))
  }

  resizeRows(): void {
    // a held port is its tuple and nothing else
  }

  forgetRow(row: number): void {
    const { table } = this
    this.inherit(table.wordOf(row, 3), table.wordOf(row, 0), table.wordOf(row, 1), table.wordOf(row, 2))
  }
}
