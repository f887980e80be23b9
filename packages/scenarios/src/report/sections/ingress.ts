import type { CertificateEvent } from '@weft/fabric'
import type { IngressResult, ReplicaResult } from '../../result/ingress.ts'
import { count, duration, instant, many, percentCell, share } from '../format.ts'
import { type Html, html } from '../html.ts'
import { type Column, sortableTable } from '../table.ts'

type Requests = IngressResult['requests']['counts'][number]

const EVENTS_SHOWN = 50

const requestColumns = (ended: number): readonly Column<Requests>[] => [
  { title: 'Rule', cell: ({ rule }) => rule ?? '–' },
  { title: 'Backend', cell: ({ backend }) => backend ?? '–' },
  { title: 'Requests', value: ({ requests }) => requests, cell: ({ requests }) => count(requests) },
  { title: 'Share', value: ({ requests }) => requests, cell: ({ requests }) => share(requests, ended) },
]

const REPLICA_COLUMNS: readonly Column<ReplicaResult>[] = [
  { title: 'Workers', value: ({ workers }) => workers, cell: ({ workers }) => count(workers) },
  {
    title: 'Busy',
    value: ({ utilization }) => utilization ?? 0,
    cell: ({ utilization }) => (utilization === null ? '–' : percentCell(utilization)),
  },
  {
    title: 'Mean wait',
    value: ({ waitMeanPs }) => waitMeanPs ?? 0,
    cell: ({ waitMeanPs }) => (waitMeanPs === null ? '–' : duration(waitMeanPs)),
  },
  {
    title: 'Most waiting',
    value: ({ waitingPeak }) => waitingPeak ?? 0,
    cell: ({ waitingPeak }) => (waitingPeak === null ? '–' : count(waitingPeak)),
  },
  { title: 'Served', value: ({ served }) => served, cell: ({ served }) => count(served) },
  {
    title: 'Refused',
    value: ({ refused }) => refused,
    cell: ({ refused }) => count(refused),
    look: ({ refused }) => (refused > 0 ? 'warn' : ''),
  },
]

/** One ingress controller: what became of requests, its replicas, its certificates. */
export function ingressSection(each: IngressResult, index: number): Html {
  const { requests, handshakes, certificates } = each
  const outcomes = sortableTable({
    id: `ingress-${index}-requests`,
    find: 'an outcome',
    title: 'Outcome',
    nameOf: ({ outcome }) => outcome,
    columns: requestColumns(requests.ended),
    rows: [...requests.counts].sort((a, b) => b.requests - a.requests),
  })
  const replicas = sortableTable({
    id: `ingress-${index}-replicas`,
    find: 'a replica',
    title: 'Replica',
    nameOf: ({ name }) => name,
    columns: REPLICA_COLUMNS,
    rows: each.replicas,
  })
  const { issued, renewed, failed, expired } = certificates
  return html`${requests.ended > 0 && outcomes}
${each.replicas.length > 0 && replicas}
<p class="note">Requests of the whole run; busy from the warm-up to the end of arrivals. TLS handshakes: ${count(handshakes.whole)} whole,
${count(handshakes.resumed)} resumed. Certificates: ${count(issued)} issued, ${count(renewed)} renewed, ${many(failed, 'failed order')},
${count(expired)} expired.</p>
${certificateEvents(certificates.events)}`
}

function certificateEvents(events: readonly CertificateEvent[]): Html {
  const shown = events.slice(0, EVENTS_SHOWN)
  const left = events.length - shown.length
  if (shown.length === 0) return html``
  return html`<ul class="note">${shown.map((event) => html`<li>${instant(event.atPs)}: ${event.certificate} ${eventText(event)}</li>`)}</ul>
<p class="note">${left > 0 && `Left to the JSON result: ${many(left, 'more event')}.`}</p>`
}

function eventText({ kind, expiresPs, reason, retryPs }: CertificateEvent): string {
  if (kind === 'failed') return `failed, ${reason}; again at ${instant(retryPs!)}`
  return expiresPs === undefined ? kind : `${kind}, expires at ${instant(expiresPs)}`
}
