import {
  type Distribution,
  type EventHandler,
  exponential,
  type RandomStream,
  SECOND,
  type Simulation,
} from '@weft/core'
import type { Pairs } from './pairs.ts'
import { wholeBytes } from './sizes.ts'

/** Starts a flow of this traffic now. */
export type StartFlow = (from: string, to: string, bytes: number) => void

export interface FlowArrivalsConfig {
  readonly name: string
  readonly pairs: Pairs
  readonly sizes: Distribution
  /** Arrivals per second at each sender. */
  readonly ratesPerSecond: readonly number[]
  readonly startPs: number
  readonly stopPs: number
  readonly start: StartFlow
}

/** Poisson arrivals of flows, each sender with a stream of its own. */
export class FlowArrivals implements EventHandler {
  readonly name: string
  readonly #sim: Simulation
  readonly #handler: number
  readonly #config: FlowArrivalsConfig
  readonly #streams: readonly RandomStream[]
  readonly #gaps: readonly Distribution[]

  constructor(sim: Simulation, config: FlowArrivalsConfig) {
    this.name = config.name
    this.#sim = sim
    this.#config = config
    this.#handler = sim.register(this)
    this.#streams = config.pairs.senders.map((sender) => sim.random(`${config.name}/${sender}`))
    this.#gaps = config.ratesPerSecond.map((rate) => exponential(SECOND / rate))
    for (const sender of config.pairs.senders.keys()) this.#scheduleNext(sender, config.startPs)
  }

  onEvent(sender: number): void {
    const { pairs, sizes, start } = this.#config
    const stream = this.#streams[sender]!
    const receiver = pairs.draw(sender, stream)
    start(pairs.senders[sender]!, receiver, wholeBytes(sizes.sample(stream)))
    this.#scheduleNext(sender, this.#sim.now)
  }

  #scheduleNext(sender: number, fromPs: number): void {
    const at = fromPs + Math.round(this.#gaps[sender]!.sample(this.#streams[sender]!))
    if (at < this.#config.stopPs) this.#sim.schedule(at, this.#handler, sender)
  }
}
