import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientAffinity, NO_PLACE } from './client-affinity.ts'

const TIMEOUTS_PS = [7, 20, 20]
const CALLED = [100, 200, 300]

/** The same by a list of entries, whoever called last at its end. */
class NaiveAffinity {
  entries: { port: number; client: number; place: number; lastPs: number }[] = []
  asked = 0
  evicted = 0
  peak = 0
  usedPs = 0
  firstVictim: object | undefined
  private readonly size: number

  constructor(size: number) {
    this.size = size
  }

  advance(fromPs: number, toPs: number): void {
    const expiryOf = ({ port, lastPs }: (typeof this.entries)[number]) => lastPs + TIMEOUTS_PS[port]!
    for (const entry of this.entries) this.usedPs += Math.min(toPs, expiryOf(entry)) - fromPs
    this.entries = this.entries.filter((entry) => expiryOf(entry) > toPs)
  }

  placeOf(port: number, client: number): number {
    return this.entries.find((each) => each.port === port && each.client === client)?.place ?? NO_PLACE
  }

  keep(port: number, client: number, place: number, nowPs: number): void {
    const others = this.entries.filter((each) => each.port !== port || each.client !== client)
    if (others.length === this.entries.length) {
      this.asked++
      if (others.length === this.size) {
        const { port: its, client: source } = others.shift()!
        this.evicted++
        this.firstVictim ??= { atPs: nowPs, who: { source, destination: CALLED[its]! } }
      }
    }
    this.entries = [...others, { port, client, place, lastPs: nowPs }]
    this.peak = Math.max(this.peak, this.entries.length)
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ps: fc.nat({ max: 9 }) }),
  fc.record({
    kind: fc.constant('call' as const),
    port: fc.nat({ max: TIMEOUTS_PS.length - 1 }),
    client: fc.nat({ max: 5 }),
    place: fc.nat({ max: 3 }),
  }),
)

describe('ClientAffinity', () => {
  it('answers like a list of who called last, after any history', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(step, { minLength: 20, maxLength: 150 }),
      (size, steps) => {
        const clock = { now: 0 }
        const table = new ClientAffinity('h', clock, size)
        const ports = TIMEOUTS_PS.map((timeoutPs, port) => table.addPort(timeoutPs, CALLED[port]!))
        const oracle = new NaiveAffinity(size)
        for (const each of steps) {
          if (each.kind === 'wait') {
            clock.now += each.ps
            oracle.advance(clock.now - each.ps, clock.now)
            continue
          }
          const { port, client, place } = each
          expect(table.placeOf(ports[port]!, client)).toBe(oracle.placeOf(port, client))
          table.keep(ports[port]!, client, place)
          oracle.keep(port, client, place, clock.now)
          for (const other of ports)
            for (let of = 0; of <= 5; of++) expect(table.placeOf(other, of)).toBe(oracle.placeOf(other, of))
        }
        const { asked, evicted, peak, usedPs, firstVictim } = oracle
        expect(table.inUse).toBe(oracle.entries.length)
        expect(table).toMatchObject({ size, peak, name: 'h session-affinity' })
        expect(table.counts()).toEqual({ asked, evicted, usedPs, refused: 0 })
        expect(table.firstVictim).toEqual(firstVictim)
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  it('keeps as many clients as there are places, whatever the number', () => {
    const clock = { now: 0 }
    const table = new ClientAffinity('h', clock, 1000)
    const port = table.addPort(1e12, 0)
    for (let client = 0; client < 5000; client++) table.keep(port, client, client % 7)
    expect(table.counts()).toMatchObject({ asked: 5000, evicted: 4000 })
    for (let client = 4000; client < 5000; client++) expect(table.placeOf(port, client)).toBe(client % 7)
    expect(table.placeOf(port, 3999)).toBe(NO_PLACE)
  })
})
