import type { Decision } from './decision.ts'
import { greatestCommonDivisor } from './integers.ts'
import type { PacketHandle } from './packet-table.ts'

/** A one-of group: next hops with integer weights. Built anew at every change of routes; never mutated. */
export class OneOfGroup {
  /** Egress ports, ascending. */
  readonly members: Int32Array
  /** Running totals of the weights, which share no common factor; the last is their sum. */
  readonly cumulative: Int32Array
  readonly weightSum: number
  readonly equal: boolean
  /** Takes the remainder by a weight sum that is a power of two; 0 where it is none. */
  private readonly mask: number

  constructor(members: readonly number[], weights: readonly number[]) {
    this.members = Int32Array.from(members)
    const divisor = weights.reduce(greatestCommonDivisor)
    let sum = 0
    this.cumulative = Int32Array.from(weights, (weight) => (sum += weight / divisor))
    this.weightSum = sum
    this.equal = sum === members.length
    this.mask = (sum & (sum - 1)) === 0 ? sum - 1 : 0
  }

  /** The member that owns the share of `key`, a whole number from 0 to 2^31 - 1. */
  pick(key: number): Decision {
    const share = this.mask !== 0 ? key & this.mask : key % this.weightSum
    if (this.equal) return this.members[share]!
    const { cumulative } = this
    let index = 0
    while (cumulative[index]! <= share) index++
    return this.members[index]!
  }

  weightOf(index: number): number {
    return this.cumulative[index]! - (index === 0 ? 0 : this.cumulative[index - 1]!)
  }

  has(member: number): boolean {
    return this.members.includes(member)
  }
}

/** Picks one member of a group for a packet. */
export interface Selector {
  /** The choice for a packet that is being forwarded; may remember it. */
  select(group: OneOfGroup, packet: PacketHandle): Decision
  /** The choice that `select` would make now, remembering nothing; undefined where it depends on chance. */
  preview(group: OneOfGroup, packet: PacketHandle): Decision | undefined
}
