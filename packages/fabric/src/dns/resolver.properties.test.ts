import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Authority } from './authority.ts'
import type { DnsName } from './name.ts'
import type { Records, RecordType } from './records.ts'
import { Reply } from './reply.ts'
import { naiveAuthority, NaiveResolver } from './resolver.oracle.ts'
import { Resolver } from './resolver.ts'
import { Zone } from './zone.ts'
import { NaiveZone } from './zone.oracle.ts'

const NEGATIVE_PS = 4
const ORIGINS = ['y', 'z']
const name = fc.constantFrom('a.z', 'b.z', 'c.b.z', 'a.y', 'b.y', 'none.y', 'a.w')
const type = fc.constantFrom<RecordType>('A', 'TXT', 'CNAME')

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), name, type, level: fc.nat({ max: 1 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ps: fc.nat({ max: 5 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      name,
      type,
      ttlPs: fc.constantFrom(0, 3, 8, 20),
      target: fc.constantFrom('a.y', 'b.z', 'c.b.z', 'a.w'),
      octet: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), name, type }) },
)

/** Two zones at two servers, a node's resolver before them, and a client's cache before that. */
function world(capacities: readonly [number, number], ttlMaxPs: number) {
  const clock = { now: 0 }
  const zones = ORIGINS.map(
    (origin) => new Zone({ origin, soa: { ttlPs: 9, minimumPs: NEGATIVE_PS }, records: [] }),
  )
  const upstreams = zones.map((zone) => ({
    suffix: zone.origin,
    servers: [new Authority(clock, zone.origin, [zone])],
  }))
  const node = new Resolver(clock, { name: 'node', capacity: capacities[0], upstreams })
  const client = new Resolver(clock, {
    name: 'client',
    capacity: capacities[1],
    ttlMaxPs,
    negativeTtlMaxPs: ttlMaxPs,
    upstreams: [{ suffix: '.', servers: [node] }],
  })
  return { clock, zones, levels: [node, client] as const }
}

function naiveWorld(capacities: readonly [number, number], ttlMaxPs: number) {
  const zones = ORIGINS.map((origin) => new NaiveZone(origin))
  const isIn = (origin: string) => (at: string) => at === origin || at.endsWith(`.${origin}`)
  const servers = zones.map((zone, index) => naiveAuthority(zone, isIn(ORIGINS[index]!), NEGATIVE_PS))
  const node = new NaiveResolver(capacities[0], Infinity, (now, at, wanted) => {
    const index = ORIGINS.findIndex((origin) => isIn(origin)(at))
    return index < 0 ? { outcome: 'refused', parts: [] } : servers[index]!(now, at, wanted)
  })
  return { zones, levels: [node, new NaiveResolver(capacities[1], ttlMaxPs, node.ask)] as const }
}

const partsOf = (reply: Reply) =>
  Array.from({ length: reply.count }, (_, part) => ({
    name: reply.names[part],
    type: reply.types[part],
    values: reply.sets[part]?.values,
    untilPs: reply.expiryPs[part],
  }))

describe('Resolver', () => {
  it('answers like lists of what was answered, at two levels, after any history, and keeps the same count', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
        fc.constantFrom(2, 10, Infinity),
        fc.array(step, { minLength: 20, maxLength: 120 }),
        (capacities, ttlMaxPs, steps) => {
          const { clock, zones, levels } = world(capacities, ttlMaxPs)
          const naive = naiveWorld(capacities, ttlMaxPs)
          const reply = new Reply()
          for (const each of steps) {
            if (each.kind === 'wait') {
              clock.now += each.ps
              continue
            }
            if (each.kind === 'ask') {
              levels[each.level]!.query(each.name as DnsName, each.type, reply)
              const expected = naive.levels[each.level]!.ask(clock.now, each.name, each.type)
              expect({ outcome: reply.outcome, parts: partsOf(reply) }).toEqual(expected)
              for (const { untilPs } of expected.parts) expect(untilPs).toBeGreaterThanOrEqual(clock.now)
              continue
            }
            const index = ORIGINS.findIndex((origin) => each.name.endsWith(`.${origin}`))
            if (index < 0) continue
            if (each.kind === 'drop') {
              zones[index]!.remove({ name: each.name, type: each.type })
              naive.zones[index]!.remove(each.name, each.type)
              continue
            }
            if (!naive.zones[index]!.takes(each.name, each.type)) continue
            const value = { CNAME: each.target, A: `10.0.0.${each.octet}`, TXT: `v${each.octet}` }
            const values = [value[each.type as keyof typeof value]]
            const given = { name: each.name, type: each.type, ttlPs: each.ttlPs, values } as Records
            zones[index]!.replace(given)
            naive.zones[index]!.remove(each.name, each.type)
            naive.zones[index]!.add(given)
          }
          for (const [index, level] of levels.entries()) {
            const { size, expired, evicted, asked, queries, hits, misses } = level.counts()
            const other = naive.levels[index]!
            other.expire(clock.now)
            expect({ size, expired, evicted, asked }).toEqual({
              size: other.kept.length,
              expired: other.expired,
              evicted: other.evicted,
              asked: other.asked,
            })
            expect(hits + misses).toBe(queries)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
