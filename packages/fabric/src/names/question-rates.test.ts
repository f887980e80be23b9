import { exponential, randomStream } from '@weft/core'
import { describe, expect, it } from 'vitest'
import { type Askers, type Keeping, questionRates } from './question-rates.ts'

const askers = (clients: number, perSecond: number, keeping: Keeping): Askers => ({
  clients,
  perSecond,
  keeping,
})

/** The same by counting: clients one lookup after the other, in front of one answer with a time to live. */
function counted(groups: readonly Askers[], ttl: number, seconds: number) {
  const stream = randomStream('questions', 'lookups')
  const clients = groups.flatMap((group, index) =>
    Array.from({ length: group.clients }, () => ({ ...group, index, has: -1, next: 0 })),
  )
  const gapOf = ({ perSecond }: Askers) => exponential(1 / perSecond).sample(stream)
  for (const each of clients) each.next = gapOf(each)
  const found = groups.map(() => ({ asked: 0, fetched: 0 }))
  let expiry = -1
  for (;;) {
    const client = clients.reduce((first, each) => (each.next < first.next ? each : first))
    const now = client.next
    if (now > seconds) break
    client.next = now + gapOf(client)
    if (now < client.has) continue
    found[client.index]!.asked++
    if (now >= expiry) {
      found[client.index]!.fetched++
      expiry = now + ttl
    }
    const { keeping } = client
    client.has = keeping === 'nothing' ? now : keeping === 'as-told' ? expiry : now + keeping
  }
  return found
}

const TTL = 10
const SECONDS = 20_000

describe('questions to a resolver', () => {
  it('of one client that keeps answers for as long: λ/(1 + λT), each of them fetched', () => {
    const [rates] = questionRates([askers(1, 0.5, 'as-told')], TTL)
    expect(rates!.asked).toBeCloseTo(0.5 / (1 + 0.5 * TTL), 12)
    expect(rates!.fetched).toBeCloseTo(rates!.asked, 12)
    const [fixed] = questionRates([askers(1, 0.5, 4)], 0)
    expect(fixed!.asked).toBeCloseTo(0.5 / (1 + 0.5 * 4), 12)
    expect(fixed!.fetched).toBeCloseTo(fixed!.asked, 12)
  })

  it('of clients that keep nothing are all of them; one is fetched each T + 1/Λ', () => {
    const [few, many] = questionRates([askers(3, 0.2, 'nothing'), askers(5, 0.6, 'nothing')], TTL)
    expect([few!.asked, many!.asked]).toEqual([0.2, 0.6])
    expect(3 * few!.fetched + 5 * many!.fetched).toBeCloseTo(1 / (TTL + 1 / 3.6), 12)
    expect(many!.fetched / few!.fetched).toBeCloseTo(3, 12)
  })

  it('are none of who looks nothing up, and each lookup where nothing may be kept', () => {
    expect(questionRates([askers(2, 0, 'as-told')], TTL)).toEqual([{ asked: 0, fetched: 0 }])
    for (const keeping of ['nothing', 'as-told', 0] as const)
      for (const clients of [1, 3]) {
        const [rates] = questionRates([askers(clients, 0.7, keeping)], 0)
        expect(rates!.asked).toBeCloseTo(0.7, 12)
        expect(rates!.fetched).toBeCloseTo(0.7, 12)
      }
  })

  it.each<[string, readonly Askers[]]>([
    ['one that keeps answers as told', [askers(1, 0.3, 'as-told')]],
    ['several that do, often and seldom', [askers(4, 0.05, 'as-told'), askers(2, 0.8, 'as-told')]],
    ['some that keep them, some nothing', [askers(3, 0.1, 'as-told'), askers(3, 0.1, 'nothing')]],
    ['one that keeps them for longer', [askers(1, 0.4, 15)]],
    ['one that keeps them for less', [askers(1, 0.4, 1.5)]],
    ['one that keeps them hardly', [askers(1, 2, 0.01)]],
    // near a Poisson process
    ['many that keep them for longer', [askers(40, 0.02, 15)]],
  ])('are those that are counted: %s', (_, groups) => {
    const found = counted(groups, TTL, SECONDS)
    for (const [index, { asked, fetched }] of questionRates(groups, TTL).entries()) {
      const { clients } = groups[index]!
      // counts of renewals spread less than those of a Poisson process; every cache begins empty
      const within = (mean: number) => 4 * Math.sqrt(mean) + clients
      for (const [count, rate] of [
        [found[index]!.asked, asked],
        [found[index]!.fetched, fetched],
      ] as const) {
        const mean = clients * rate * SECONDS
        expect(mean).toBeGreaterThan(100)
        expect(Math.abs(count - mean)).toBeLessThan(within(mean))
      }
    }
  })
})
