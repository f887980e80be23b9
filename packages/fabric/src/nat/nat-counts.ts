import { Occupancy } from '../state-table/occupancy.ts'
import {
  FILTERED,
  HOST_LIMIT,
  NO_HAIRPIN,
  NO_MAPPING,
  type NatVictim,
  PORTS_EXHAUSTED,
  type Refusals,
  TABLE_FULL,
} from './nat-outcome.ts'
import { PORT_KINDS, type PortKind } from './port-kinds.ts'

/** Mappings over time. */
export interface NatLevel {
  readonly size: number
  readonly peak: number
  /** When the peak was reached first. */
  readonly peakPs: number
  readonly mean: number
  /** Mappings summed over time: mapping-picoseconds. */
  readonly usedPs: number
  readonly created: number
  /** Gone by their idle timers; others went with their last session. */
  readonly expired: number
}

/** Packets from inside that got no mapping, for whatever reason, and the first of them. */
export interface NatRefusals {
  readonly refused: number
  readonly firstRefused: NatVictim | undefined
}

export interface NatCounts extends NatLevel {
  readonly byKind: Readonly<Record<PortKind, NatLevel & NatRefusals>>
  /** Ports held down now. */
  readonly held: number
  /** Packets from inside that got no mapping: no port left, as many as the host may have, no room in the table. */
  readonly portsExhausted: number
  readonly hostLimit: number
  readonly tableFull: number
  /** Packets from outside for nobody, and from those whom a filter keeps out. */
  readonly noMapping: number
  readonly filtered: number
  readonly noHairpin: number
  /** Who found no port first, and who was first refused for having too many mappings. */
  readonly firstPortVictim: NatVictim | undefined
  readonly firstLimitVictim: NatVictim | undefined
}

/** Occupancy of a NAT: of all mappings, and by kind of protocol. */
export class NatOccupancy {
  private readonly all: Occupancy
  private readonly kinds: readonly Occupancy[]

  constructor(nowPs: number) {
    this.all = new Occupancy(nowPs)
    this.kinds = PORT_KINDS.map(() => new Occupancy(nowPs))
  }

  insert(atPs: number, kind: number): void {
    insertAt(this.all, atPs)
    insertAt(this.kinds[kind]!, atPs)
  }

  remove(atPs: number, kind: number, isExpired: boolean): void {
    removeAt(this.all, atPs, isExpired)
    removeAt(this.kinds[kind]!, atPs, isExpired)
  }

  counts(nowPs: number, held: number, refusals: Refusals): NatCounts {
    const levels = this.kinds.map((occupancy, kind) => {
      const refusal = { refused: refusals.ofKind(kind), firstRefused: refusals.firstOfKind(kind) }
      return [PORT_KINDS[kind]!, { ...levelOf(occupancy, nowPs), ...refusal }] as const
    })
    return {
      ...levelOf(this.all, nowPs),
      byKind: Object.fromEntries(levels) as NatCounts['byKind'],
      held,
      portsExhausted: refusals.of(PORTS_EXHAUSTED),
      hostLimit: refusals.of(HOST_LIMIT),
      tableFull: refusals.of(TABLE_FULL),
      noMapping: refusals.of(NO_MAPPING),
      filtered: refusals.of(FILTERED),
      noHairpin: refusals.of(NO_HAIRPIN),
      firstPortVictim: refusals.firstVictim(PORTS_EXHAUSTED),
      firstLimitVictim: refusals.firstVictim(HOST_LIMIT),
    }
  }
}

function insertAt(occupancy: Occupancy, atPs: number): void {
  occupancy.instantPs = atPs
  occupancy.insert()
}

function removeAt(occupancy: Occupancy, atPs: number, isExpired: boolean): void {
  occupancy.instantPs = atPs
  if (isExpired) occupancy.expire()
  else occupancy.remove()
}

function levelOf(occupancy: Occupancy, nowPs: number): NatLevel {
  occupancy.instantPs = nowPs
  const { size, peak, peakPs, mean, usedPs, inserted, expired } = occupancy
  return { size, peak, peakPs, mean, usedPs, created: inserted, expired }
}
