import type { EventHandler, Simulation } from '@weft/core'
import type { Network } from '../../build/network.ts'
import type { HeldRows, Holds } from '../../interfaces/holds.ts'
import type { FlowIndex } from '../../transport/flow-table.ts'

/** A row that a flow has. */
interface Held {
  readonly table: HeldRows
  readonly row: number
  readonly pin: number
}

interface FlowRows {
  readonly rows: readonly Held[]
  /** From the flow's last byte until its last packet has passed. */
  readonly closingPs: number
}

/**
 * What flows have in the tables on their way, connections and mappings: from when they begin until they end, and then for as
 * long as the table keeps what has ended.
 */
export class FlowHolds implements EventHandler {
  readonly name = 'holds'
  readonly #sim: Simulation
  readonly #handler: number
  /** Of the last probe. */
  readonly #found: Holds
  readonly #held = new Map<FlowIndex, FlowRows>()

  /** Undefined where nothing on the way remembers anything. */
  static of({ sim, mode }: Network): FlowHolds | undefined {
    return mode === undefined ? undefined : new FlowHolds(sim, mode.holds)
  }

  private constructor(sim: Simulation, found: Holds) {
    this.#sim = sim
    this.#found = found
    this.#handler = sim.register(this)
  }

  /**
   * What the last probe found or entered is this flow's from now on, until `closingPs` after its last byte has arrived. What it
   * had elsewhere it leaves.
   */
  keep(flow: FlowIndex, isAnswered: boolean, closingPs: number): void {
    const { tables, rows, size } = this.#found
    if (size === 0) return
    for (const { table, row, pin } of this.#held.get(flow)?.rows ?? [])
      if (!rows.some((its, i) => its === row && tables[i] === table)) table.letGo(row, pin)
    const held = rows.map((row, i) => ({ table: tables[i]!, row, pin: tables[i]!.pin(row, isAnswered) }))
    this.#held.set(flow, { rows: held, closingPs })
  }

  /** The flow that the last probe was for is refused by who it goes to. */
  cut(): void {
    const { tables, rows, size } = this.#found
    for (let i = 0; i < size; i++) tables[i]!.cut(rows[i]!)
    this.#found.clear()
  }

  /** The flow's last byte has arrived. */
  close(flow: FlowIndex): void {
    const held = this.#held.get(flow)
    if (held === undefined) return
    const { queue, now } = this.#sim
    queue.due = now + Math.round(held.closingPs)
    queue.push(this.#handler, 0, flow)
  }

  onEvent(_: number, flow: FlowIndex): void {
    for (const { table, row, pin } of this.#held.get(flow)?.rows ?? []) table.letGo(row, pin)
    this.#held.delete(flow)
  }
}
