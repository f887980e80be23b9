import type { ClockName } from '../compile/clocks.ts'
import type { CompiledScenario } from '../compile/compile.ts'
import { FlowRunningClock } from './flow-clock/flow-running-clock.ts'
import { PacketRunningClock } from './packet-clock/packet-running-clock.ts'
import type { RunningClock } from './running-clock.ts'
import { SteadyRunningClock } from './steady-clock/steady-running-clock.ts'

/** `windows`: how many to make room for at first. */
type Start = (scenario: CompiledScenario, windows: number) => RunningClock

const STARTS: Readonly<Record<ClockName, Start>> = {
  packet: (scenario, windows) => new PacketRunningClock(scenario, windows),
  flow: (scenario) => new FlowRunningClock(scenario),
  steady: (scenario) => new SteadyRunningClock(scenario),
}

/** A scenario at its beginning, under the clock that it asks for. */
export function startClock(scenario: CompiledScenario, windows: number): RunningClock {
  return STARTS[scenario.run.clock](scenario, windows)
}
