import { InvariantError } from '@weft/core'

/** What a pool's places are for. */
export const POOL_KINDS = [
  'connections',
  'connection-tracking',
  'nat-connections',
  'nat-ports',
  'nat-mappings',
  'session-affinity',
] as const

export type PoolKind = (typeof POOL_KINDS)[number]

/** What a pool has counted up to an instant. */
export interface PoolCounts {
  /** Requests for a place, those that come again among them. */
  readonly asked: number
  readonly refused: number
  /** Places that were taken from whoever had them, for one who asked; absent where a full pool refuses. */
  readonly evicted?: number
  /** Places in use, summed over time: place-picoseconds. */
  readonly usedPs: number
}

/** Who was refused first, or had to give way, and when. */
export interface FirstVictim {
  readonly atPs: number
  /** What the one who asks says of himself: the row of a flow, or whom a packet was from and to. */
  readonly who: number | VictimEnds
}

/** Of a packet that opened a connection; addresses interned. */
export interface VictimEnds {
  readonly source: number
  readonly destination: number
}

/** So many equal places, and who came for them: a pool, or a table whose rows are such places. */
export interface CountedPool {
  /** `owner kind`. */
  readonly name: string
  /** Name of the node that has it, or of the place. */
  readonly owner: string
  readonly kind: PoolKind
  /** A whole number of 1 or more. */
  readonly size: number
  /** The most places in use that there ever were, and since when. */
  readonly peak: number
  readonly peakPs: number
  readonly firstVictim: FirstVictim | undefined
  /** Up to now, which is no earlier than anything counted. */
  counts(nowPs: number): PoolCounts
}

/**
 * So many equal places, each held from when it is taken to when it is released; nobody waits, and who comes to a full
 * pool is refused. It counts and knows no clock: whoever takes and releases says when, in order of time.
 */
export class Pool implements CountedPool {
  /** Name of the node that has it. */
  readonly owner: string
  readonly kind: PoolKind
  /** A whole number of 1 or more. */
  readonly size: number
  /** Places in use, the most there ever were, and since when. */
  inUse = 0
  peak = 0
  peakPs = 0
  asked = 0
  refused = 0
  firstVictim: FirstVictim | undefined = undefined
  #usedPs = 0
  #sincePs = 0

  constructor(owner: string, kind: PoolKind, size: number) {
    if (!(Number.isSafeInteger(size) && size >= 1))
      throw new InvariantError(
        `pool ${owner} ${kind} has ${size} places, expected a whole number of 1 or more`,
      )
    this.owner = owner
    this.kind = kind
    this.size = size
  }

  get name(): string {
    return `${this.owner} ${this.kind}`
  }

  /** Takes a place; false where none is left. */
  take(nowPs: number, who: number): boolean {
    this.asked++
    if (this.inUse === this.size) {
      this.refused++
      this.firstVictim ??= { atPs: nowPs, who }
      return false
    }
    this.#advance(nowPs)
    this.inUse++
    if (this.inUse > this.peak) {
      this.peak = this.inUse
      this.peakPs = nowPs
    }
    return true
  }

  release(nowPs: number): void {
    if (this.inUse === 0) throw new InvariantError(`pool ${this.name} gets back a place that nobody has`)
    this.#advance(nowPs)
    this.inUse--
  }

  counts(nowPs: number): PoolCounts {
    const { asked, refused } = this
    return { asked, refused, usedPs: this.#usedPs + this.inUse * (nowPs - this.#sincePs) }
  }

  #advance(nowPs: number): void {
    this.#usedPs += this.inUse * (nowPs - this.#sincePs)
    this.#sincePs = nowPs
  }
}
