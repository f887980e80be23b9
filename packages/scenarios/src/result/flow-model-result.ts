import { DEFAULT_FLOW_MODEL } from '@weft/fabric'
import type { RunPlan } from '../compile/run.ts'
import type { FlowModelResult } from './result.ts'

/** How flows shared links and began; null where no rates are shared. */
export function flowModelResult({ clock, flow }: RunPlan): FlowModelResult | null {
  if (clock !== 'flow') return null
  const { sharing, startUp } = { ...DEFAULT_FLOW_MODEL, ...flow.model }
  if (sharing === 'max-min') return { sharing: 'max-min', startUp, latency: null }
  const { windowBytes } = sharing
  return {
    sharing: flow.name,
    startUp: 'latency',
    // JSON has no Infinity
    latency: { ...sharing, windowBytes: Number.isFinite(windowBytes) ? windowBytes : null },
  }
}
