import {
  type Distribution,
  type EventHandler,
  exponential,
  type RandomStream,
  SECOND,
  type Simulation,
} from '@weft/core'
import type { Pairs } from './pairs.ts'
import type { RateCurve } from './rate-curve.ts'
import { wholeBytes } from './sizes.ts'

/** What a flow is besides its bytes. */
export interface FlowExchange {
  /** What comes back. */
  readonly responseBytes: number
  /** How long its connection stays open at least. */
  readonly holdPs: number
}

/** Starts a flow of this traffic now, which sends so many bytes; absent: and that is all. */
export type StartFlow = (from: string, to: string, bytes: number, exchange?: FlowExchange) => void

export interface FlowArrivalsConfig {
  readonly name: string
  readonly pairs: Pairs
  readonly sizes: Distribution
  /** Draws what else a flow is; absent: nothing. */
  readonly exchange?: (stream: RandomStream) => FlowExchange
  /** Arrivals per second at each sender. */
  readonly ratesPerSecond: readonly number[]
  /** Multiple of these rates over time; absent: always 1. */
  readonly curve?: RateCurve
  readonly startPs: number
  readonly stopPs: number
  readonly start: StartFlow
}

/**
 * Poisson arrivals of flows, each sender with a stream of its own. Where the rate varies, arrivals at the largest rate
 * are drawn and kept with the chance of the rate by the largest: thinning, P. A. W. Lewis and G. S. Shedler, "Simulation
 * of nonhomogeneous Poisson processes by thinning", 1979.
 */
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
    const { max } = config.curve ?? { max: 1 }
    if (max === 0) {
      this.#gaps = []
      return
    }
    this.#gaps = config.ratesPerSecond.map((rate) => exponential(SECOND / (rate * max)))
    for (const sender of config.pairs.senders.keys()) this.#scheduleNext(sender, config.startPs)
  }

  onEvent(sender: number): void {
    const { pairs, sizes, exchange, start } = this.#config
    const stream = this.#streams[sender]!
    const receiver = pairs.draw(sender, stream)
    const bytes = wholeBytes(sizes.sample(stream))
    start(pairs.senders[sender]!, receiver, bytes, exchange?.(stream))
    this.#scheduleNext(sender, this.#sim.now)
  }

  #scheduleNext(sender: number, fromPs: number): void {
    const { curve, stopPs } = this.#config
    const stream = this.#streams[sender]!
    let at = fromPs
    do at += Math.round(this.#gaps[sender]!.sample(stream))
    while (curve !== undefined && at < stopPs && stream.next() * curve.max >= curve.at(at))
    if (at < stopPs) this.#sim.schedule(at, this.#handler, sender)
  }
}
