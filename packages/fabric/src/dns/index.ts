export { GatedServer } from './gated-server.ts'
export { Authority } from './authority.ts'
export { type Exchange, Exchanges, TOPMOST } from './exchanges.ts'
export * from './explain-lookup.ts'
export {
  type DnsName,
  dnsName,
  isStarInside,
  isWithin,
  LABEL_OCTETS_MAX,
  nameRefusal,
  reverseName,
  ROOT,
} from './name.ts'
export { ALIASES_MAX, type NameServer } from './name-server.ts'
export {
  RECORD_TYPES,
  type Records,
  type RecordSet,
  recordSet,
  type RecordType,
  type SrvTarget,
  TTL_SECONDS_MAX,
} from './records.ts'
export { type Outcome, type RecordSource, Reply } from './reply.ts'
export {
  type CacheLimits,
  type CacheOptions,
  Resolver,
  type ResolverCounts,
  type ResolverOptions,
  type Upstream,
} from './resolver.ts'
export * from './search-names.ts'
export { type StaleHolder, StaleTail } from './stale-tail.ts'
export { ADDRESS_TYPES, Lookup, StubClient, type StubOptions, type TryListener } from './stub-client.ts'
export { Zone } from './zone.ts'
export type * from './zone-blueprint.ts'
