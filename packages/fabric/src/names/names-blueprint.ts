import type { CacheOptions, Records, RecordType, StubLibrary, ZoneBlueprint } from '../dns/index.ts'

/** What a network knows of names while it runs: who answers for them, who resolves them, and for whom. */
export interface NamesBlueprint {
  readonly authorities: readonly AuthorityBlueprint[]
  /** A resolver asks authorities, and resolvers that stand before it. */
  readonly resolvers: readonly ResolverBlueprint[]
  /** Each host in one of them at most; who is in none cannot look names up. */
  readonly clients: readonly NameClientsBlueprint[]
}

/** A server that answers for zones of its own. */
export interface AuthorityBlueprint {
  /** Not that of another authority, resolver or host. */
  readonly name: string
  readonly zones: readonly ZoneBlueprint[]
}

export interface ResolverBlueprint extends CacheOptions {
  /** Not that of another authority, resolver or host. */
  readonly name: string
  /** Each of its clients has one of its own, as guests of the internet have; absent: they all share this one. */
  readonly isPerHost?: boolean
  /** Others asked it before the run began: its first answers have ages, evenly spread over their times to live. Default false. */
  readonly isAged?: boolean
  /** By the longest suffix. */
  readonly upstreams: readonly UpstreamBlueprint[]
}

export interface UpstreamBlueprint {
  /** `.` for the rest. */
  readonly suffix: string
  /** Name of an authority, or of a resolver before this one. */
  readonly to: string
  /** From a question to its answer, without what the one that is asked waits for itself. */
  readonly delay: NameDelay
}

/** Hosts that look names up alike, each with a cache of its own. */
export interface NameClientsBlueprint {
  readonly hosts: readonly string[]
  /** Name of the resolver that they ask. */
  readonly resolver: string
  /** Where it is, so that questions are lost that packets to it would be; absent: they always arrive. */
  readonly at?: ResolverPlace
  /** From a question to its answer, without what the resolver waits for itself. */
  readonly delay: NameDelay
  readonly search: readonly string[]
  /** 0 to 15. */
  readonly ndots: number
  readonly library: StubLibrary
  /** Absent: none. */
  readonly cache?: CacheOptions
  /** Of several addresses the next one for each connection, or always the first. */
  readonly answers: 'rotated' | 'first'
}

/** An address of a service or a host of the network; questions go there over UDP. */
export interface ResolverPlace {
  /** One of each family at most; who has both asks by the first. */
  readonly addresses: readonly string[]
  readonly port: number
}

/** 0 or more. */
export type NameDelay =
  | { readonly kind: 'constant'; readonly ps: number }
  | { readonly kind: 'exponential'; readonly meanPs: number }

/** What happens to names, and to addresses that stand in their records. */
export type NameEventBlueprint = RecordsEventBlueprint | WithdrawalEventBlueprint | DomainEventBlueprint

/** Records of one authority change: some are taken out, then others put in place of those of their names and types. */
export interface RecordsEventBlueprint {
  readonly atPs: number
  readonly action: 'change-records'
  /** The name that it is about. */
  readonly target: string
  readonly authority: string
  readonly remove: readonly { readonly name: string; readonly type: RecordType }[]
  readonly put: readonly Records[]
}

/** A service is not reached by one of its addresses any more: new connections to it find no endpoint. */
export interface WithdrawalEventBlueprint {
  readonly atPs: number
  readonly action: 'withdraw'
  /** The address, of a service. */
  readonly target: string
  /** By name, of several that have it, each in its own cluster. Absent: whoever has it. */
  readonly service?: string
}

/** Policies take a domain name for these addresses from now on, and for no others. */
export interface DomainEventBlueprint {
  readonly atPs: number
  readonly action: 'set-domain'
  readonly target: string
  readonly addresses: readonly string[]
}
