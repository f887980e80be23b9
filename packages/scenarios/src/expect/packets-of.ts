import { InvariantError } from '@weft/core'
import type { Expectation } from '../compile/questions/expect.ts'
import type { PacketRecords } from '../run/running-clock.ts'
import type { ScenarioRun } from '../run/scenario-run.ts'

/** The records of packets: expectations that need them are refused under clocks that have none. */
export function packetsOf({ metric }: Pick<Expectation, 'metric'>, { clock }: ScenarioRun): PacketRecords {
  if (clock.packets === undefined) throw new InvariantError(`${metric} is measured without packets`)
  return clock.packets
}
