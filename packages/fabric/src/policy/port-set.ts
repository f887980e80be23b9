import type { PolicyProtocol } from './policy-blueprint.ts'

export const PORT_MAX = 65_535

/** Protocols in the order of `PortMap` and `PortSet`; after them all others, which have no ports. */
export const PROTOCOLS: readonly PolicyProtocol[] = ['TCP', 'UDP', 'SCTP']
export const PROTOCOL_KINDS = PROTOCOLS.length + 1
export const OTHER_KIND = PROTOCOLS.length

/** IANA protocol numbers of `PROTOCOLS`. */
export const PROTOCOL_NUMBERS: Readonly<Record<PolicyProtocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 }

/** By IANA protocol number: the place in `PROTOCOLS`, or `OTHER_KIND`. */
export const KIND_OF_PROTOCOL = Uint8Array.from({ length: 256 }, (_, number) => {
  const kind = PROTOCOLS.findIndex((name) => PROTOCOL_NUMBERS[name] === number)
  return kind < 0 ? OTHER_KIND : kind
})

/** First and last, both included. */
export type PortRange = readonly [first: number, last: number]

/** Destination ports from 1 on, by protocol: ranges that are sorted, disjoint and do not touch. */
export interface PortSet {
  /** Equal sets of one engine are one object; its place among them. */
  readonly id: number
  readonly TCP: readonly PortRange[]
  readonly UDP: readonly PortRange[]
  readonly SCTP: readonly PortRange[]
  /** Protocols without ports, ICMP among them. */
  readonly other: boolean
}

const EVERY_PORT: readonly PortRange[] = [[1, PORT_MAX]]

/** Sets of ports, each kept once, so that they compare by identity and what is made of two is remembered. */
export class PortSets {
  readonly none: PortSet
  readonly all: PortSet
  private readonly sets = new Map<string, PortSet>()
  private readonly both = new SetPairs()
  private readonly either = new SetPairs()

  constructor() {
    this.none = this.of([[], [], []], false)
    this.all = this.of([EVERY_PORT, EVERY_PORT, EVERY_PORT], true)
  }

  /** Of ranges in order, by place in `PROTOCOLS`; ranges that touch are put together. */
  of(ranges: readonly (readonly PortRange[])[], other: boolean): PortSet {
    const [tcp, udp, sctp] = ranges.map(joined) as [PortRange[], PortRange[], PortRange[]]
    const key = `${tcp.join(' ')}/${udp.join(' ')}/${sctp.join(' ')}/${other}`
    let set = this.sets.get(key)
    if (set === undefined) {
      set = { id: this.sets.size, TCP: tcp, UDP: udp, SCTP: sctp, other }
      this.sets.set(key, set)
    }
    return set
  }

  /** Ports of both. */
  intersection(a: PortSet, b: PortSet): PortSet {
    if (a === b || b === this.all || a === this.none) return a
    if (a === this.all || b === this.none) return b
    return this.both.get(a, b) ?? this.both.set(a, b, this.intersect(a, b))
  }

  /** Ports of either. */
  union(a: PortSet, b: PortSet): PortSet {
    if (a === b || b === this.none || a === this.all) return a
    if (a === this.none || b === this.all) return b
    return this.either.get(a, b) ?? this.either.set(a, b, this.unite(a, b))
  }

  private unite(a: PortSet, b: PortSet): PortSet {
    return this.of(
      PROTOCOLS.map((name) => [...a[name], ...b[name]].sort((x, y) => x[0] - y[0])),
      a.other || b.other,
    )
  }

  private intersect(a: PortSet, b: PortSet): PortSet {
    return this.of(
      PROTOCOLS.map((name) => overlap(a[name], b[name])),
      a.other && b.other,
    )
  }
}

/** What is known of two sets, in either order. */
class SetPairs {
  /** By the smaller id, then by the larger. */
  private readonly known = new Map<number, Map<number, PortSet>>()

  get(a: PortSet, b: PortSet): PortSet | undefined {
    return a.id < b.id ? this.known.get(a.id)?.get(b.id) : this.known.get(b.id)?.get(a.id)
  }

  set(a: PortSet, b: PortSet, value: PortSet): PortSet {
    const [low, high] = a.id < b.id ? [a.id, b.id] : [b.id, a.id]
    const row = this.known.get(low) ?? new Map<number, PortSet>()
    this.known.set(low, row.set(high, value))
    return value
  }
}

export const isEmptyPortSet = ({ TCP, UDP, SCTP, other }: PortSet): boolean =>
  TCP.length + UDP.length + SCTP.length === 0 && !other

export function portSetHas(set: PortSet, protocol: PolicyProtocol, port: number): boolean {
  return set[protocol].some(([first, last]) => first <= port && port <= last)
}

function joined(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = []
  for (const [first, last] of ranges) {
    const before = result.at(-1)
    if (before === undefined || first > before[1] + 1) result.push([first, last])
    else if (last > before[1]) result[result.length - 1] = [before[0], last]
  }
  return result
}

function overlap(a: readonly PortRange[], b: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const first = Math.max(a[i]![0], b[j]![0])
    const last = Math.min(a[i]![1], b[j]![1])
    if (first <= last) result.push([first, last])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return result
}
