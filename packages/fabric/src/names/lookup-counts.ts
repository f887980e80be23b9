import type { ResolverCounts } from '../dns/index.ts'

/** What became of the lookups of one traffic; of a clock that follows none, what is to be expected. */
export interface LookupCounts {
  /** One for each connection. */
  readonly lookups: number
  /** Answered from the client's own cache, at once. */
  readonly own: number
  /** That clients sent to their resolvers: for each family one, and for each name that they tried. */
  readonly questions: number
  /** Without a name, or an address of the traffic's family. */
  readonly notFound: number
  /** Nobody could say. */
  readonly failed: number
  /** Of these, those whose questions were lost, by drop reason. */
  readonly lostTo: Readonly<Record<string, number>>
  /** Connections to an address that the name did not stand for any more when they began. */
  readonly stale: number
  /** All together. */
  readonly waitedPs: number
}

/** The same while it is counted. */
export class LookupBook implements LookupCounts {
  lookups = 0
  own = 0
  questions = 0
  notFound = 0
  failed = 0
  readonly lostTo: Record<string, number> = {}
  stale = 0
  waitedPs = 0

  lose(reason: string, lookups: number): void {
    this.failed += lookups
    this.lostTo[reason] = (this.lostTo[reason] ?? 0) + lookups
  }

  /** Adds so many times another one. */
  add(other: LookupCounts, factor: number): void {
    this.lookups += factor * other.lookups
    this.own += factor * other.own
    this.questions += factor * other.questions
    this.notFound += factor * other.notFound
    this.failed += factor * other.failed
    this.stale += factor * other.stale
    this.waitedPs += factor * other.waitedPs
    for (const [reason, lookups] of Object.entries(other.lostTo))
      this.lostTo[reason] = (this.lostTo[reason] ?? 0) + factor * lookups
  }
}

/** What resolvers of one name did together. */
export type AskedCounts = Pick<
  ResolverCounts,
  'queries' | 'hits' | 'negativeHits' | 'asked' | 'stale' | 'evicted'
>

/** Lookups of a run up to the present. */
export interface LookupBooks {
  /** By index of the traffic. */
  counts(traffic: number): LookupCounts
  /** In the order of the blueprint's resolvers. */
  resolverCounts(): readonly AskedCounts[]
}
