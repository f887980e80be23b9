import type { EventHandler, Simulation } from '@weft/core'
import { naturalCompare } from '../blueprint/natural-order.ts'
import type { FlowBlueprint } from '../blueprint/traffic.ts'
import type { StartFlow } from './flow-arrivals.ts'

/** Starts given flows at their times; flows of one instant in the order of senders, receivers and sizes. */
export class FlowList implements EventHandler {
  readonly name: string
  readonly #sim: Simulation
  readonly #handler: number
  readonly #flows: readonly FlowBlueprint[]
  readonly #start: StartFlow
  #next = 0

  constructor(sim: Simulation, name: string, flows: readonly FlowBlueprint[], start: StartFlow) {
    this.name = name
    this.#sim = sim
    this.#flows = [...flows].sort(
      (x, y) =>
        x.startPs - y.startPs ||
        naturalCompare(x.from, y.from) ||
        naturalCompare(x.to, y.to) ||
        x.bytes - y.bytes,
    )
    this.#start = start
    this.#handler = sim.register(this)
    this.#arm()
  }

  onEvent(): void {
    const { now } = this.#sim
    while (this.#next < this.#flows.length && this.#flows[this.#next]!.startPs <= now) {
      const { from, to, bytes } = this.#flows[this.#next++]!
      this.#start(from, to, bytes)
    }
    this.#arm()
  }

  #arm(): void {
    if (this.#next === this.#flows.length) return
    this.#sim.schedule(this.#flows[this.#next]!.startPs, this.#handler)
  }
}
