import type { CapacityPlan } from '../../planning/capacity-plan.ts'
import type { IngressPlan } from '../../planning/ingress.ts'
import { brief, count, duration, percentCell } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Column, sortableTable } from '../table.ts'
import { times, untilText } from './plan-headroom.ts'

/** Ingress controllers, the least room first. */
export function planIngressSection({ ingress, growth }: CapacityPlan): Html {
  const columns: Column<IngressPlan>[] = [
    {
      title: 'Room for',
      value: ({ growth: holds }) => holds,
      cell: ({ growth: holds }) => times(holds),
      look: ({ growth: holds }) => (holds < growth ? 'warn' : ''),
    },
    { title: 'Until', value: ({ years }) => years ?? Number.MAX_VALUE, cell: untilText },
    {
      title: 'Busy',
      value: ({ utilization }) => utilization,
      cell: ({ utilization }) => percentCell(utilization),
    },
    {
      title: 'Mean wait',
      value: ({ waitPs }) => waitPs ?? Number.MAX_VALUE,
      cell: ({ waitPs }) => (waitPs === null ? '–' : duration(waitPs)),
    },
    {
      title: 'Requests/s',
      value: ({ requestsPerSecond }) => requestsPerSecond,
      cell: ({ requestsPerSecond }) => brief(requestsPerSecond),
    },
    {
      title: 'Headroom/s',
      value: ({ headroomPerSecond }) => headroomPerSecond,
      cell: ({ headroomPerSecond }) => brief(headroomPerSecond),
    },
    { title: 'Replicas', value: ({ replicas }) => replicas, cell: ({ replicas }) => count(replicas) },
    {
      title: 'May be gone',
      value: ({ spare }) => spare,
      cell: ({ spare }) => (spare < 0 ? 'none' : count(spare)),
      look: ({ spare }) => (spare < 1 ? 'warn' : ''),
    },
    {
      title: growth === 1 ? 'Needed' : `Needed at ${times(growth)}`,
      value: ({ needed }) => needed,
      cell: ({ needed }) => count(needed),
    },
  ]
  const table = sortableTable({
    id: 'ingress',
    find: 'a controller',
    title: 'Controller',
    nameOf: ({ controller }) => controller,
    columns,
    rows: ingress,
  })
  return html`${table}
<p class="note">Workers of all replicas, for requests and their TLS handshakes; those that may be gone while the others keep up.</p>`
}
