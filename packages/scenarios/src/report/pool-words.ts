import type { PoolKind } from '@weft/fabric'
import type { PoolResult } from '../result/result.ts'

/** What people call pools of a kind. */
export interface PoolWords {
  /** Of all of them. */
  readonly title: string
  /** One of them, and what they are of. */
  readonly one: string
  /** Who asks for a place, and what a pool's size is. */
  readonly asked: string
  readonly size: string
  /** What becomes of those for whom there is no place, and what its mean occupancy without an end of places is called. */
  readonly full: 'refused' | 'evicted'
  readonly load: 'erlangs' | 'expected'
  /** What a plan has room for. */
  readonly places: string
  /** What the places are, in a sentence: of a run, of a plan. */
  readonly note: string
  readonly planned: string
}

const REFUSING = { full: 'refused', load: 'erlangs' } as const

export const POOL_WORDS: Readonly<Record<PoolKind, PoolWords>> = {
  connections: {
    title: 'Connections',
    one: 'host',
    asked: 'SYNs',
    size: 'at once',
    ...REFUSING,
    places: 'connections at once',
    note: 'Connections that these hosts accept at once, SYNs of the whole run, those sent again among them',
    planned:
      "Connections that a host accepts at once, by Erlang's loss formula: refused is the share of SYNs",
  },
  'connection-tracking': {
    title: 'Connection tables',
    one: 'table',
    asked: 'new',
    size: 'entries',
    ...REFUSING,
    places: 'entries of connection tables',
    note:
      "Entries of the tables of connections in these hosts' virtual switches, and what would have opened one in the whole run; a connection " +
      'between two workloads of a host has two',
    planned:
      "Entries of the tables of connections in hosts' virtual switches, by Erlang's loss formula: refused is the share of new connections",
  },
  'nat-connections': {
    title: 'Translated connections',
    one: 'table',
    asked: 'new',
    size: 'entries',
    ...REFUSING,
    places: 'entries of translated connections',
    note: 'Entries of the tables where connections are translated, and what would have opened one in the whole run',
    planned:
      "Entries of the tables where connections are translated, by Erlang's loss formula: refused is the share of new connections",
  },
  'nat-ports': {
    title: 'NAT ports',
    one: 'pool',
    asked: 'new',
    size: 'ports',
    ...REFUSING,
    places: 'ports of NAT',
    note: 'External ports of a pool by IP version and protocol, and packets of the whole run that needed one',
    planned:
      "External ports of a pool, by Erlang's loss formula: refused is the share of new connections; where they are shared out, of those that share " +
      'the fewest for what they ask',
  },
  'nat-mappings': {
    title: 'NAT mappings',
    one: 'pool',
    asked: 'new',
    size: 'ports',
    ...REFUSING,
    places: 'ports of NAT',
    note:
      'Mappings of a pool whose ports serve several workloads towards different remote ends: towards each end there are so many; and packets ' +
      'of the whole run that needed one',
    planned:
      "External ports of a pool that serve several workloads towards different remote ends, by Erlang's loss formula: of the end towards which they are " +
      'shortest; refused is the share of new connections there',
  },
  'session-affinity': {
    title: 'Session affinity',
    one: 'table',
    asked: 'new',
    size: 'entries',
    full: 'evicted',
    load: 'expected',
    places: 'entries of session affinity',
    note:
      'Clients that balancers lead back to the endpoint that they had, one entry for each port of a service, and those that were entered in the whole run; ' +
      'once a table is full, whoever has been away for longest gives way (evicted) and is balanced anew when it comes back',
    planned:
      'Clients that balancers lead back to the endpoint that they had: as many as have opened a connection within the timeout of the service; ' +
      'evicted is the share of new entries for which another client gives way before its time',
  },
}

/** Pools kind by kind, in the order in which kinds first come. */
export function byPoolKind<Of extends { readonly kind: PoolKind }>(
  pools: readonly Of[],
): (readonly [PoolKind, readonly Of[]])[] {
  const kinds = [...new Set(pools.map(({ kind }) => kind))]
  return kinds.map((kind) => [kind, pools.filter((pool) => pool.kind === kind)])
}

/** Those that say something: limits that somebody set, and of tables those that anything came to. */
export const shownPools = (pools: readonly PoolResult[]): readonly PoolResult[] =>
  pools.filter(({ kind, asked, inUseMean }) => kind === 'connections' || asked !== 0 || inUseMean !== 0)

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
