import { SECOND } from '@weft/core'
import { SteadyRun, type SteadySpan } from '@weft/fabric'
import type { CompiledScenario } from '../../compile/compile.ts'
import { instantBefore } from '../instants.ts'
import { IngressRecords } from '../ingress-records.ts'
import { NameRecords } from '../name-records.ts'
import type { LinkMeter, RunningClock } from '../running-clock.ts'
import { SteadyBooks } from './steady-books.ts'
import { SteadyIntervals } from './steady-intervals.ts'
import { SteadyPoolBooks } from './steady-pool-books.ts'
import { SteadyLosses } from './steady-losses.ts'
import type { SteadyRecords } from './steady-records.ts'
import { SteadyStreams } from './steady-streams.ts'

const BITS_PER_BYTE = 8

/** A scenario under the steady clock: expected loads, from one change to the next. */
export class SteadyRunningClock implements RunningClock, SteadyRecords {
  readonly engine: SteadyRun
  readonly meter: LinkMeter
  readonly packets = undefined
  readonly sharing = undefined
  readonly books: SteadyBooks
  readonly losses: SteadyLosses
  readonly streams: SteadyStreams
  readonly pools: SteadyPoolBooks
  readonly ingress: IngressRecords
  readonly intervals: SteadyIntervals
  readonly names: NameRecords | undefined
  unsettled = 0

  constructor({ blueprint, run, expectations }: CompiledScenario) {
    const { forPs, windowPs, warmupPs } = run
    this.engine = new SteadyRun(blueprint, { arrivalsEndPs: forPs, windowPs, inPasses: true })
    this.books = new SteadyBooks(this.engine, warmupPs)
    this.losses = new SteadyLosses(this.engine, this.books)
    const isAskedFor = expectations.some(({ metric }) => metric.startsWith('stream.'))
    this.streams = new SteadyStreams(this.engine, this.books, isAskedFor)
    this.intervals = new SteadyIntervals(this.engine)
    this.pools = new SteadyPoolBooks(this.engine)
    this.names = NameRecords.of(this.engine, this.engine.lookups)
    this.ingress = new IngressRecords(this.engine.ingress.controllers)
    const { sim, mix } = this.engine
    const carriedBits = (direction: number) => this.books.carried.at(direction, sim.now)
    this.meter = {
      wireBytes: (direction) => carriedBits(direction) / BITS_PER_BYTE,
      busyPs: (direction) => (carriedBits(direction) / mix.rateBps[direction]!) * SECOND,
    }
    this.engine.listener = { onSpan: (span) => this.#turn(span) }
  }

  get steady(): SteadyRecords {
    return this
  }

  get run(): SteadyRun {
    return this.engine
  }

  /** Nothing is under way once nothing is sent. */
  get isIdle(): boolean {
    return true
  }

  get isSettling(): boolean {
    return this.engine.isSolving
  }

  /** Comes back after each pass over all demands, of which losses in a circle of full links take hundreds. */
  runUntil(untilPs: number): void {
    const { engine } = this
    if (engine.isSolving) engine.solveOn()
    if (!engine.isSolving) engine.sim.run(instantBefore(untilPs))
    if (!engine.isSolving) engine.sim.advanceTo(untilPs)
  }

  breakOff(): void {
    this.engine.solveOn(false)
  }

  /** Rates need no books to be brought up. */
  book(): void {}

  markInstant(atPs: number): void {
    this.books.markInstant(atPs)
    this.losses.markInstant(atPs)
    this.streams.markInstant(atPs)
    this.pools.markInstant(atPs)
    this.ingress.markInstant(atPs)
    this.names?.markInstant(atPs)
  }

  closeWindow(): void {
    this.losses.closeWindow(this.engine.sim.now)
  }

  deliveredBytes(): Float64Array {
    const { blueprint, parts, sim } = this.engine
    const { deliveredBits } = this.books.sums(sim.now)
    const bytes = new Float64Array(blueprint.traffic.length)
    parts.forEach(({ traffic, payloadShare }, part) => {
      bytes[traffic]! += (deliveredBits[part]! * payloadShare) / BITS_PER_BYTE
    })
    return bytes
  }

  #turn(span: SteadySpan): void {
    const { fromPs, loads, pools } = span
    if (!loads.thinning.converged) this.unsettled++
    this.books.turn(span)
    this.losses.turn(span)
    this.streams.turn(fromPs, loads)
    this.intervals.turn(span)
    this.pools.turn(fromPs, pools)
  }
}
