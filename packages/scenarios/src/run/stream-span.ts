import type { OfferedBlueprint } from '@weft/fabric'
import type { RunPlan } from '../compile/run.ts'

/** The time in which a stream sends, as far as the run has come. */
export function streamSpan(
  { startPs, stopPs }: Extract<OfferedBlueprint, { kind: 'stream' }>,
  { forPs }: RunPlan,
  nowPs: number,
): { readonly fromPs: number; readonly toPs: number } {
  return { fromPs: startPs, toPs: Math.min(stopPs ?? forPs, forPs, nowPs) }
}
