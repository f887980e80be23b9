import { OTHER_KIND, type PortRange, type PortSet, type PortSets, PROTOCOL_KINDS } from './port-set.ts'

/**
 * What the rules of one direction say: whether to accept, and the slot of the rule that says so. Even numbers accept, odd
 * ones deny; 0 and 1 do so without a rule.
 */
export type Outcome = number

export const ACCEPTED_BY_DEFAULT: Outcome = 0
export const DENIED_BY_DEFAULT: Outcome = 1
export const outcomeOf = (slot: number, denies: boolean): Outcome => (slot + 1) * 2 + (denies ? 1 : 0)
export const isDenied = (outcome: Outcome): boolean => (outcome & 1) === 1
/** The rule that decided; -1 where none did. */
export const slotOf = (outcome: Outcome): number => (outcome >> 1) - 1

const MIXED = -1

/** The outcome on each port of each protocol, as runs of ports. */
export class PortMap {
  /** The ports that are accepted. */
  readonly accepted: PortSet
  /** The outcome where it is the same for all ports and protocols, else -1. */
  readonly uniform: Outcome
  /** By kind of protocol the index of its first run, and one beyond the last. */
  private readonly begins: Uint32Array
  private readonly firstPorts: Uint16Array
  private readonly outcomes: Int32Array

  /** `cuts` are, by kind of protocol, the ports at which the outcome may change. */
  constructor(
    cuts: readonly (readonly number[])[],
    outcomeAt: (kind: number, port: number) => Outcome,
    sets: PortSets,
  ) {
    this.begins = new Uint32Array(PROTOCOL_KINDS + 1)
    const firstPorts: number[] = []
    const outcomes: Outcome[] = []
    for (let kind = 0; kind < PROTOCOL_KINDS; kind++) {
      this.begins[kind] = outcomes.length
      for (const port of [...new Set([0, ...cuts[kind]!])].sort((a, b) => a - b)) {
        const outcome = outcomeAt(kind, port)
        if (port > 0 && outcome === outcomes.at(-1)) continue
        firstPorts.push(port)
        outcomes.push(outcome)
      }
    }
    this.begins[PROTOCOL_KINDS] = outcomes.length
    this.firstPorts = Uint16Array.from(firstPorts)
    this.outcomes = Int32Array.from(outcomes)
    this.uniform = outcomes.every((outcome) => outcome === outcomes[0]) ? outcomes[0]! : MIXED
    this.accepted = this.acceptedPorts(sets)
  }

  /** The outcome on a port; `kind` as `KIND_OF_PROTOCOL` has it. */
  at(kind: number, port: number): Outcome {
    if (this.uniform >= 0) return this.uniform
    if (kind === OTHER_KIND) return this.outcomes[this.begins[OTHER_KIND]!]!
    let low = this.begins[kind]!
    let high = this.begins[kind + 1]! - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.firstPorts[middle]! <= port) low = middle
      else high = middle - 1
    }
    return this.outcomes[low]!
  }

  private acceptedPorts(sets: PortSets): PortSet {
    const ranges = Array.from({ length: OTHER_KIND }, (_, kind) => {
      const accepted: PortRange[] = []
      const end = this.begins[kind + 1]!
      for (let run = this.begins[kind]!; run < end; run++) {
        const last = run + 1 < end ? this.firstPorts[run + 1]! - 1 : 0xffff
        const first = Math.max(this.firstPorts[run]!, 1)
        if (!isDenied(this.outcomes[run]!) && first <= last) accepted.push([first, last])
      }
      return accepted
    })
    return sets.of(ranges, !isDenied(this.outcomes[this.begins[OTHER_KIND]!]!))
  }
}
