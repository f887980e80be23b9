import { endPs, type RunPlan } from '../compile/run.ts'
import type { CompiledScenario } from '../compile/compile.ts'
import { PacketRun } from '@weft/fabric'
import { DropRecorder } from './drop-recorder.ts'
import { FlowRecorder } from './flow-recorder.ts'
import { LinkRecorder } from './link-recorder.ts'

/** A compiled scenario in motion: advances slice by slice and records between events, so that no digest changes. */
export class ScenarioRun {
  readonly scenario: CompiledScenario
  readonly packetRun: PacketRun
  readonly links: LinkRecorder
  readonly drops: DropRecorder
  readonly flows: FlowRecorder
  /** Starts of the recorded windows. */
  readonly windowStarts: number[] = []
  readonly #plan: RunPlan
  /** Instants between windows at which counters are read too: warm-up, end of arrivals, bounds of expectations. */
  readonly #instants: number[]
  #windowEnd: number

  constructor(scenario: CompiledScenario) {
    this.scenario = scenario
    this.#plan = scenario.run
    this.packetRun = new PacketRun(scenario.blueprint, { arrivalsEndPs: scenario.run.forPs })
    const windows = Math.ceil(endPs(scenario.run) / scenario.run.windowPs) + 1
    const recordsBytes = scenario.expectations.some(({ bounds }) => bounds.some(({ unit }) => unit === 'bytes'))
    this.links = new LinkRecorder(this.packetRun.clock, windows, recordsBytes)
    this.drops = new DropRecorder(this.packetRun.network)
    this.flows = new FlowRecorder(this.packetRun)
    this.#windowEnd = scenario.run.windowPs
    const bounds = scenario.expectations.flatMap(({ fromPs, toPs }) => [fromPs, toPs])
    this.#instants = [...new Set([0, scenario.run.warmupPs, scenario.run.forPs, ...bounds])].sort((a, b) => a - b)
    this.#readInstants(0)
  }

  get nowPs(): number {
    return this.packetRun.sim.now
  }

  /** The latest that the run can end. */
  get endPs(): number {
    return endPs(this.#plan)
  }

  /** Arrivals are over, every flow has ended and the network is empty. */
  get finished(): boolean {
    const { flows, network } = this.packetRun
    const drained = flows.active === 0 && network.packets.live === 0
    return this.nowPs >= this.endPs || (this.nowPs >= this.#plan.forPs && drained)
  }

  /** Runs up to this instant or the next at which something is recorded, whichever comes first. */
  advance(untilPs: number): void {
    const { sim } = this.packetRun
    const next = Math.min(untilPs, this.#windowEnd, this.#instants[0] ?? Infinity, this.endPs)
    // up to but not including what happens at that instant: windows are half open
    sim.run(next - 1)
    sim.advanceTo(next)
    this.#readInstants(next)
    if (next === this.#windowEnd) this.#closeWindow()
  }

  /** Records what has passed of an unfinished window. */
  end(): void {
    const start = this.#windowEnd - this.#plan.windowPs
    if (this.nowPs > start) this.#closeWindow()
    this.links.markInstant(this.nowPs)
  }

  #readInstants(nowPs: number): void {
    while (this.#instants.length > 0 && this.#instants[0]! <= nowPs) this.links.markInstant(this.#instants.shift()!)
  }

  #closeWindow(): void {
    const start = this.#windowEnd - this.#plan.windowPs
    this.windowStarts.push(start)
    this.links.sample(this.nowPs - start)
    this.flows.sample(this.nowPs - start)
    this.#windowEnd += this.#plan.windowPs
  }
}
