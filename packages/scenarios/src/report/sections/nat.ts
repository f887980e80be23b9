import type { NatMappingResult, NatResult } from '../../result/nat.ts'
import { count, instant } from '../format.ts'
import { type Html, html } from '../html.ts'
import { fullestWorkloads } from '../nat-summary.ts'
import { type Column, sortableTable } from '../table.ts'

const ROWS_MAX = 10

const COLUMNS: readonly Column<ReturnType<typeof fullestWorkloads>[number]>[] = [
  { title: 'NAT', cell: ({ nat }) => nat },
  { title: 'Peak', value: ({ peak }) => peak, cell: ({ peak }) => count(peak) },
  { title: 'At the end', value: ({ mappings }) => mappings, cell: ({ mappings }) => count(mappings) },
  {
    title: 'Refused',
    value: ({ refused }) => refused,
    cell: ({ refused }) => count(refused),
    look: ({ refused }) => (refused > 0 ? 'warn' : ''),
  },
]

const MAPPING_COLUMNS: readonly Column<NatMappingResult & { readonly nat: string }>[] = [
  { title: 'Protocol', cell: ({ protocol }) => protocol },
  { title: 'Outside', cell: ({ external, externalPort }) => `${external}:${externalPort}` },
  { title: 'Towards', cell: ({ to, toPort }) => `${to}:${toPort}` },
  { title: 'At', value: ({ atPs }) => atPs, cell: ({ atPs }) => instant(atPs) },
  { title: 'NAT', cell: ({ nat }) => nat },
]

/** The workloads that were refused most mappings, or had the most. */
export function natSection(nats: readonly NatResult[]): Html {
  const rows = fullestWorkloads(nats).slice(0, ROWS_MAX)
  const all = nats.reduce((sum, { workloads }) => sum + workloads, 0)
  const table = sortableTable({
    id: 'nat-workloads',
    find: 'a workload',
    title: 'Workload',
    nameOf: ({ name }) => name,
    columns: COLUMNS,
    rows,
  })
  return html`${table}
<p class="note">Mappings that each workload had at once, and packets that asked for one and got none, in the whole run.
${rows.length < all && `The fullest ${count(rows.length)} of ${count(all)}; more are in the JSON result.`}</p>
${mappingsTable(nats)}`
}

/** What stood for whom, where each NAT began. */
function mappingsTable(nats: readonly NatResult[]): Html {
  const rows = nats.flatMap(({ name: nat, firstMappings }) => firstMappings.map((each) => ({ nat, ...each })))
  rows.sort((a, b) => a.atPs - b.atPs)
  if (rows.length === 0) return html``
  const table = sortableTable({
    id: 'nat-mappings',
    find: 'a workload',
    title: 'Workload and port',
    nameOf: ({ from, port }) => `${from}:${port}`,
    columns: MAPPING_COLUMNS,
    rows: rows.slice(0, ROWS_MAX),
  })
  return html`${table}
<p class="note">The first mappings: what stood for a workload's port on the internet. More are in the JSON result.</p>`
}
