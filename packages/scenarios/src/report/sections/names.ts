import type { LookupResult, NamesResult, ResolverResult } from '../../result/names.ts'
import { count, duration, share } from '../format.ts'
import { noAnswer } from '../name-summary.ts'
import { type Html, html } from '../html.ts'
import { type Column, sortableTable } from '../table.ts'

const LOOKUP_COLUMNS: readonly Column<LookupResult>[] = [
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Lookups', value: ({ lookups }) => lookups, cell: ({ lookups }) => count(lookups) },
  {
    title: 'Own cache',
    value: ({ cached, lookups }) => cached / Math.max(lookups, 1),
    cell: ({ cached, lookups }) => share(cached, lookups),
  },
  { title: 'Questions', value: ({ questions }) => questions, cell: ({ questions }) => count(questions) },
  {
    title: 'Mean wait',
    value: ({ waitMeanPs }) => waitMeanPs ?? 0,
    cell: ({ waitMeanPs }) => (waitMeanPs === null ? '–' : duration(waitMeanPs)),
  },
  {
    title: 'Stale',
    value: ({ stale }) => stale,
    cell: ({ stale, lookups }) => (stale === 0 ? '0' : `${count(stale)} (${share(stale, lookups)})`),
    look: ({ stale }) => (stale > 0 ? 'warn' : ''),
  },
  {
    title: 'Not found',
    value: ({ notFound }) => notFound,
    cell: ({ notFound }) => count(notFound),
    look: ({ notFound }) => (notFound > 0 ? 'warn' : ''),
  },
  {
    title: 'No answer',
    value: ({ serverFailed }) => serverFailed,
    cell: noAnswer,
    look: ({ serverFailed }) => (serverFailed > 0 ? 'warn' : ''),
  },
]

const RESOLVER_COLUMNS: readonly Column<ResolverResult>[] = [
  { title: 'Queries', value: ({ queries }) => queries, cell: ({ queries }) => count(queries) },
  {
    title: 'From cache',
    value: ({ hits, queries }) => hits / Math.max(queries, 1),
    cell: ({ hits, queries }) => share(hits, queries),
  },
  {
    title: 'Not there',
    value: ({ negativeHits }) => negativeHits,
    cell: ({ negativeHits }) => count(negativeHits),
  },
  { title: 'Asked', value: ({ asked }) => asked, cell: ({ asked }) => count(asked) },
  { title: 'Stale', value: ({ stale }) => stale, cell: ({ stale }) => count(stale) },
  { title: 'Evicted', value: ({ evicted }) => evicted, cell: ({ evicted }) => count(evicted) },
]

/** What lookups of names came to, and what resolvers did. */
export function namesSection({ traffic, resolvers }: NamesResult): Html {
  const lookups = sortableTable({
    id: 'names-lookups',
    find: 'a traffic',
    title: 'Traffic',
    nameOf: ({ traffic: name }) => name,
    columns: LOOKUP_COLUMNS,
    rows: traffic,
  })
  const asked = sortableTable({
    id: 'names-resolvers',
    find: 'a resolver',
    title: 'Resolver',
    nameOf: ({ name }) => name,
    columns: RESOLVER_COLUMNS,
    rows: resolvers,
  })
  return html`<p>
      Names that flows were looked up by before they connected. Stale: the name did not stand for the address
      any more when the connection began. A resolver that each host has for itself counts together with the others.
    </p>
    ${lookups} ${asked}`
}
