import { exp, ln, randomStream, SECOND } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { ClientAffinity } from '../load-balancer/client-affinity.ts'
import { type AffinityDemand, affinityLoad, affinityRoom, times } from './affinity-load.ts'

const WARM_PS = 30 * SECOND
const END_PS = 130 * SECOND

/** What a table counts per second of so many clients of each kind, whose calls come at random. */
function counted(size: number, demands: readonly AffinityDemand[]) {
  const random = randomStream('affinity', 'calls')
  const clock = { now: 0 }
  const table = new ClientAffinity('h', clock, size)
  const kinds = demands.map((each) => ({ ...each, port: table.addPort(each.timeoutPs, 0) }))
  const all = kinds.reduce((sum, { clients, perSecond }) => sum + clients * perSecond, 0)
  const run = (untilPs: number) => {
    for (;;) {
      const nextPs = clock.now + (-ln(1 - random.next()) / all) * SECOND
      if (nextPs > untilPs) break
      clock.now = nextPs
      let left = random.next() * all
      const kind =
        kinds.find(({ clients, perSecond }) => {
          left -= clients * perSecond
          return left < 0
        }) ?? kinds[0]!
      table.keep(kind.port, random.int(kind.clients), 0)
    }
    clock.now = untilPs
  }
  run(WARM_PS)
  const before = table.counts()
  run(END_PS)
  const after = table.counts()
  const seconds = (END_PS - WARM_PS) / SECOND
  return {
    inUse: (after.usedPs - before.usedPs) / (END_PS - WARM_PS),
    newPerSecond: (after.asked - before.asked) / seconds,
    evictedPerSecond: (after.evicted! - before.evicted!) / seconds,
  }
}

describe('affinityLoad', () => {
  const OFTEN = { clients: 400, perSecond: 2, timeoutPs: 5 * SECOND }
  const SELDOM = { clients: 1600, perSecond: 0.1, timeoutPs: 5 * SECOND }
  const SHORT = { clients: 1000, perSecond: 0.3, timeoutPs: SECOND }

  it.each([
    ['that has room', 2000, [OFTEN, SELDOM, SHORT]],
    ['that evicts', 600, [OFTEN, SELDOM]],
    ['that evicts those alone who are remembered for long', 900, [OFTEN, SELDOM, SHORT]],
    ['that has no room for those who call often', 200, [OFTEN, SELDOM]],
  ])('agrees with a table %s', (_, size, demands) => {
    const expected = affinityLoad(size, demands)
    const found = counted(size, demands)
    expect(found.inUse / expected.inUse).toBeCloseTo(1, 1.5)
    expect(found.newPerSecond / expected.newPerSecond).toBeCloseTo(1, 1.5)
    if (expected.evictedPerSecond === 0) expect(found.evictedPerSecond).toBe(0)
    else expect(found.evictedPerSecond / expected.evictedPerSecond).toBeCloseTo(1, 1.5)
  })

  it('has an entry of each client with the chance that it has called within the timeout', () => {
    const { expected, inUse, newPerSecond, evictedPerSecond } = affinityLoad(2000, [OFTEN, SELDOM])
    expect(expected).toBeCloseTo(400 * (1 - exp(-10)) + 1600 * (1 - exp(-0.5)), 9)
    expect(inUse).toBe(expected)
    expect(newPerSecond).toBeCloseTo(800 * exp(-10) + 160 * exp(-0.5), 9)
    expect(evictedPerSecond).toBe(0)
  })

  it('tells how often a demand fits: with so much more the table is full', () => {
    const room = affinityRoom(1500, [OFTEN, SELDOM])
    expect(room).toBeGreaterThan(1)
    expect(affinityLoad(1500, times([OFTEN, SELDOM], room)).expected).toBeCloseTo(1500, 6)
    const small = affinityRoom(100, [OFTEN, SELDOM])
    expect(small).toBeLessThan(1)
    expect(affinityLoad(100, times([OFTEN, SELDOM], small)).expected).toBeCloseTo(100, 6)
    expect(affinityRoom(2000, [OFTEN, SELDOM])).toBe(Infinity)
    expect(affinityRoom(1999, [OFTEN, SELDOM])).toBeLessThan(Infinity)
  })
})
