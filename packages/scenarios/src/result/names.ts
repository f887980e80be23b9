/** Names that flows were looked up by, over the whole run. Under the steady clock numbers are expected ones, and need not be whole. */
export interface NamesResult {
  readonly traffic: readonly LookupResult[]
  /** Whom hosts asked; those that each host has for itself count together. */
  readonly resolvers: readonly ResolverResult[]
}

export interface LookupResult {
  readonly traffic: string
  readonly name: string
  readonly lookups: number
  /** Answered from the sender's own cache. */
  readonly cached: number
  /** Questions to resolvers: for each family one, and for each name that was tried. */
  readonly questions: number
  /** There is no such name, or none with an address of the traffic's family. */
  readonly notFound: number
  /** Nobody could say. */
  readonly serverFailed: number
  /** Of these, those whose questions never came to the cluster's DNS, by drop reason. */
  readonly lost: readonly { readonly reason: string; readonly lookups: number }[]
  /** Connections to an address that the name did not stand for any more when they began. */
  readonly stale: number
  /** From the question to the answer; null where nobody asked. */
  readonly waitMeanPs: number | null
}

export interface ResolverResult {
  readonly name: string
  readonly queries: number
  /** Answered from its cache. */
  readonly hits: number
  /** Of these, that something is not there. */
  readonly negativeHits: number
  /** Questions to others. */
  readonly asked: number
  /** Answers that were not true any more. */
  readonly stale: number
  /** Answers that a full cache put out. */
  readonly evicted: number
}
