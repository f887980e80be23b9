import type { CompiledScenario } from '../compile/compile.ts'
import { LIMITS } from '../compile/defaults.ts'
import { endPs, type RunPlan } from '../compile/run.ts'
import { startClock } from './start-clock.ts'
import { FlowRecorder } from './flow-recorder.ts'
import { LinkRecorder } from './link-recorder.ts'
import type { Engine, RunningClock } from './running-clock.ts'

/** Looks at an emptying network: a thousandth of the arrivals apart at first, later a hundredth of the time drained. */
const DRAIN_LOOKS = 1_000
const DRAIN_GROWTH = 100

/** A compiled scenario in motion: advances slice by slice and records between events, so that no digest changes. */
export class ScenarioRun {
  readonly scenario: CompiledScenario
  readonly clock: RunningClock
  readonly links: LinkRecorder
  readonly flows: FlowRecorder
  /** Starts of the recorded windows. */
  readonly windowStarts: number[] = []
  readonly #plan: RunPlan
  /** Instants between windows at which counters are read too: warm-up, end of arrivals, bounds of expectations. */
  readonly #instants: number[]
  readonly #windowsMax: number
  #windowStart = 0
  #windowEnd: number
  #drainLookPs: number
  #drained = false

  constructor(scenario: CompiledScenario) {
    this.scenario = scenario
    const plan = scenario.run
    this.#plan = plan
    const windows = Math.ceil(plan.forPs / plan.windowPs) + 1
    this.clock = startClock(scenario, windows)
    this.links = new LinkRecorder(this.engine.network, this.clock.meter, windows)
    this.flows = new FlowRecorder(this.engine, this.clock.steady)
    this.#windowsMax = Math.min(2 * LIMITS.windows, Math.floor(LIMITS.cells / this.links.directions.length))
    this.#windowEnd = plan.windowPs
    this.#drainLookPs = plan.forPs
    const bounds = scenario.expectations
      .filter(
        ({ metric }) =>
          metric === 'link.marks' || metric === 'drops' || /^(stream|pool|ingress|dns)\./.test(metric),
      )
      .flatMap(({ fromPs, toPs }) => [fromPs, toPs])
    this.#instants = [...new Set([0, plan.warmupPs, plan.forPs, ...bounds])].sort((a, b) => a - b)
    this.#readInstants(0)
  }

  get engine(): Engine {
    return this.clock.engine
  }

  get nowPs(): number {
    return this.engine.sim.now
  }

  /** The latest that the run can end. */
  get endPs(): number {
    return endPs(this.#plan)
  }

  /** The horizon is reached, or arrivals are over, every flow has ended and the network is empty. */
  get finished(): boolean {
    return this.nowPs >= this.endPs || this.#drained
  }

  /** Where the time series ends: at most so many windows are recorded. */
  get recordedToPs(): number {
    return Math.min(this.nowPs, this.#windowStart)
  }

  /** The present takes long: `advance` goes on with it, and comes back after some of it. */
  get isSettling(): boolean {
    return this.clock.isSettling === true
  }

  /** Runs up to this instant or the next at which something is recorded, whichever comes first; less where it is settling. */
  advance(untilPs: number): void {
    const next = Math.min(
      untilPs,
      this.#windowEnd,
      this.#instants[0] ?? Infinity,
      this.#drainLookPs,
      this.endPs,
    )
    // up to but not including what happens at that instant: windows are half open
    this.clock.runUntil(next)
    if (this.isSettling) return
    this.#readInstants(next)
    if (next === this.#windowEnd) this.#closeWindow()
    if (next === this.#drainLookPs) this.#lookWhetherDrained()
  }

  /** Records what has passed of an unfinished window. */
  end(): void {
    this.clock.breakOff?.()
    if (this.nowPs > this.#windowStart && this.#windowEnd !== Infinity) this.#closeWindow()
    this.#markInstant(this.nowPs)
  }

  #readInstants(nowPs: number): void {
    while (this.#instants.length > 0 && this.#instants[0]! <= nowPs)
      this.#markInstant(this.#instants.shift()!)
  }

  #markInstant(atPs: number): void {
    this.clock.book()
    this.links.markInstant(atPs)
    this.clock.markInstant(atPs)
  }

  #closeWindow(): void {
    this.windowStarts.push(this.#windowStart)
    const lengthPs = this.nowPs - this.#windowStart
    this.clock.book()
    this.links.sample(lengthPs)
    this.flows.sample(lengthPs)
    this.clock.closeWindow()
    this.#windowStart = this.nowPs
    this.#windowEnd =
      this.windowStarts.length < this.#windowsMax ? this.#windowEnd + this.#plan.windowPs : Infinity
  }

  /** At instants that follow from the plan alone: where a run ends depends neither on slices nor on windows. */
  #lookWhetherDrained(): void {
    this.#drained = this.clock.isIdle
    const sinceArrivalsPs = this.nowPs - this.#plan.forPs
    const step = Math.max(this.#plan.forPs / DRAIN_LOOKS, sinceArrivalsPs / DRAIN_GROWTH)
    this.#drainLookPs += Math.ceil(step)
  }
}
