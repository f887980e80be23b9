import { PORT_KINDS, portKindOf } from './port-kinds.ts'

/** What became of a packet: `address` and `port` of the NAT tell what stands for its near end. */
export const TRANSLATED = 0
/** No external port is left that this mapping could have. */
export const PORTS_EXHAUSTED = 1
/** The inside host has as many mappings as it may. */
export const HOST_LIMIT = 2
/** The table of mappings, or that of remote ends that filters remember, has no room. */
export const TABLE_FULL = 3
/** Came from outside for an external port that stands for nobody. */
export const NO_MAPPING = 4
/** Came from outside, from an end that the mapping's filter does not let in. */
export const FILTERED = 5
/** From inside to an external endpoint of this NAT, which does not hairpin. */
export const NO_HAIRPIN = 6

export type NatOutcome = number

/** Drop reasons by outcome, in the ledger's terms; none for what was translated. */
export const NAT_DROP_REASONS = [
  undefined,
  'nat-ports-exhausted',
  'nat-limit',
  'nat-table-full',
  'nat-no-mapping',
  'nat-filtered',
  'nat-no-hairpin',
] as const

export type NatDropReason = Exclude<(typeof NAT_DROP_REASONS)[number], undefined>

/** All of them by name, for others than this folder. */
export const NAT_OUTCOMES = {
  TRANSLATED,
  PORTS_EXHAUSTED,
  HOST_LIMIT,
  TABLE_FULL,
  NO_MAPPING,
  FILTERED,
  NO_HAIRPIN,
} as const

/** A packet that was refused first, of its kind. */
export interface NatVictim {
  readonly atPs: number
  readonly protocol: number
  /** Of a packet from inside, the inside endpoint; of one from outside, the external one. */
  readonly address: number
  readonly port: number
  readonly remoteAddress: number
  readonly remotePort: number
}

/** How many packets were refused, by drop reason, and the first of each. */
export class Refusals {
  private readonly counts = new Float64Array(NAT_DROP_REASONS.length)
  private readonly victims: (NatVictim | undefined)[] = NAT_DROP_REASONS.map(() => undefined)
  /** Of packets from inside that got no mapping, by kind of protocol. */
  private readonly countsOfKind = new Float64Array(PORT_KINDS.length)
  private readonly victimsOfKind: (NatVictim | undefined)[] = PORT_KINDS.map(() => undefined)

  count(
    outcome: NatOutcome,
    atPs: number,
    protocol: number,
    address: number,
    port: number,
    remoteAddress: number,
    remotePort: number,
  ): NatOutcome {
    this.counts[outcome]!++
    const victim = { atPs, protocol, address, port, remoteAddress, remotePort }
    this.victims[outcome] ??= victim
    if (outcome <= TABLE_FULL) {
      const kind = portKindOf(protocol)
      this.countsOfKind[kind]!++
      this.victimsOfKind[kind] ??= victim
    }
    return outcome
  }

  of(outcome: NatOutcome): number {
    return this.counts[outcome]!
  }

  ofKind(kind: number): number {
    return this.countsOfKind[kind]!
  }

  firstOfKind(kind: number): NatVictim | undefined {
    return this.victimsOfKind[kind]
  }

  firstVictim(outcome: NatOutcome): NatVictim | undefined {
    return this.victims[outcome]
  }
}
