import { CM02, type FlowModel, LV08, PURE_SHARING } from '@weft/fabric'
import { type Costs, Meter } from '../../harness.ts'
import { FlowWorkload } from '../../w4/flow-workload.ts'
import { readFlows } from '../flow-files.ts'

export const MODELS: Readonly<Record<string, FlowModel>> = { 'max-min': PURE_SHARING, cm02: CM02, lv08: LV08 }

export interface MeasureOptions {
  readonly flowsPath: string
  readonly hosts: number
  readonly latencyS: number
  readonly model: string
}

export interface FlowsMeasured extends Costs {
  readonly finishSeconds: readonly number[]
}

/** The flows of a file over W4's fabric under the flow clock. */
export function measureFlows({ flowsPath, hosts, latencyS, model }: MeasureOptions): FlowsMeasured {
  const delayPs = Math.round(latencyS * 1e12)
  const workload = new FlowWorkload(readFlows(flowsPath), hosts, { model: MODELS[model]!, delayPs })
  const meter = new Meter()
  meter.measure(() => workload.run.sim.run())
  return { finishSeconds: [...workload.finishSeconds()], ...meter.costs }
}
