import { SECOND } from '@weft/core'
import { type Exchange, Exchanges } from './exchanges.ts'
import type { RecordType } from './records.ts'
import type { Outcome, Reply } from './reply.ts'
import { ADDRESS_TYPES, type StubClient } from './stub-client.ts'

/** A record set in an answer, or that there is none. */
export interface ExplainedPart {
  readonly name: string
  /** `any`: there is no such name at all. */
  readonly type: RecordType | 'any'
  readonly values: readonly string[]
  /** How long it may still be kept. */
  readonly ttlSeconds: number
  /** Not true any more: it comes out of a cache. */
  readonly isStale: boolean
}

export interface ExplainedTry {
  readonly name: string
  readonly type: RecordType
  readonly outcome: Outcome
  /** Aliases on the way first. */
  readonly parts: readonly ExplainedPart[]
}

/** How a client resolved a name: every name that it tried, with the answers, and every exchange that this took. */
export interface ExplainedLookup {
  readonly client: string
  readonly asked: string
  readonly outcome: Outcome
  /** The name that answered, or the last one that was tried. */
  readonly name: string
  /** Addresses, targets or texts, in the order in which the client reads them. */
  readonly values: readonly string[]
  readonly tries: readonly ExplainedTry[]
  readonly exchanges: readonly Exchange[]
}

/** Resolves a name and tells how. Caches on the way learn from it as from any lookup. */
export function explainLookup(
  clock: { readonly now: number },
  client: StubClient,
  text: string,
  types: readonly RecordType[] = ADDRESS_TYPES,
): ExplainedLookup {
  const exchanges = new Exchanges()
  const tries: ExplainedTry[] = []
  const lookup = client.lookup(text, types, exchanges, (name, replies) => {
    for (const [index, reply] of replies.entries())
      tries.push({ name, type: types[index]!, outcome: reply.outcome, parts: partsOf(reply, clock.now) })
  })
  const { outcome, name } = lookup
  const values = lookup.values()
  return { client: client.name, asked: text, outcome, name, values, tries, exchanges: exchanges.list }
}

const partsOf = (reply: Reply, now: number): ExplainedPart[] =>
  Array.from({ length: reply.count }, (_, part) => {
    const [name, type, set] = [reply.names[part]!, reply.types[part]!, reply.sets[part]]
    const values = part === reply.count - 1 ? reply.values() : []
    return {
      name,
      type,
      values: values.length > 0 ? values : (set?.values ?? []),
      ttlSeconds: (reply.expiryPs[part]! - now) / SECOND,
      isStale: !reply.sources[part]!.stillSays(name, type, set),
    }
  })

const WORDS: Record<Outcome, string> = {
  found: 'found',
  'no-data': 'no records of this type',
  'no-name': 'no such name (NXDOMAIN)',
  alias: 'an alias that leads elsewhere',
  refused: 'refused',
  failed: 'no answer (SERVFAIL)',
}

/** The same for a terminal: a line for each name and type that was tried. */
export function lookupLines({ tries }: ExplainedLookup): string[] {
  return tries.map(({ name, type, outcome, parts }) => {
    const told = parts.map((part) => {
      const ttl = `for ${Number(part.ttlSeconds.toFixed(3))} s`
      const stale = part.isStale ? ', stale' : ''
      return part.values.length > 0
        ? `${part.values.join(', ')} (${part.type}, ${ttl}${stale})`
        : `(${ttl}${stale})`
    })
    const end = outcome === 'found' ? [] : [WORDS[outcome]]
    const [last = '', ...before] = [...told].reverse()
    const chain = before.reverse()
    // how long it may be kept that there is nothing stands behind the words
    const answer = outcome === 'found' ? [...chain, last] : [...chain, [...end, last].join(' ').trim()]
    return `${name}. ${type}: ${answer.join(' -> ')}`
  })
}
