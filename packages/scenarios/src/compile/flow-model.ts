import { CM02, type FlowModel, type LatencySharing, LV08 } from '@weft/fabric'
import type { FlowModelInput, LatencyInput, LatencyModel } from '../schema/flow-model.ts'
import { list, type Path, type Problems } from './problems.ts'
import type { ClockName } from './clocks.ts'

/** How flows share links under the flow clock, and how they begin. */
export interface FlowSharing {
  readonly name: 'max-min' | LatencyModel
  /** What the flow clock is to take in place of its defaults. */
  readonly model: Partial<FlowModel>
}

export const MAX_MIN: FlowSharing = { name: 'max-min', model: {} }

const MODELS: Readonly<Record<LatencyModel, FlowModel>> = { cm02: CM02, lv08: LV08 }

/** Scenario words and the parameters that they set. */
const PARAMETERS = {
  latencyFactor: 'latencyFactor',
  bandwidthFactor: 'bandwidthFactor',
  weightS: 'weightBytes',
  tcpGamma: 'windowBytes',
  crossTraffic: 'crossTraffic',
  duplex: 'duplex',
} as const satisfies Record<keyof LatencyInput, keyof LatencySharing>

/** The `flow` of a scenario's `run`. */
export function compileFlowModel(
  input: FlowModelInput | undefined,
  clock: ClockName,
  problems: Problems,
): FlowSharing {
  if (input === undefined) return MAX_MIN
  const path = ['run', 'flow']
  if (clock !== 'flow') {
    problems.refuseKey(path, `the ${clock} clock shares no rates; remove "flow", or set clock: flow`)
    return MAX_MIN
  }
  const { startUp } = input
  const sharing = compileSharing(input.sharing ?? 'max-min', [...path, 'sharing'], problems)
  if (startUp === undefined) return sharing
  if (sharing.name !== 'max-min') {
    problems.refuseKey(
      [...path, 'startUp'],
      `${sharing.name} has a start of its own, the latencyFactor; remove "startUp"`,
    )
  }
  return { ...sharing, model: { ...sharing.model, startUp } }
}

function compileSharing(
  input: NonNullable<FlowModelInput['sharing']>,
  path: Path,
  problems: Problems,
): FlowSharing {
  if (input === 'max-min') return MAX_MIN
  if (typeof input === 'string') return { name: input, model: MODELS[input] }
  const { cm02, lv08 } = input
  if ((cm02 === undefined) === (lv08 === undefined)) {
    const found = cm02 === undefined ? 'it has neither' : 'it has both'
    problems.refuse(path, `sharing takes exactly one of ${list(['cm02', 'lv08'])}; ${found}`)
  }
  const name = cm02 === undefined ? 'lv08' : 'cm02'
  const model = MODELS[name]
  return {
    name,
    model: { ...model, sharing: parameters(model.sharing as LatencySharing, cm02 ?? lv08 ?? {}) },
  }
}

function parameters(preset: LatencySharing, input: LatencyInput): LatencySharing {
  const changed = Object.entries(input).map(([key, value]) => [
    PARAMETERS[key as keyof LatencyInput],
    value === 'unlimited' ? Number.POSITIVE_INFINITY : value,
  ])
  return { ...preset, ...Object.fromEntries(changed) }
}
