import { Simulation } from '@weft/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketTable } from '../../model/packet-table.ts'
import { NONE, Scoreboard } from './scoreboard.ts'

interface Segment {
  readonly start: number
  readonly end: number
  sacked: boolean
  lost: boolean
  retransmitted: boolean
}

/** RFC 6675's scoreboard as a list that is walked for every question. */
class ListScoreboard {
  segments: Segment[] = []
  una = 1
  next = 1
  readonly #threshold: number

  constructor(threshold: number) {
    this.#threshold = threshold
  }

  push(length: number): number {
    const start = this.next
    this.next += length
    this.segments.push({ start, end: this.next, sacked: false, lost: false, retransmitted: false })
    return this.next
  }

  acknowledge(ack: number): void {
    this.una = ack
    this.segments = this.segments
      .filter(({ end }) => end > ack)
      .map((segment) => ({ ...segment, start: Math.max(segment.start, ack) }))
  }

  sack(blocks: readonly (readonly [number, number])[]): void {
    for (const segment of this.segments) {
      const covered = blocks.some(([left, right]) => left <= segment.start && segment.end <= right)
      if (covered && !segment.sacked)
        Object.assign(segment, { sacked: true, lost: false, retransmitted: false })
    }
    for (const [i, segment] of this.segments.entries()) {
      const above = this.segments.slice(i + 1).filter(({ sacked }) => sacked).length
      if (!segment.sacked && above >= this.#threshold) segment.lost = true
    }
  }

  loseAll(): void {
    for (const segment of this.segments) {
      segment.retransmitted = false
      segment.lost = !segment.sacked
    }
  }

  nextLost(): Segment | undefined {
    return this.segments.find(({ lost, retransmitted }) => lost && !retransmitted)
  }

  bytes(which: 'sacked' | 'lost' | 'retransmitted'): number {
    return this.segments.reduce((sum, segment) => sum + (segment[which] ? segment.end - segment.start : 0), 0)
  }
}

const MSS = 100

type Step =
  | { readonly kind: 'push'; readonly length: number }
  | { readonly kind: 'acknowledge'; readonly share: number }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [number, number])[] }
  | { readonly kind: 'retransmit' }
  | { readonly kind: 'lose' }

const share = fc.double({ min: 0, max: 1, noNaN: true })
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('push' as const), length: fc.integer({ min: 1, max: MSS }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('acknowledge' as const), share }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('sack' as const),
        blocks: fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('retransmit' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const) }) },
  ) as fc.Arbitrary<Step>,
  { maxLength: 120 },
)

/** Blocks begin and end where segments do, and what a receiver has told of it goes on telling. */
function blocksOf(list: ListScoreboard, wanted: readonly (readonly [number, number])[]): [number, number][] {
  const { segments } = list
  if (segments.length < 2) return []
  const index = (part: number) => 1 + Math.floor(part * (segments.length - 1.001))
  return wanted.map(([a, b]) => {
    const [from, to] = [index(Math.min(a, b)), index(Math.max(a, b))]
    return [segments[from]!.start, segments[to]!.end]
  })
}

describe('Scoreboard', () => {
  it('agrees with a list that is walked for every question', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (script, threshold) => {
        const packets = new PacketTable()
        const packet = packets.allocate()
        const board = new Scoreboard(new Simulation(), packets, threshold)
        const list = new ListScoreboard(threshold)
        board.start(1)
        const act = (step: Step) => {
          if (step.kind === 'push') board.push(list.push(step.length))
          else if (list.segments.length === 0) return
          else if (step.kind === 'acknowledge') {
            const ack = list.una + Math.ceil(step.share * (list.next - list.una))
            board.acknowledge(ack)
            list.acknowledge(ack)
          } else if (step.kind === 'sack') {
            const blocks = blocksOf(list, step.blocks)
            packets.sackCount[packet] = blocks.length
            packets.sackEdges.set(blocks.flat(), packet * 8)
            const before = list.bytes('sacked')
            list.sack(blocks)
            expect(board.sack(packet)).toBe(list.bytes('sacked') > before)
          } else if (step.kind === 'lose') {
            board.loseAll()
            list.loseAll()
          } else {
            board.rewind()
            const index = board.nextLost()
            const segment = list.nextLost()
            expect(index === NONE ? undefined : board.startOf(index)).toBe(segment?.start)
            if (segment === undefined) return
            expect(board.lengthOf(index)).toBe(segment.end - segment.start)
            board.retransmit(index, true)
            segment.retransmitted = true
          }
        }
        for (const step of script) {
          act(step)
          expect([board.sackedBytes, board.lostBytes, board.retransmittedBytes]).toEqual([
            list.bytes('sacked'),
            list.bytes('lost'),
            list.bytes('retransmitted'),
          ])
          expect(board.isEmpty).toBe(list.segments.length === 0)
          const last = list.segments.filter(({ sacked }) => !sacked).at(-1)
          const index = board.lastUnsacked()
          expect(index === NONE ? undefined : board.startOf(index)).toBe(last?.start)
        }
      }),
      { numRuns: 500 },
    )
  })
})
