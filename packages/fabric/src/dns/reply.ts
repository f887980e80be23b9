import type { DnsName } from './name.ts'
import type { RecordSet, RecordType } from './records.ts'

/**
 * What became of a question. `found`: its records; `no-data`: the name is there, without records of the type;
 * `no-name`: NXDOMAIN; `alias`: aliases that lead where this server knows nothing; `refused`: not this server's
 * business; `failed`: SERVFAIL, as a chain of aliases was too long or led in a circle, or nobody could be asked.
 */
export type Outcome = 'found' | 'no-data' | 'no-name' | 'alias' | 'refused' | 'failed'

/** Whoever knows what is true now: what caches say is stale where he says otherwise. */
export interface RecordSource {
  /** Whether this still is what the name has: these records, or none of the type, or (`'any'`) no such name. */
  stillSays(name: DnsName, type: RecordType | 'any', set: RecordSet | undefined): boolean
}

/**
 * A server's answer, used again from question to question: one part for each alias on the way, then the records, or the
 * part that says that there are none.
 */
export class Reply {
  outcome: Outcome = 'failed'
  /** Parts in use; what arrays hold behind is old. */
  count = 0
  readonly names: DnsName[] = []
  /** Of a name that does not exist `'any'`. */
  readonly types: (RecordType | 'any')[] = []
  /** undefined: there are none. */
  readonly sets: (RecordSet | undefined)[] = []
  /** Until when each part may be kept. */
  readonly expiryPs: number[] = []
  readonly sources: RecordSource[] = []
  /** From which record of the last set on a client reads, and round again. */
  first = 0

  begin(): void {
    this.count = 0
    this.first = 0
    this.outcome = 'failed'
  }

  add(
    name: DnsName,
    type: RecordType | 'any',
    set: RecordSet | undefined,
    expiryPs: number,
    source: RecordSource,
  ): void {
    const part = this.count++
    this.names[part] = name
    this.types[part] = type
    this.sets[part] = set
    this.expiryPs[part] = expiryPs
    this.sources[part] = source
  }

  /** The records that answer the question, where there are any. */
  get found(): RecordSet | undefined {
    return this.outcome === 'found' ? this.sets[this.count - 1] : undefined
  }

  /** What the answer says, in the order in which a client reads it. */
  values(): string[] {
    const values = this.found?.values ?? []
    return [...values.slice(this.first), ...values.slice(0, this.first)]
  }

  /** Until when the whole answer may be kept; Infinity where it has no parts. */
  get untilPs(): number {
    let until = Infinity
    for (let part = 0; part < this.count; part++) until = Math.min(until, this.expiryPs[part]!)
    return until
  }

  /** The first part that is no longer true, or -1. */
  stalePart(): number {
    for (let part = 0; part < this.count; part++)
      if (!this.sources[part]!.stillSays(this.names[part]!, this.types[part]!, this.sets[part])) return part
    return -1
  }
}
