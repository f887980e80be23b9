import type { Records } from '../dns/index.ts'

/** Addresses that these records have. */
export const addressesOf = (records: readonly Records[]): readonly string[] =>
  records.flatMap((each) => (each.type === 'A' || each.type === 'AAAA' ? each.values : []))
