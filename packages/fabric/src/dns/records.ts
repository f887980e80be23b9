import { InvariantError, refuse } from '@weft/core'
import { canonicalAddress } from '../model/address-table.ts'
import { type DnsName, dnsName, isStarInside, nameRefusal } from './name.ts'

export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT'] as const

export type RecordType = (typeof RECORD_TYPES)[number]

/** One offer of a service (RFC 2782). */
export interface SrvTarget {
  /** 0 to 65535; the lowest is tried first. */
  readonly priority: number
  /** 0 to 65535; among those of one priority a share in proportion. */
  readonly weight: number
  /** 0 to 65535. */
  readonly port: number
  readonly target: string
}

/** All records of one type that a name has, as people write them. */
export type Records =
  | {
      readonly name: string
      readonly type: Exclude<RecordType, 'SRV'>
      /** How long they may be kept, in picoseconds; 0: not at all. */
      readonly ttlPs: number
      /** Addresses, names or texts. */
      readonly values: readonly string[]
    }
  | {
      readonly name: string
      readonly type: 'SRV'
      readonly ttlPs: number
      readonly values: readonly SrvTarget[]
    }

/** The same, checked, each record once and in order: it never changes, but is replaced. */
export interface RecordSet {
  readonly name: DnsName
  readonly type: RecordType
  readonly ttlPs: number
  /** Records as zone files write them behind the type: an address, a name, `0 50 8080 web.example.com`. */
  readonly values: readonly string[]
  /** Of SRV records: what `values` say, in the same order. */
  readonly targets: readonly SrvTarget[]
}

/** 2^31 - 1 s (RFC 2181 §8). */
export const TTL_SECONDS_MAX = 2_147_483_647

/** Checked records of one name and type. Throws a ConfigError. */
export function recordSet(given: Records): RecordSet {
  const name = nameIn(given.name, `${given.type} records`)
  const where = `${given.type} ${given.name}`
  if (isStarInside(name)) refuse(where, 'a star stands for names only as the first label')
  if (!(given.ttlPs >= 0)) refuse(where, `a time to live of ${given.ttlPs} ps; expected 0 or more`)
  if (given.values.length === 0) refuse(where, 'has no values; remove the record set')
  const values = new Map<string, SrvTarget | undefined>()
  if (given.type === 'SRV')
    for (const each of given.values) {
      const target = srvTarget(each, where)
      values.set(srvText(target), target)
    }
  else for (const each of given.values) values.set(canonicalValue(given.type, each, where), undefined)
  if (given.type === 'CNAME' && values.size > 1)
    refuse(where, `has ${values.size} targets; a name is another name for one alone`)
  const sorted = [...values.keys()].sort()
  const targets = sorted.map((text) => values.get(text)).filter((each) => each !== undefined)
  return { name, type: given.type, ttlPs: given.ttlPs, values: sorted, targets }
}

/** The set with other values of it, or of another set of its name and type; these are in order already. */
export function withRecords(
  set: RecordSet,
  records: readonly { readonly value: string; readonly target?: SrvTarget | undefined }[],
  ttlPs: number,
): RecordSet {
  const sorted = [...records].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
  const targets = sorted.map(({ target }) => target).filter((each) => each !== undefined)
  return { ...set, ttlPs, values: sorted.map(({ value }) => value), targets }
}

/** A set's records one by one. */
export const recordsOf = ({ values, targets }: RecordSet) =>
  values.map((value, index) => ({ value, target: targets[index] }))

/** Whether two sets say the same; for how long does not matter. */
export const saysTheSame = (one: RecordSet | undefined, other: RecordSet | undefined): boolean =>
  one === other ||
  (one !== undefined &&
    other !== undefined &&
    one.values.length === other.values.length &&
    one.values.every((value, index) => value === other.values[index]))

/** What an alias stands for. */
export function aliasTarget(set: RecordSet): DnsName {
  if (set.type !== 'CNAME') throw new InvariantError(`${set.type} records of ${set.name} are no alias`)
  return set.values[0]! as DnsName
}

function canonicalValue(type: Exclude<RecordType, 'SRV'>, value: string, where: string): string {
  if (type === 'CNAME' || type === 'PTR') return nameIn(value, where)
  if (type === 'TXT') return value
  const address = addressIn(value, where)
  if (address.includes(':') !== (type === 'AAAA'))
    refuse(where, `${value} is no address of a record of type ${type}`)
  return address
}

function srvTarget({ priority, weight, port, target }: SrvTarget, where: string): SrvTarget {
  for (const [what, number] of Object.entries({ priority, weight, port }))
    if (!(Number.isInteger(number) && number >= 0 && number <= 65_535))
      refuse(where, `${what} is ${number}; expected a whole number from 0 to 65535`)
  return { priority, weight, port, target: nameIn(target, where) }
}

const srvText = ({ priority, weight, port, target }: SrvTarget): string =>
  `${priority} ${weight} ${port} ${target}`

function nameIn(text: string, where: string): DnsName {
  const refusal = nameRefusal(text)
  return refusal === undefined ? dnsName(text) : refuse(where, refusal)
}

function addressIn(text: string, where: string): string {
  try {
    return canonicalAddress(text)
  } catch {
    return refuse(where, `${JSON.stringify(text)} is no IP address`)
  }
}
