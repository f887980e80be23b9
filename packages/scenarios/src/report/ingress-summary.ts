import type { IngressResult } from '../result/ingress.ts'
import { type Palette, plain, textTable } from '../text/text-table.ts'
import { count, duration, instant, many, percentCell, share } from './format.ts'

const REPLICAS_SHOWN = 5
const ROWS_SHOWN = 8

/** What became of requests to ingress controllers, and how busy their replicas were. */
export function ingressTables(ingress: readonly IngressResult[], paint: Palette): string {
  return ingress
    .flatMap((each) => [requestTable(each, paint), replicaTable(each, paint), certificateLine(each, paint)])
    .filter((block) => block !== '')
    .join('\n\n')
}

function requestTable({ controller, requests, handshakes }: IngressResult, paint: Palette): string {
  if (requests.ended === 0) return ''
  const sorted = [...requests.counts].sort((a, b) => b.requests - a.requests)
  const rows = sorted
    .slice(0, ROWS_SHOWN)
    .map(({ rule, backend, outcome, requests: some }) => [
      outcome === 'served' || outcome === 'answered' ? outcome : paint.yellow(outcome),
      count(some),
      share(some, requests.ended),
      rule === null ? '–' : plain(rule),
      backend === null ? '–' : plain(backend),
    ])
  const left = sorted.length - rows.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, 'more row')} in --json`)}` : ''
  const { whole, resumed } = handshakes
  const shaken =
    whole + resumed === 0
      ? ''
      : `\n${paint.dim(`${many(whole + resumed, 'TLS handshake')}, ${count(resumed)} of them resumed`)}`
  const head = [`Requests to ${plain(controller)}`, 'requests', 'share', 'rule', 'backend']
  return `${textTable(head, 'lrrll', rows, paint)}${more}${shaken}`
}

function replicaTable({ replicas }: IngressResult, paint: Palette): string {
  if (replicas.length === 0) return ''
  const busiest = [...replicas].sort((a, b) => (b.utilization ?? 0) - (a.utilization ?? 0))
  const rows = busiest
    .slice(0, REPLICAS_SHOWN)
    .map((replica) => [
      plain(replica.name),
      count(replica.workers),
      replica.utilization === null ? '–' : percentCell(replica.utilization),
      replica.waitMeanPs === null ? '–' : duration(replica.waitMeanPs),
      replica.waitingPeak === null ? '–' : count(replica.waitingPeak),
      replica.refused === 0 ? '0' : paint.yellow(count(replica.refused)),
    ])
  const left = replicas.length - rows.length
  const more = left > 0 ? `\n${paint.dim(`${many(left, 'more replica')} in --json`)}` : ''
  const head = ['Replicas', 'workers', 'busy', 'mean wait', 'most waiting', 'refused']
  return `${textTable(head, 'lrrrrr', rows, paint)}${more}`
}

/** Nothing where all that happened is that certificates were there from the start. */
function certificateLine({ certificates }: IngressResult, paint: Palette): string {
  const { issued, renewed, failed, expired, events } = certificates
  if (renewed + failed + expired === 0 && events.every(({ atPs }) => atPs === 0)) return ''
  const bad = events.find(({ kind }) => kind === 'expired')
  const first = bad === undefined ? '' : `; first expired ${plain(bad.certificate)} at ${instant(bad.atPs)}`
  const text = `Certificates: ${count(issued)} issued, ${count(renewed)} renewed, ${many(failed, 'failed order')}, ${count(expired)} expired${first}.`
  return expired > 0 ? paint.yellow(text) : text
}
