import { brief, count, duration, many, percentCell } from '../report/format.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import type { CapacityPlan } from './capacity-plan.ts'

/** Whether the workers of ingress controllers keep up; empty where no requests go to any. */
export function ingressVerdict({ ingress, growth }: CapacityPlan, paint: Palette): string[] {
  const [first] = ingress
  if (first === undefined) return []
  const mark = first.growth >= growth ? paint.green('✓') : paint.red('✗')
  const room =
    first.growth >= 1
      ? `room for ${paint.bold(times(first.growth))}`
      : paint.red(`too few workers by ${times(1 / first.growth)}`)
  const gone = first.spare < 0 ? 'its replicas do not keep up' : `${many(first.spare, 'replica')} may be gone`
  return [
    `${mark} requests to ingress controllers: ${room}`,
    `  ${plain(first.controller)}  ${paint.dim(`workers ${percentCell(first.utilization)} busy, ${gone}`)}`,
  ]
}

/** Ingress controllers by the room that they have. */
export function ingressTable({ ingress, growth }: CapacityPlan, paint: Palette): string {
  if (ingress.length === 0) return ''
  const rows = ingress.map((each) => [
    plain(each.controller),
    count(each.replicas),
    count(each.workers),
    brief(each.requestsPerSecond),
    each.headroomPerSecond < 0 ? paint.red(brief(each.headroomPerSecond)) : brief(each.headroomPerSecond),
    percentCell(each.utilization),
    each.waitPs === null ? '–' : duration(each.waitPs),
    times(each.growth),
    each.spare < 0 ? paint.red('none') : count(each.spare),
    count(each.needed),
  ])
  const needed = growth === 1 ? 'needed' : `needed at ${times(growth)}`
  const head = [
    'Ingress controllers',
    'replicas',
    'workers',
    'requests/s',
    'headroom',
    'busy',
    'wait',
    'room for',
    'may be gone',
    needed,
  ]
  return textTable(head, 'lrrrrrrrrr', rows, paint)
}

const times = (factor: number) => `${Number(factor.toPrecision(3))}x`
