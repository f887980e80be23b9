import type { Records } from './records.ts'

/** A part of the tree of names that one server answers for, as plain data. */
export interface ZoneBlueprint {
  /** The name at its top: `cluster.local`; `.` for the root. */
  readonly origin: string
  /** How long it may be kept that something is not there: the less of the SOA's own time to live and its minimum (RFC 2308 §5). */
  readonly soa: { readonly ttlPs: number; readonly minimumPs: number }
  /** Each name and type once. */
  readonly records: readonly Records[]
}
