import type { NatResult, NatWorkloadResult } from '../result/nat.ts'
import { count, many } from './format.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'

const WORKLOADS_SHOWN = 5

/** Workloads that a NAT refused mappings, those refused most before all others; nothing where none was refused any. */
export function natTable(nats: readonly NatResult[], paint: Palette): string {
  const refused = fullestWorkloads(nats).filter((each) => each.refused > 0)
  if (refused.length === 0) return ''
  const shown = refused.slice(0, WORKLOADS_SHOWN)
  const rows = shown.map(({ name, nat, peak, refused: packets }) => [
    plain(name),
    plain(nat),
    count(peak),
    paint.yellow(count(packets)),
  ])
  const left = nats.reduce((sum, each) => sum + each.refused, 0) - shown.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, 'more workload')} refused any`)}` : ''
  return `${textTable(['Mappings by workload', 'NAT', 'peak', 'refused'], 'llrr', rows, paint)}${more}`
}

/** Of all NATs together. */
export const fullestWorkloads = (nats: readonly NatResult[]): (NatWorkloadResult & { nat: string })[] =>
  nats
    .flatMap(({ name: nat, fullest }) => fullest.map((each) => ({ ...each, nat })))
    .sort((a, b) => b.refused - a.refused || b.peak - a.peak)
