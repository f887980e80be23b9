import { PacketRun } from '@weft/fabric'
import type { CompiledScenario } from '../compile/compile.ts'
import { LIMITS } from '../compile/defaults.ts'
import { endPs, type RunPlan } from '../compile/run.ts'
import { DropRecorder } from './drop-recorder.ts'
import { FlowRecorder } from './flow-recorder.ts'
import { LinkRecorder } from './link-recorder.ts'
import { SentRecorder } from './sent-recorder.ts'
import { StreamRecorder } from './stream-recorder.ts'

/** Looks at an emptying network: a thousandth of the arrivals apart at first, later a hundredth of the time drained. */
const DRAIN_LOOKS = 1_000
const DRAIN_GROWTH = 100

/** A compiled scenario in motion: advances slice by slice and records between events, so that no digest changes. */
export class ScenarioRun {
  readonly scenario: CompiledScenario
  readonly packetRun: PacketRun
  readonly links: LinkRecorder
  readonly drops: DropRecorder
  readonly flows: FlowRecorder
  readonly sent: SentRecorder
  readonly streams: StreamRecorder
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
    this.packetRun = new PacketRun(scenario.blueprint, { arrivalsEndPs: plan.forPs })
    const { clock, network, flows } = this.packetRun
    const recordsBytes = scenario.expectations.some(({ bounds }) =>
      bounds.some(({ unit }) => unit === 'bytes'),
    )
    const windows = Math.ceil(plan.forPs / plan.windowPs) + 1
    this.links = new LinkRecorder(clock, { windows, recordsBytes })
    this.drops = new DropRecorder(network, (flow) => flows.traffic[flow]!)
    this.flows = new FlowRecorder(this.packetRun)
    this.sent = new SentRecorder(this.packetRun)
    const ofStreams = scenario.expectations.filter(({ metric }) => metric.startsWith('stream.'))
    this.streams = new StreamRecorder(this.packetRun, ofStreams)
    this.#windowsMax = Math.min(2 * LIMITS.windows, Math.floor(LIMITS.cells / this.links.directions.length))
    this.#windowEnd = plan.windowPs
    this.#drainLookPs = plan.forPs
    const bounds = scenario.expectations
      .filter(({ metric }) => metric === 'link.marks' || metric === 'drops')
      .concat(ofStreams)
      .flatMap(({ fromPs, toPs }) => [fromPs, toPs])
    this.#instants = [...new Set([0, plan.warmupPs, plan.forPs, ...bounds])].sort((a, b) => a - b)
    this.#readInstants(0)
  }

  get nowPs(): number {
    return this.packetRun.sim.now
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

  /** Runs up to this instant or the next at which something is recorded, whichever comes first. */
  advance(untilPs: number): void {
    const { sim } = this.packetRun
    const next = Math.min(
      untilPs,
      this.#windowEnd,
      this.#instants[0] ?? Infinity,
      this.#drainLookPs,
      this.endPs,
    )
    // up to but not including what happens at that instant: windows are half open
    sim.run(next - 1)
    sim.advanceTo(next)
    this.#readInstants(next)
    if (next === this.#windowEnd) this.#closeWindow()
    if (next === this.#drainLookPs) this.#lookWhetherDrained()
  }

  /** Records what has passed of an unfinished window. */
  end(): void {
    if (this.nowPs > this.#windowStart && this.#windowEnd !== Infinity) this.#closeWindow()
    this.#markInstant(this.nowPs)
  }

  #readInstants(nowPs: number): void {
    while (this.#instants.length > 0 && this.#instants[0]! <= nowPs)
      this.#markInstant(this.#instants.shift()!)
  }

  #markInstant(atPs: number): void {
    this.links.markInstant(atPs)
    this.sent.markInstant(atPs)
    this.streams.markInstant(atPs)
  }

  #closeWindow(): void {
    this.windowStarts.push(this.#windowStart)
    const lengthPs = this.nowPs - this.#windowStart
    this.links.sample(lengthPs)
    this.flows.sample(lengthPs)
    this.#windowStart = this.nowPs
    this.#windowEnd =
      this.windowStarts.length < this.#windowsMax ? this.#windowEnd + this.#plan.windowPs : Infinity
  }

  /** At instants that follow from the plan alone: where a run ends depends neither on slices nor on windows. */
  #lookWhetherDrained(): void {
    const { flows, network } = this.packetRun
    this.#drained = flows.active === 0 && network.packets.live === 0
    const sinceArrivalsPs = this.nowPs - this.#plan.forPs
    const step = Math.max(this.#plan.forPs / DRAIN_LOOKS, sinceArrivalsPs / DRAIN_GROWTH)
    this.#drainLookPs += Math.ceil(step)
  }
}
