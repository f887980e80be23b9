import type { RecordType } from './records.ts'
import type { NaiveZone } from './zone.oracle.ts'

export interface NaivePart {
  readonly name: string
  readonly type: RecordType | 'any'
  /** undefined: there are none. */
  readonly values: readonly string[] | undefined
  readonly untilPs: number
}

export interface NaiveAnswer {
  readonly outcome: string
  readonly parts: readonly NaivePart[]
}

export type Ask = (now: number, name: string, type: RecordType) => NaiveAnswer

const ALIASES = 11

/** What a server with one zone says, line by line. */
export const naiveAuthority =
  (zone: NaiveZone, isInZone: (name: string) => boolean, negativeTtlPs: number): Ask =>
  (now, name, type) => {
    const parts: NaivePart[] = []
    let at = name
    while (parts.length <= ALIASES) {
      if (!isInZone(at)) return { outcome: parts.length === 0 ? 'refused' : 'alias', parts }
      const found = [type, 'CNAME' as const].find((each) => zone.values(at, each).length > 0)
      if (found === undefined) {
        const isThere = zone.has(at)
        parts.push({
          name: at,
          type: isThere ? type : 'any',
          values: undefined,
          untilPs: now + negativeTtlPs,
        })
        return { outcome: isThere ? 'no-data' : 'no-name', parts }
      }
      const values = zone.values(at, found)
      parts.push({ name: at, type: found, values, untilPs: now + zone.ttlPs(at, found)! })
      if (found === type) return { outcome: 'found', parts }
      at = values[0]!
    }
    return { outcome: 'failed', parts }
  }

/** A cache as a list of what was answered, in the order of last use. */
export class NaiveResolver {
  kept: NaivePart[] = []
  expired = 0
  evicted = 0
  asked = 0
  private readonly capacity: number
  private readonly ttlMaxPs: number
  private readonly upstream: Ask

  constructor(capacity: number, ttlMaxPs: number, upstream: Ask) {
    this.capacity = capacity
    this.ttlMaxPs = ttlMaxPs
    this.upstream = upstream
  }

  readonly ask: Ask = (now, name, type) => {
    this.expire(now)
    const parts: NaivePart[] = []
    let at = name
    while (parts.length <= ALIASES) {
      const known =
        this.kept.find((part) => part.name === at && part.type === type) ??
        this.kept.find((part) => part.name === at && part.type === 'CNAME' && part.values !== undefined) ??
        this.kept.find((part) => part.name === at && part.type === 'any')
      if (known !== undefined) {
        this.kept = [...this.kept.filter((part) => part !== known), known]
        parts.push(known)
      } else {
        const answer = this.upstream(now, at, type)
        // refused: nobody is asked for such names
        if (answer.outcome !== 'refused') this.asked++
        for (const part of answer.parts) {
          const untilPs = Math.min(part.untilPs, now + this.ttlMaxPs)
          parts.push({ ...part, untilPs })
          this.keep(now, { ...part, untilPs })
        }
        if (answer.outcome === 'refused') return { outcome: 'failed', parts }
        if (answer.outcome !== 'alias') return { outcome: answer.outcome, parts }
      }
      const last = parts.at(-1)!
      if (last.values === undefined) return { outcome: last.type === 'any' ? 'no-name' : 'no-data', parts }
      if (last.type === type) return { outcome: 'found', parts }
      at = last.values[0]!
    }
    return { outcome: 'failed', parts }
  }

  expire(now: number): void {
    const left = this.kept.filter(({ untilPs }) => untilPs > now)
    this.expired += this.kept.length - left.length
    this.kept = left
  }

  private keep(now: number, part: NaivePart): void {
    this.kept = this.kept.filter(
      ({ name, type }) => name !== part.name || (type !== part.type && type !== 'any'),
    )
    // that there is no such name stands beside what else was known of it
    if (part.untilPs <= now) return
    if (this.kept.length === this.capacity) {
      this.kept.shift()
      this.evicted++
    }
    this.kept.push(part)
  }
}
