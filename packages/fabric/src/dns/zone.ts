import { refuse } from '@weft/core'
import { below, type DnsName, dnsName, isWithin, parentOf } from './name.ts'
import {
  type Records,
  type RecordSet,
  recordSet,
  recordsOf,
  type RecordType,
  saysTheSame,
  withRecords,
} from './records.ts'
import type { RecordSource } from './reply.ts'
import type { ZoneBlueprint } from './zone-blueprint.ts'

/** A name of the zone: its records, and how many names with records are below it. */
interface NameNode {
  readonly sets: Map<RecordType, RecordSet>
  below: number
}

/**
 * Records by name and type, changed while a network runs: whoever asks afterwards gets the new ones, whoever keeps the
 * old ones keeps them until they expire.
 */
export class Zone implements RecordSource {
  readonly origin: DnsName
  readonly soa: ZoneBlueprint['soa']
  /** Counts changes, as the SOA's serial does. */
  serial = 0
  private readonly nodes = new Map<DnsName, NameNode>()

  constructor({ origin, soa, records }: ZoneBlueprint) {
    this.origin = dnsName(origin)
    this.soa = soa
    for (const given of records) {
      const set = this.checked(given)
      if (this.find(set.name, set.type) !== undefined)
        refuse(
          `${set.type} ${given.name}`,
          'stands twice in the zone; put all its values into one record set',
        )
      this.install(set)
    }
    this.serial = 0
  }

  /** How long it may be kept that something is not there. */
  get negativeTtlPs(): number {
    return Math.min(this.soa.ttlPs, this.soa.minimumPs)
  }

  find(name: DnsName, type: RecordType): RecordSet | undefined {
    return this.nodes.get(name)?.sets.get(type)
  }

  /** Whether there is such a name, if only because there are names below it (RFC 8020 §3.1). */
  has(name: DnsName): boolean {
    return name === this.origin || this.nodes.has(name)
  }

  /**
   * The name of the zone whose records answer for this one: itself, or the wildcard right below the closest name above it that there is
   * (RFC 4592 §3.3); undefined: there is no such name.
   */
  ownerOf(name: DnsName): DnsName | undefined {
    if (this.has(name)) return name
    let encloser = parentOf(name)
    while (!this.has(encloser)) encloser = parentOf(encloser)
    const wildcard = below('*', encloser)
    return wildcard !== undefined && this.nodes.has(wildcard) ? wildcard : undefined
  }

  /** The records that answer for a name. */
  answerFor(name: DnsName, type: RecordType): RecordSet | undefined {
    const owner = this.ownerOf(name)
    return owner === undefined ? undefined : this.find(owner, type)
  }

  /** What stands in the zone, by name and type. */
  records(): RecordSet[] {
    const all = [...this.nodes.values()].flatMap(({ sets }) => [...sets.values()])
    const keyOf = ({ name, type }: RecordSet) => `${name} ${type}`
    return all.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }

  /** Puts records in place of those of the same name and type. */
  replace(given: Records): void {
    this.install(this.checked(given))
  }

  /** Adds records to those of the same name and type, all with the new time to live (RFC 2181 §5.2). */
  add(given: Records): void {
    const more = this.checked(given)
    const known = this.find(more.name, more.type)
    if (known === undefined) {
      this.install(more)
      return
    }
    if (more.type === 'CNAME' && !saysTheSame(known, more))
      refuse(`CNAME ${given.name}`, `stands for ${known.values[0]} already; replace it`)
    const fresh = recordsOf(more).filter(({ value }) => !known.values.includes(value))
    if (fresh.length > 0 || known.ttlPs !== more.ttlPs)
      this.install(withRecords(known, [...recordsOf(known), ...fresh], more.ttlPs))
  }

  /** Removes all records of a name and type, or those that are given; what is not there is none the worse. */
  remove(given: Records | { readonly name: string; readonly type: RecordType }): void {
    const name = dnsName(given.name)
    const gone = 'values' in given ? recordSet(given).values : this.find(name, given.type)?.values
    if (gone !== undefined) this.take(name, given.type, gone)
  }

  /**
   * Takes what somebody used to say out and puts what he says now in, record by record: others' records of the same
   * names stay.
   */
  exchange(before: readonly Records[], after: readonly Records[]): void {
    const next = new Map(
      after.map((given) => [`${dnsName(given.name)} ${given.type}`, recordSet(given)] as const),
    )
    for (const given of before) {
      const { name, type, values } = recordSet(given)
      const kept = next.get(`${name} ${type}`)?.values ?? []
      this.take(
        name,
        type,
        values.filter((value) => !kept.includes(value)),
      )
    }
    for (const given of after) this.add(given)
  }

  stillSays(name: DnsName, type: RecordType | 'any', set: RecordSet | undefined): boolean {
    const owner = this.ownerOf(name)
    if (type === 'any' || owner === undefined) return type === 'any' && owner === undefined
    if (set === undefined)
      return this.find(owner, type) === undefined && this.find(owner, 'CNAME') === undefined
    return saysTheSame(this.find(owner, type), set)
  }

  private checked(given: Records): RecordSet {
    const set = recordSet(given)
    const where = `${set.type} ${given.name}`
    if (!isWithin(set.name, this.origin)) refuse(where, `is not in the zone ${this.origin}`)
    // RFC 1034 §3.6.2
    const sets = this.nodes.get(set.name)?.sets
    const other = [...(sets?.keys() ?? [])].find(
      (type) => type !== set.type && (type === 'CNAME' || set.type === 'CNAME'),
    )
    if (other !== undefined || (set.type === 'CNAME' && set.name === this.origin))
      refuse(where, `a name with a CNAME record has no others; it has ${other ?? 'SOA'}`)
    return set
  }

  private install(set: RecordSet): void {
    const known = this.find(set.name, set.type)
    if (known !== undefined && known.ttlPs === set.ttlPs && saysTheSame(known, set)) return
    this.serial++
    const isNew = (this.nodes.get(set.name)?.sets.size ?? 0) === 0
    if (isNew) this.count(set.name, 1)
    this.nodes.get(set.name)!.sets.set(set.type, set)
  }

  private take(name: DnsName, type: RecordType, gone: readonly string[]): void {
    const known = this.find(name, type)
    if (known === undefined) return
    const left = recordsOf(known).filter(({ value }) => !gone.includes(value))
    if (left.length === known.values.length) return
    if (left.length > 0) {
      this.install(withRecords(known, left, known.ttlPs))
      return
    }
    this.serial++
    const { sets } = this.nodes.get(name)!
    sets.delete(type)
    if (sets.size === 0) this.count(name, -1)
  }

  /** A name got its first records (1), or lost its last ones (-1): names on the way to it come and go. */
  private count(name: DnsName, change: 1 | -1): void {
    const at = (each: DnsName): NameNode => {
      const node = this.nodes.get(each) ?? { sets: new Map(), below: 0 }
      this.nodes.set(each, node)
      return node
    }
    const settle = (each: DnsName, { sets, below }: NameNode) => {
      if (change < 0 && sets.size === 0 && below === 0) this.nodes.delete(each)
    }
    settle(name, at(name))
    for (let above = name; above !== this.origin; ) {
      above = parentOf(above)
      const node = at(above)
      node.below += change
      settle(above, node)
    }
  }
}
